"""Of those who are not to be named not even the state is told: not by tables, filters, the order of lists, or files."""

from __future__ import annotations

import csv
import io

import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.dashboards.forms import state_key
from lms.dashboards.rules.looks import NOT_SHOWN
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector, SensitiveMark
from lms.people.queries import names_of
from lms.people.rules import Role, ScopeKind
from lms.seminars.imports.models import ImportRow, Verdict
from lms.seminars.models import Edition, Stage
from tests.conftest import statements
from tests.dashboards.makers import place
from tests.dashboards.test_narrowing import TOTAL, numbers_and_lists
from tests.dashboards.test_people import coordinator, listed
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.importing import taken_in
from tests.seminars.makers import AT, make_institution


def filled(*, of_state: bool = False) -> Edition:
    """People of three states; the one of the state in the middle is not to be named, or none of that state is."""
    by = make_person()
    with unit_of_work() as session:
        edition = make_edition(session)
        house = make_institution(session, "KE", Sector.JUSTICE, "The Court")
        for state in ("GH", "TZ"):
            for number in range(20):
                stage = (Stage.INVITED, Stage.SIGNED_IN, Stage.PRE_READING)[number % 3]
                place(session, edition, stage=stage, state=state, name=f"{state} Mfano {number}")
        hidden = place(session, edition, stage=Stage.PRE_READING, institution=house, name="Wanjiru Kielelezo")
        mark = {"state_code": "KE"} if of_state else {"person_id": hidden.person_id}
        session.add(SensitiveMark(on=True, by_person_id=by.id, at=AT, **mark))
    return edition


@pytest.mark.parametrize("of_state", [False, True])
def test_numbers_lists_and_files_count_them_under_no_state(app: Flask, of_state: bool) -> None:
    edition, client = filled(of_state=of_state), coordinator(app)
    page = client.get(f"/editions/{edition.public_id}").text
    assert "State not shown" in page
    for word in ("Kenya", "The Court"):
        assert word not in page
    found = [
        *numbers_and_lists(page),
        *numbers_and_lists(client.get(f"/editions/{edition.public_id}/nominations").text),
    ]
    assert len(found) > 20
    for url, number in found:
        total = TOTAL.search(client.get(url).text)
        assert (int(total[1]) if total else 0) == number, url
    not_shown = f"state={state_key(edition.public_id, NOT_SHOWN)}"
    assert len(listed(client, edition, not_shown)) == 1
    assert listed(client, edition, f"state={state_key(edition.public_id, 'KE')}") == []


def test_their_institution_cannot_be_asked_for(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    with unit_of_work() as session:
        house = make_institution(session, "KE", name="The Army")
        place(session, edition, institution=house, name="Juma Mfano")
    page = client.get(f"/editions/{edition.public_id}/people").text
    assert "The Army, Kenya" in page
    assert "The Court" not in page
    assert listed(client, edition, f"institution={house.public_id}") == ["Juma Mfano"]


def files_lines(client: FlaskClient, edition: Edition) -> list[dict[str, str]]:
    answer = client.get(f"/editions/{edition.public_id}/people.csv", buffered=True)
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def test_where_they_stand_in_the_order_of_states_does_not_tell_theirs(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    assert len(listed(client, edition, "page=2")) == 11
    last = listed(client, edition, "page=2")[-1]
    assert "Mfano" not in last  # the code name, behind every state
    lines = files_lines(client, edition)
    assert (lines[-1]["Name"], lines[-1]["State"], lines[-1]["Ministry or institution"]) == (last, "", "")
    assert lines[-1]["E-mail address"] == ""


def test_among_themselves_they_stand_in_no_order_of_states_either(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    with unit_of_work() as session:
        hidden = [place(session, edition, state=state, name=f"{state} Other") for state in ("AF", "BR", "NP", "ZW")]
        for number, one in zip("dbca", hidden, strict=True):  # public ids are random: so chosen, theirs differ for sure
            one.public_id = number + one.public_id[1:]
            session.add(SensitiveMark(person_id=one.person_id, on=True, by_person_id=one.person_id, at=AT))
        session.flush()
        names = [str(names_of(session, [one.person_id])[one.person_id]) for one in hidden]
    wanted = [names[3], names[1], names[2], names[0]]
    for found in (listed(client, edition, "page=2"), [line["Name"] for line in files_lines(client, edition)]):
        assert [name for name in found if name in names] == wanted


def test_a_line_with_a_code_name_is_refused_when_it_is_read_again(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    line = files_lines(client, edition)[-1]
    with unit_of_work() as session:
        there = session.merge(edition)
        found = taken_in(session, there, {"name": line["Name"], "address": "", "state": "", "institution": ""})
        public_id = found.public_id
    page = client.get(f"/editions/{edition.public_id}/imports/{public_id}").text
    assert "This is a code name. Somebody who is not to be named cannot be taken from a list." in page
    with unit_of_work() as session:
        assert [row.verdict for row in session.query(ImportRow).all()] == [Verdict.REFUSED]


def test_a_focal_point_s_table_names_no_state_of_theirs_either(app: Flask) -> None:
    edition = filled()
    person = make_person()
    give_mandate(person, Role.FOCAL_POINT, ScopeKind.STATE, "KE")
    page = signed_in_client(app, person).get(f"/editions/{edition.public_id}").text
    assert "State not shown" in page
    assert "1 of 1 official has finished" in page


def test_it_costs_two_statements_more_at_most(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    for path in ("", "/people", "/people?page=2"):
        client.get(f"/editions/{edition.public_id}{path}")
        with statements(app) as sent:
            client.get(f"/editions/{edition.public_id}{path}")
        assert len(sent) <= 12, path
