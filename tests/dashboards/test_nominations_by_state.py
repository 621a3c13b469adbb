"""Nominations by state: what was asked, what came, and the people behind every number."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.dashboards.forms import state_key
from lms.kernel.clock import frozen
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.rules import Role, ScopeKind
from lms.seminars import services
from lms.seminars.models import Edition, EnrolmentState, NominationCall
from lms.seminars.services.calls import Call
from tests.conftest import statements
from tests.dashboards.test_people import coordinator, listed
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition
from tests.seminars.makers import AT, enrol_person

NOMINATED, INVITED, ACCEPTED = EnrolmentState.NOMINATED, EnrolmentState.INVITED, EnrolmentState.ACCEPTED
TODAY = AT.date()


def filled() -> Edition:
    """Kenya asked for three places with three people on them, Ghana for two with nobody, Tanzania not asked."""
    with unit_of_work() as session:
        edition = make_edition(session)
        for becomes in (NOMINATED, INVITED, ACCEPTED):
            enrol_person(session, edition, state="KE", name=f"Juma Mfano {becomes}", becomes=becomes)
        gone = enrol_person(session, edition, state="TZ", name="Neema Mfano", becomes=INVITED)
        services.decline(session, enrolment=gone, at=AT, by="c")
        services.note_calls(session, edition=edition, codes=["KE"], call=Call(3, TODAY, TODAY), at=AT, by="c")
        services.note_calls(session, edition=edition, codes=["GH"], call=Call(2, TODAY), at=AT, by="c")
    return edition


def lines_of(client: FlaskClient, edition: Edition) -> dict[str, dict[str, str]]:
    answer = client.get(f"/editions/{edition.public_id}/nominations.csv", buffered=True)
    rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    return {row["State"]: row for row in rows}


def test_the_page_says_what_was_asked_what_came_and_what_is_open(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    page = client.get(f"/editions/{edition.public_id}/nominations").text
    assert "2 states are asked; answers came from 1." in page
    assert "3 people are nominated, invited or have accepted; 2 of 5 places asked are open." in page
    lines = lines_of(client, edition)
    assert [*lines] == ["Ghana", "Kenya", "United Republic of Tanzania"]
    assert (lines["Ghana"]["Places asked"], lines["Ghana"]["Places open"], lines["Ghana"]["Letter answered on"]) == (
        "2",
        "2",
        "",
    )
    assert (lines["Kenya"]["Places open"], lines["Kenya"]["Letter answered on"]) == ("0", TODAY.isoformat())
    assert (lines["United Republic of Tanzania"]["Places asked"], lines["United Republic of Tanzania"]["Declined"]) == (
        "",
        "1",
    )


def test_every_number_is_the_length_of_its_list_and_of_its_file(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    page = client.get(f"/editions/{edition.public_id}/nominations").text
    numbers = re.findall(r'<td><a href="([^"]*people\?[^"]*)">(\d+)</a>', page)
    assert len(numbers) == 8  # four groups with somebody in them, and their sums
    for url, number in numbers:
        path, query = url.replace("&amp;", "&").split("?")
        assert len(listed(client, edition, query)) == int(number)
        file = client.get(f"{path}.csv?{query}", buffered=True).data.decode("utf-8-sig")
        assert len(list(csv.DictReader(io.StringIO(file, newline="")))) == int(number)


def test_neither_page_nor_addresses_nor_the_audit_say_a_state_where_histories_keep_it(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    page = client.get(f"/editions/{edition.public_id}/nominations").text
    assert state_key(edition.public_id, "KE") in page
    assert not re.search(r'(state=|value=")(KE|GH|TZ)\b', page)
    with reading() as session:
        noted = [entry.details for entry in session.scalars(select(AuditEntry)) if entry.act == "nominations.called"]
    assert noted == [{"states": 1}, {"states": 1}]


def post(client: FlaskClient, edition: Edition, **said: str) -> tuple[int, str]:
    answer = client.post(f"/editions/{edition.public_id}/nominations/letters", data=said)
    return answer.status_code, answer.text


def test_letters_to_many_states_are_noted_at_once_and_sending_it_twice_changes_nothing(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
    client = coordinator(app)
    said = {"states": "Kenya\nUnited Republic of Tanzania\n\nkenya", "places": "2", "sent_on": TODAY.isoformat()}
    with frozen(AT):
        assert post(client, edition, **said)[0] == 303
        assert post(client, edition, **said)[0] == 303
    assert {(code, row["Places asked"]) for code, row in lines_of(client, edition).items()} == {
        ("Kenya", "2"), ("United Republic of Tanzania", "2"),
    }  # fmt: skip


def test_one_state_is_changed_and_taken_off_from_the_form_that_its_line_leads_to(app: Flask) -> None:
    edition, client = filled(), coordinator(app)
    key = state_key(edition.public_id, "GH")
    form = client.get(f"/editions/{edition.public_id}/nominations/letters?state={key}").text
    assert re.search(r"<textarea[^>]*>\s*Ghana</textarea>", form)
    assert 'value="2"' in form
    with frozen(AT):
        assert post(client, edition, states="Ghana", places="0")[0] == 303
    assert "Ghana" not in lines_of(client, edition)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"states": "Kenyaa", "places": "2"}, "Kenya"),
        ({"states": "", "places": "2"}, "This is needed."),
        ({"states": "Kenya", "places": "-1"}, "A number from 0 to 999."),
        ({"states": "Kenya", "places": "2", "answered_on": "2027-04-01"}, "Say when the letter went out, too."),
        (
            {"states": "Kenya", "places": "2", "sent_on": "2027-04-02", "answered_on": "2027-04-01"},
            "The answer cannot have come before the letter went out.",
        ),
        ({"states": "Kenya", "places": "2", "sent_on": "2027-05-02"}, "This day is still to come."),
    ],
)
def test_what_cannot_be_noted_is_refused_in_words_and_changes_nothing(
    app: Flask, said: dict[str, str], sentence: str
) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
    with frozen(AT):
        status, page = post(coordinator(app), edition, **said)
    assert status == 422
    assert sentence in page
    with reading() as session:
        assert session.scalars(select(NominationCall)).all() == []


def test_the_day_of_a_states_first_answer_stays(app: Flask) -> None:
    edition = filled()
    with unit_of_work() as session:
        for code in ("KE", "GH"):
            services.call_answered(session, edition_id=edition.id, state_code=code, on=dt.date(2027, 4, 20))
        rows = {row.state_code: row.answered_on for row in session.scalars(select(NominationCall))}
    assert rows == {"KE": TODAY, "GH": dt.date(2027, 4, 20)}


def test_only_who_coordinates_the_edition_opens_it(app: Flask) -> None:
    edition = filled()
    with unit_of_work() as session:
        other = make_edition(session)
    for role, scope, reach in (
        (Role.COORDINATOR, ScopeKind.EDITION, other.public_id),
        (Role.FOCAL_POINT, ScopeKind.STATE, "KE"),
        (Role.EVALUATOR, ScopeKind.ALL, None),
    ):
        person = make_person()
        give_mandate(person, role, scope, reach)
        client = signed_in_client(app, person)
        for path in ("nominations", "nominations.csv", "nominations.xlsx", "nominations/letters"):
            assert client.get(f"/editions/{edition.public_id}/{path}").status_code in (403, 404)
        assert post(client, edition, states="Kenya", places="9")[0] in (403, 404)


def test_the_page_costs_the_same_statements_whatever_the_number_of_states(app: Flask) -> None:
    with unit_of_work() as session:
        small, large = make_edition(session), make_edition(session)
        for code in ("KE", "GH", "TZ", "NP", "FR", "DE", "PL", "BR"):
            enrol_person(session, large, state=code, becomes=NOMINATED)
            services.note_calls(session, edition=large, codes=[code], call=Call(2), at=AT, by="c")
    client = coordinator(app)
    counts = []
    for edition in (small, large):
        client.get(f"/editions/{edition.public_id}/nominations")
        with statements(app) as seen:
            client.get(f"/editions/{edition.public_id}/nominations")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 10


def test_a_day_to_come_is_refused_by_the_service_too(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        with pytest.raises(Refused, match="still to come"):
            services.note_calls(
                session, edition=edition, codes=["KE"], call=Call(1, dt.date(2027, 6, 1)), at=AT, by="c"
            )
