"""Lists taken away: exactly the people of the page, for those who see the page, noted before the first line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
import python_calamine as calamine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector
from lms.people.rules import Role, ScopeKind
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment, Stage
from lms.web.cells import bare
from lms.web.sheets import MOST_TAKEN, Sheet, as_csv
from tests.conftest import statements
from tests.dashboards.makers import ARABIC, crowd, place
from tests.dashboards.test_people import coordinator, listed, of_state
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import complete_reading, make_edition
from tests.seminars.makers import AT, enrol_person, make_institution

T = TypeVar("T")


def taken(client: FlaskClient, path: str) -> list[dict[str, str]]:
    """The lines of a list, by the heads of its columns."""
    return read(client.get(path, buffered=True))


def read(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def focal_point(app: Flask, state: str) -> FlaskClient:
    person = make_person()
    give_mandate(person, Role.FOCAL_POINT, ScopeKind.STATE, state)
    return signed_in_client(app, person)


def people_csv(edition: Edition, query: str = "") -> str:
    return f"/editions/{edition.public_id}/people.csv?{query}"


def test_a_coordinator_takes_away_whom_the_list_shows_with_all_that_it_says(app: Flask) -> None:
    with unit_of_work() as session:
        edition, court = make_edition(session), make_institution(session, "KE", Sector.JUSTICE, '=Court "A", Nairobi')
        person = place(session, edition, name="Wambui Mfano", institution=court, stage=Stage.PRE_READING)
        services.extend(session, enrolment=person, deadline_at=AT.replace(month=5), at=AT, by="c")
        enrol_person(session, edition, name=ARABIC, institution=court)
    lines = {line["Name"]: line for line in taken(coordinator(app), people_csv(edition))}
    assert set(lines) == {"Wambui Mfano", ARABIC}
    wambui = lines["Wambui Mfano"]
    assert wambui["Ministry or institution"] == '\'=Court "A", Nairobi'
    assert (wambui["State"], wambui["Sector"]) == ("Kenya", "Justice")
    assert wambui["Where they stand"] == "Finished reading"
    assert wambui["More time, until (Europe/Warsaw)"] == "2027-05-12 11:00"
    assert lines[ARABIC]["E-mail address"].endswith("@example.org")


@pytest.mark.parametrize("query", ["", "stage=pre-reading", "sector=justice", "awaiting=sign-in", "stage=signed-in"])
def test_the_file_holds_the_people_of_the_list_with_its_filter(app: Flask, query: str) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        for number, stage in enumerate((Stage.INVITED, Stage.READING, Stage.PRE_READING) * 3):
            sector = (Sector.JUSTICE, Sector.DEFENCE)[number % 2]
            place(
                session,
                edition,
                name=f"Person Mfano {number}",
                stage=stage,
                sector=sector,
                state=("TZ", "KE")[number % 2],
            )
    client = coordinator(app)
    for wanted in (query, f"{query}&{of_state(edition, 'KE')}"):
        on_the_page = listed(client, edition, wanted)
        assert sorted(line["Name"] for line in taken(client, people_csv(edition, wanted))) == sorted(on_the_page)
    page = client.get(f"/editions/{edition.public_id}/people?{query}").text
    assert f'href="/editions/{edition.public_id}/people.csv{"?" + query if query else ""}"' in page


def test_a_focal_point_takes_away_completion_of_their_own_people_and_no_address(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, name="Wambui Mfano", state="KE", stage=Stage.PRE_READING)
        place(session, edition, name="Juma Mfano", state="KE", stage=Stage.READING)
        place(session, edition, name="Neema Mfano", state="TZ")
    lines = taken(focal_point(app, "KE"), people_csv(edition))
    assert {line["Name"]: line["Where they stand"] for line in lines} == {
        "Wambui Mfano": "Finished reading", "Juma Mfano": "Not finished yet",
    }  # fmt: skip
    assert set(lines[0]) == {"Name", "State", "Ministry or institution", "Sector", "Where they stand"}


@pytest.mark.parametrize(
    "file", ["people.csv", "people.xlsx", "matrix.csv", "matrix.xlsx", "attendance.csv", "modules.csv"]
)
def test_who_sees_numbers_alone_or_another_edition_takes_nothing_away(app: Flask, file: str) -> None:
    with unit_of_work() as session:
        edition, other = make_edition(session), make_edition(session)
        for _number in range(12):
            place(session, edition)
    evaluator, elsewhere = make_person(), make_person()
    give_mandate(evaluator, Role.EVALUATOR)
    give_mandate(elsewhere, Role.COORDINATOR, ScopeKind.EDITION, other.public_id)
    for person in (evaluator, elsewhere, make_person()):
        assert signed_in_client(app, person).get(f"/editions/{edition.public_id}/{file}").status_code == 404


def test_a_file_says_nothing_in_its_name_and_stays_in_no_cache(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place(session, edition, name="Neema Mfano")
    answer = coordinator(app).get(people_csv(edition, of_state(edition, "TZ")), buffered=True)
    assert answer.headers["Content-Disposition"] == "attachment; filename=people.csv"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


def test_taking_a_list_away_is_noted_with_filter_and_number_even_when_the_reader_goes(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        for _number in range(3):
            place(session, edition)
    client = coordinator(app)
    answer = client.get(people_csv(edition, "stage=signed-in"))
    next(answer.response)  # type: ignore[call-overload]
    answer.close()
    db.session.rollback()
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.act == "list.taken")).one()
    assert noted.about == edition.public_id
    assert noted.details == {"sheet": "people", "form": "csv", "filter": "stage=signed-in", "people": 3}


def as_a_server(app: Flask, client: FlaskClient, path: str, meanwhile: Callable[[], None]) -> bytes:
    """What is sent where the answer is iterated after the request is over, as servers do; `meanwhile` runs after the
    first part of it."""
    builder = EnvironBuilder(path=path, headers={"Cookie": _cookies(client)})
    parts, _status, _headers = run_wsgi_app(app.wsgi_app, builder.get_environ(), buffered=False)
    found = [next(rest := iter(parts))]
    meanwhile()
    found += list(rest)
    parts.close()  # type: ignore[attr-defined]
    return b"".join(found)


def _cookies(client: FlaskClient) -> str:
    return "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())


def test_other_people_write_while_a_list_is_sent_and_after_it(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        places = [place(session, edition).id for _number in range(5)]
        path = people_csv(edition)
    client = coordinator(app)
    db.session.remove()

    def write() -> None:
        with app.app_context(), unit_of_work() as session:
            services.withdraw(session, enrolment=session.get_one(Enrolment, places.pop()), at=AT, by="c")

    def other(act: Callable[[], T]) -> T:
        """In a thread of its own, which has none of this test's contexts."""
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(at_that_time, act).result(timeout=20)

    def at_that_time(act: Callable[[], T]) -> T:
        with frozen(AT):
            return act()

    for left in (5, 5):
        sent = other(lambda: as_a_server(app, client, path, lambda: other(write)))
        assert len(sent.decode().splitlines()) == 1 + left
        other(write)


def test_the_statements_of_a_file_grow_with_its_parts_alone(app: Flask) -> None:
    with unit_of_work() as session:
        few, many = make_edition(session), make_edition(session)
        crowd(session, few, [("TZ", Sector.JUSTICE, Stage.READING)] * 2)
        crowd(session, many, [("TZ", Sector.JUSTICE, Stage.READING)] * 30)
    client = coordinator(app)
    counts = []
    for edition in (few, many):
        with statements(app) as sent:
            taken(client, people_csv(edition))
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 20


def test_whoever_takes_one_list_after_another_has_to_wait(app: Flask) -> None:
    client = coordinator(app)
    answers = [client.get("/editions.csv", buffered=True).status_code for _number in range(MOST_TAKEN + 1)]
    assert answers == [200] * MOST_TAKEN + [429]


@pytest.mark.parametrize("file", ["people", "attendance", "matrix", "modules"])
def test_a_workbook_says_what_the_other_file_says(app: Flask, file: str) -> None:
    with unit_of_work() as session:
        edition, court = make_edition(session), make_institution(session, "KE", Sector.JUSTICE, "=Court")
        place(session, edition, name="Wambui Mfano", institution=court, stage=Stage.PRE_READING)
        place(session, edition, name=ARABIC, institution=court)
    client = coordinator(app)
    lines = taken(client, f"/editions/{edition.public_id}/{file}.csv")
    answer = client.get(f"/editions/{edition.public_id}/{file}.xlsx")
    assert answer.headers["Content-Disposition"] == f"attachment; filename={file}.xlsx"
    head, *rows = calamine.load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    said = [[_as_text(cell) for cell in row] for row in rows]
    assert [head, *said] == [list(lines[0]), *([bare(cell) for cell in line.values()] for line in lines)]


def _as_text(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, float) else str(cell)


def test_the_table_by_state_and_sector_adds_up_as_on_the_page(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        kinds = (Sector.JUSTICE, Sector.DEFENCE)
        crowd(session, edition, [("KE", kind, Stage.PRE_READING) for kind in kinds] + [("TZ", kinds[0], Stage.READING)])
    lines = {line["State"]: line for line in taken(coordinator(app), f"/editions/{edition.public_id}/matrix.csv")}
    assert (lines["Kenya"]["All: finished"], lines["Kenya"]["All: invited"]) == ("2", "2")
    assert (lines["All states"]["Justice: finished"], lines["All states"]["Justice: invited"]) == ("1", "2")
    assert lines["All states"]["All: invited"] == "3"


def test_list_and_file_say_who_finished_after_their_deadline(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        for name, due in (("Anna Voorbeeld", AT), ("Juma Mfano", AT.replace(month=3)), ("Neema Mfano", AT)):
            made = place(session, edition, name=name, stage=Stage.PRE_READING)
            if name != "Neema Mfano":
                complete_reading(session, made, AT)
            made.due_at = due
    client = coordinator(app)
    lines = {line["Name"]: line["Finished late"] for line in taken(client, people_csv(edition))}
    assert lines == {"Anna Voorbeeld": "", "Juma Mfano": "yes", "Neema Mfano": ""}
    assert client.get(f"/editions/{edition.public_id}/people").text.count("Finished late") == 1
    page = focal_point(app, "TZ").get(f"/editions/{edition.public_id}/people").text
    assert "Juma Mfano" in page
    assert "late" not in page  # completion, and nothing more


def test_what_a_list_reads_past_its_own_session_is_let_go_once_it_is_sent(app: Flask) -> None:
    with app.test_request_context("/"):
        sent = as_csv(Sheet("a-list", ("One",), lambda _session: ((db.session.scalar(select(1)),) for _ in "a")))
        assert b"".join(sent.response).splitlines()[1:] == [b"1"]  # type: ignore[arg-type]
        assert not db.session().in_transaction()
