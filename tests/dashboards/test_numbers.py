"""Every number is the length of the list behind it, for whoever looks."""

from __future__ import annotations

import re
from html import unescape
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from lms.dashboards import queries
from lms.dashboards.rules.looks import Filter, Sight
from lms.dashboards.rules.matrix import matrix
from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector
from lms.people.rules import Grant, Role, Scope, ScopeKind, scope_of
from lms.seminars import services
from lms.seminars.models import Edition, EditionCountDelta, RequestKind, Stage
from lms.seminars.queries import edition_numbers
from lms.seminars.rules import PLACES
from tests.dashboards.makers import ORDER, crowd, place
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import AT, make_institution

STATES, SECTORS = ("KE", "TZ", "UG"), (Sector.JUSTICE, Sector.DEFENCE)
people_drawn = st.lists(
    st.tuples(st.sampled_from(STATES), st.sampled_from(SECTORS), st.sampled_from(ORDER)), max_size=12
)
COUNTED_LINK = re.compile(r'href="([^"]*/people\?[^"]*)">(?:(\d+)</a>|(\d+) (?:person|people))')


def coordinator(edition: Edition) -> Scope:
    return scope_of(900, [Grant(Role.COORDINATOR, ScopeKind.EDITION, edition.public_id)])


def focal_point(state: str) -> Scope:
    return scope_of(901, [Grant(Role.FOCAL_POINT, ScopeKind.STATE, state)])


def evaluator() -> Scope:
    return scope_of(902, [Grant(Role.EVALUATOR, ScopeKind.ALL)])


def browser(app: Flask, role: Role, scope: ScopeKind = ScopeKind.ALL, scope_id: str | None = None) -> FlaskClient:
    person = make_person()
    give_mandate(person, role, scope, scope_id)
    return signed_in_client(app, person)


def numbers_on(page: str) -> list[tuple[str, int]]:
    """Every number on a page that leads to a list, with the address of the list."""
    return [(unescape(url), int(bare or said)) for url, bare, said in COUNTED_LINK.findall(page)]


def length_of(client: FlaskClient, url: str) -> int:
    found = re.search(r"(\d+) (?:person|people) match", client.get(url).text)
    assert found, url
    return int(found[1])


@given(people_drawn)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_cell_is_the_length_of_its_list_for_every_scope(
    sqlite_app: Flask, drawn: list[tuple[str, Sector, Stage]]
) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        crowd(session, edition, drawn)
        for scope in (coordinator(edition), focal_point("TZ"), scope_of(1, [Grant(Role.ADMINISTRATOR, ScopeKind.ALL)])):
            if scope.states and not any(state in scope.states for state, _, _ in drawn):
                with pytest.raises(NotFound):
                    queries.look(session, edition.public_id, scope)
                continue
            seen = queries.look(session, edition.public_id, scope)
            numbers = queries.numbers(session, seen)
            table = matrix(numbers.cells, STATES, SECTORS)
            for state, sector in product((*STATES, None), (*SECTORS, None)):
                here = Filter(state=state, sector=sector)
                cells = [
                    cell
                    for place, cell in table.cells.items()
                    if state in (place[0], None) and sector in (place[1], None)
                ]
                finished = queries.people_behind(session, seen, Filter(Stage.PRE_READING, None, state, sector))
                everyone = queries.people_behind(session, seen, Filter(Stage.INVITED, None, state, sector))
                assert len(finished) == sum(cell.finished for cell in cells), here
                assert len(everyone) == sum(cell.people for cell in cells), here


def a_full_edition(session: Session) -> Edition:
    edition = make_edition(session)
    drawn = [(state, sector, stage) for state, sector, stage in product(STATES, SECTORS, ORDER)]
    made = crowd(session, edition, [*drawn, ("TZ", Sector.JUSTICE, Stage.PRE_READING)])
    place(session, edition, state="KE", confirmed=False)
    gone = place(session, edition, state="KE", stage=Stage.PRE_READING)
    services.withdraw(session, enrolment=gone, at=AT, by="c")
    subject = made[1].person.subject
    services.ask(session, enrolment=made[1], kind=RequestKind.MORE_TIME, message="Please.", at=AT, by=subject)
    return edition


@pytest.mark.parametrize(
    ("role", "scope", "least"),
    [
        (Role.COORDINATOR, ScopeKind.ALL, 30),
        (Role.FOCAL_POINT, ScopeKind.STATE, 8),
        (Role.ADMINISTRATOR, ScopeKind.ALL, 30),
    ],
)
def test_every_number_on_the_page_is_the_length_of_the_list_it_leads_to(
    app: Flask, role: Role, scope: ScopeKind, least: int
) -> None:
    with unit_of_work() as session:
        edition = a_full_edition(session)
    client = browser(app, role, scope, "TZ" if scope is ScopeKind.STATE else None)
    found = numbers_on(client.get(f"/editions/{edition.public_id}").text)
    assert len(found) >= least
    assert [(url, length_of(client, url)) for url, _number in found] == found


def test_a_focal_point_of_an_institution_sees_its_people_alone(app: Flask) -> None:
    with unit_of_work() as session:
        edition, ministry = make_edition(session), make_institution(session, "TZ", Sector.DEFENCE)
        place(session, edition, institution=ministry, stage=Stage.PRE_READING, name="Neema Mfano")
        place(session, edition, state="TZ", stage=Stage.INVITED, name="Juma Mfano")
    client = browser(app, Role.FOCAL_POINT, ScopeKind.INSTITUTION, ministry.public_id)
    page = client.get(f"/editions/{edition.public_id}").text
    assert "1 of 1 official has finished their pre-reading." in page
    people = client.get(f"/editions/{edition.public_id}/people").text
    assert "Neema Mfano" in people
    assert "Juma" not in people


def test_a_focal_point_sees_completion_and_nothing_else(app: Flask) -> None:
    with unit_of_work() as session:
        edition = a_full_edition(session)
    client = browser(app, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    page = client.get(f"/editions/{edition.public_id}").text
    people = client.get(f"/editions/{edition.public_id}/people?awaiting=sign-in&stage=reading").text
    for word in ("Signed in", "not signed in", "Began reading", "Attendance", "Waiting", "Units read", "request"):
        assert word not in page + people
    assert "9 people match these filters." in people
    assert people.count("Finished reading</span>") == 3
    assert people.count("Not finished yet") == 6
    assert "Kenya" not in page + people


def test_an_evaluator_of_another_edition_finds_nothing_here(app: Flask) -> None:
    with unit_of_work() as session:
        edition, other = make_edition(session), make_edition(session)
    client = browser(app, Role.EVALUATOR, ScopeKind.EDITION, other.public_id)
    assert client.get(f"/editions/{edition.public_id}").status_code == 404
    assert "There are no numbers yet" in client.get(f"/editions/{other.public_id}").text


def test_a_list_is_refused_to_counts_also_below_the_page(session: Session) -> None:
    edition = make_edition(session)
    seen = queries.look(session, edition.public_id, evaluator())
    assert seen.sight is Sight.COUNTS
    with pytest.raises(NotFound):
        queries.people_behind(session, seen, Filter())


@pytest.mark.parametrize("path", ["", "/people"])
def test_a_foreign_edition_does_not_exist(app: Flask, path: str) -> None:
    with unit_of_work() as session:
        edition, own = make_edition(session), make_edition(session)
        here = place(session, edition)
        place(session, own, state="KE")
    strangers = [
        browser(app, Role.COORDINATOR, ScopeKind.EDITION, own.public_id),
        browser(app, Role.FOCAL_POINT, ScopeKind.STATE, "KE"),
        browser(app, Role.TRAINER),
        signed_in_client(app, make_person()),
    ]
    with unit_of_work() as session:
        here = session.merge(here)
        here.person.welcomed_at = AT
    strangers.append(signed_in_client(app, here.person))
    answers = {client.get(f"/editions/{edition.public_id}{path}").status_code for client in strangers}
    assert answers == {404}
    assert strangers[0].get(f"/editions/nothing{path}").status_code == 404


def test_a_coordinator_who_takes_part_elsewhere_does_not_oversee_there(app: Flask) -> None:
    with unit_of_work() as session:
        edition, own = make_edition(session), make_edition(session)
        here = place(session, edition)
        here.person.welcomed_at = AT
    give_mandate(here.person, Role.COORDINATOR, ScopeKind.EDITION, own.public_id)
    client = signed_in_client(app, here.person)
    assert client.get(f"/editions/{edition.public_id}/people").status_code == 404


def test_stages_that_nobody_can_have_reached_say_not_yet(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition)
    client = browser(app, Role.COORDINATOR)
    before = client.get(f"/editions/{edition.public_id}").text
    assert before.count("not yet") == 2
    with unit_of_work() as session:
        services.close_attendance(session, edition=session.merge(edition), at=AT, by="c")
    db.session.remove()
    assert "not yet</span>" not in client.get(f"/editions/{edition.public_id}").text


def test_a_look_knows_of_places_that_are_not_written_yet(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        session.add(EditionCountDelta(edition_id=edition.id, what=PLACES, change=2))
        seen = queries.look(session, edition.public_id, coordinator(edition))
        assert queries.how_many(session, seen, Filter()) == seen.places == 2


def test_numbers_are_worked_out_anew_when_they_change_and_only_then(session: Session) -> None:
    edition = make_edition(session)
    place(session, edition, stage=Stage.INVITED)
    first = edition_numbers(session, edition.id)
    assert edition_numbers(session, edition.id) is first
    place(session, edition, stage=Stage.READING)
    second = edition_numbers(session, edition.id)
    assert sum(second.stages.values()) > sum(first.stages.values())
