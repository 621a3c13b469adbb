"""Number, list and file agree: on every page with numbers, for everybody who sees them, in editions made by chance."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress
from lms.people.models import Sector
from lms.people.rules import Role, ScopeKind
from lms.seminars import checks, services
from lms.seminars.models import Edition, Enrolment, RequestKind, Stage
from tests.conftest import statements
from tests.dashboards.makers import ORDER, place
from tests.dashboards.test_downloads import taken
from tests.dashboards.test_numbers import browser, numbers_on
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import MODULES, complete_reading, make_edition, read_module
from tests.seminars.makers import AT, make_institution

STATES, SECTORS = ("KE", "TZ"), (Sector.JUSTICE, Sector.DEFENCE)
TOTAL = re.compile(r"(\d+) (?:person|people) (?:match|matches|is in|are in)")


@dataclass(frozen=True)
class Drawn:
    """Somebody of an edition made by chance."""

    state: str
    sector: Sector
    stage: Stage
    confirmed: bool
    asks: bool
    leaves: bool
    modules: frozenset[str]


somebody = st.builds(
    Drawn,
    state=st.sampled_from(STATES),
    sector=st.sampled_from(SECTORS),
    stage=st.sampled_from(ORDER),
    confirmed=st.booleans(),
    asks=st.booleans(),
    leaves=st.sampled_from([False, False, False, True]),
    modules=st.frozensets(st.sampled_from(MODULES), max_size=1),
)


def grow(session: Session, drawn: list[Drawn]) -> Edition:
    """An edition with these people."""
    edition = make_edition(session)
    ministries = {(state, sector): make_institution(session, state, sector) for state in STATES for sector in SECTORS}
    for one in drawn:
        made = place(
            session, edition, stage=one.stage, institution=ministries[one.state, one.sector], confirmed=one.confirmed
        )
        _act(session, made, one)
    return edition


def _act(session: Session, made: Enrolment, one: Drawn) -> None:
    if one.stage is Stage.PRE_READING:
        complete_reading(session, made)
    elif one.stage is Stage.READING:
        _begun(session, made)
        for key in one.modules:
            read_module(session, made, key)
    if one.asks and one.stage is not Stage.INVITED:
        subject = made.person.subject
        services.ask(session, enrolment=made, kind=RequestKind.MORE_TIME, message="Please.", at=AT, by=subject)
    if one.leaves:
        services.withdraw(session, enrolment=made, at=AT, by="c")


def agree(client: FlaskClient, path: str) -> int:
    """How many numbers a page has; each is what its list says and how many its files hold."""
    answer = client.get(path)
    if answer.status_code == 404:
        return 0
    numbers = numbers_on(answer.text)
    for url, number in numbers:
        said = TOTAL.search(client.get(url).text)
        assert said, url
        taken = client.get(url.replace("/people?", "/people.csv?"), buffered=True).data.decode("utf-8-sig")
        lines = list(csv.DictReader(io.StringIO(taken, newline="")))
        assert (int(said[1]), len(lines)) == (number, number), url
    return len(numbers)


@pytest.fixture
def unbounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one person take away more lists than anybody needs in an hour."""
    monkeypatch.setattr("lms.web.sheets.MOST_TAKEN", 100_000)


@given(st.lists(somebody, min_size=1, max_size=9), st.booleans())
@settings(
    max_examples=5,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_every_number_is_its_list_and_its_file(
    sqlite_app: Flask, unbounded: None, drawn: list[Drawn], fold: bool
) -> None:
    with unit_of_work() as session:
        edition = grow(session, drawn)
        ministry = make_institution(session, "KE", Sector.JUSTICE)
        place(session, edition, institution=ministry, stage=Stage.PRE_READING)
        if fold:
            services.fold_tallies(session)
        assert [*checks.tallies(session), *checks.counts(session), *checks.parts(session)] == []
    page = f"/editions/{edition.public_id}"
    everyone = browser(sqlite_app, Role.COORDINATOR)
    one = browser(sqlite_app, Role.COORDINATOR, ScopeKind.EDITION, edition.public_id)
    state = browser(sqlite_app, Role.FOCAL_POINT, ScopeKind.STATE, "KE")
    institution = browser(sqlite_app, Role.FOCAL_POINT, ScopeKind.INSTITUTION, ministry.public_id)
    for client, least in ((everyone, 8), (one, 8), (state, 5), (institution, 5)):
        assert agree(client, page) >= least
    for client in (everyone, one):
        assert agree(client, f"{page}/modules") == 2 * len(MODULES)
        assert agree(client, "/editions/overview") >= 4
    for client in (state, institution):
        assert client.get(f"{page}/modules").status_code == 404
        assert client.get("/editions/overview").status_code == 404


def test_a_module_counts_those_who_finished_it_and_those_who_finished_everything(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, name="Anna Voorbeeld")
        reader = place(session, edition, stage=Stage.READING, name="Juma Mfano")
        complete_reading(session, place(session, edition, stage=Stage.PRE_READING, name="Lucía Muestra"))
        _begun(session, reader)
        read_module(session, reader, "pillars")
    client = browser(app, Role.COORDINATOR)
    page = client.get(f"/editions/{edition.public_id}/modules").text
    assert [number for _url, number in numbers_on(page)] == [2, 1, 1, 2]
    assert "0 modules of 2 are finished by everybody." in page
    lines = taken(client, f"/editions/{edition.public_id}/modules.csv")
    assert [(int(line["Have finished"]), int(line["Have not finished"])) for line in lines] == [(2, 1), (1, 2)]
    done = client.get(f"/editions/{edition.public_id}/people?progress=finished:pillars").text
    assert "Juma Mfano" in done
    assert "Anna" not in done
    assert '<option value="finished:pillars" selected>Finished: The pillars</option>' in done
    left = client.get(f"/editions/{edition.public_id}/people?progress=open:pillars").text
    assert "Anna Voorbeeld" in left
    assert "Lucía" not in left
    assert "3 people are in this edition." in client.get(f"/editions/{edition.public_id}/people?progress=open:x").text


def _begun(session: Session, reader: Enrolment) -> None:
    session.add(EnrolmentProgress(enrolment_id=reader.id, units_done=1, late=False, started_at=AT))


def test_editions_of_a_year_stand_side_by_side_in_few_statements(app: Flask) -> None:
    with unit_of_work() as session:
        editions = [make_edition(session, title=f"Seminar {number}") for number in range(6)]
        for edition in editions:
            place(session, edition, stage=Stage.READING)
            place(session, edition, stage=Stage.INVITED)
    client = browser(app, Role.COORDINATOR)
    client.get("/editions/overview")
    with statements(app) as sent:
        page = client.get("/editions/overview").text
    assert len(sent) <= 5, sent
    assert all(f"Seminar {number}</a>" in page for number in range(6))
    assert "0 of 12 officials have finished their pre-reading." in page
    lines = taken(client, "/editions/overview.csv")
    assert {(line["Invited"], line["Began reading"], line["Attended"]) for line in lines} == {("2", "1", "")}
    assert [line["Edition"] for line in lines] == re.findall(r">(Seminar \d)</a>", page)
    year = editions[0].starts_on.year
    assert f"Editions of {year}" in page
    assert f"Editions of {year}" in client.get("/editions/overview?year=1900").text


def test_a_coordinator_of_one_edition_sees_that_one_alone_side_by_side(app: Flask) -> None:
    with unit_of_work() as session:
        mine, other = make_edition(session, title="Mine"), make_edition(session, title="Other")
        place(session, other)
    person = make_person()
    give_mandate(person, Role.COORDINATOR, ScopeKind.EDITION, mine.public_id)
    page = signed_in_client(app, person).get("/editions/overview").text
    assert "Mine</a>" in page
    assert "Other" not in page
