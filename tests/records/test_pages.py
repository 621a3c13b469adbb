"""Closing with a preview, one's own records, the certificate: who sees what, in words, in few statements."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel.models import AuditEntry
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person
from lms.people.rules.mandates import Role, ScopeKind
from lms.records import services
from lms.records.cli import records as ledger_commands
from lms.records.models import LedgerEntry, RecordAct, RecordSubject
from lms.seminars import queries as seminars
from lms.seminars import services as seminar_services
from lms.seminars.models import AttendanceClosing, Edition, Enrolment
from lms.seminars.rules import EnrolmentState, Mark
from tests.conftest import statements
from tests.files import both_files
from tests.pages import shown_in
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.crowds import crowded_edition
from tests.records.makers import AT, attend, close, finished_place, make_edition, make_place, read_module
from tests.seminars.makers import make_institution

PLACE = "Oświęcim, Poland, at the site of the former camp"


def an_edition(met: int = 1, **more: Any) -> tuple[str, list[int]]:
    """An edition in which `met` people lack only the closing, and one has begun; the persons by number."""
    with unit_of_work() as session:
        edition = make_edition(session, place=PLACE, **more)
        ministry = make_institution(session, name=more.get("title", "Ministry of Justice"))
        places = [
            finished_place(session, edition, name=f"Amina Mfano {number}", institution=ministry)
            for number in range(met)
        ]
        begun = make_place(session, edition, name="Zuri Beispiel", institution=ministry)
        read_module(session, begun, "pillars")
        attend(session, edition, begun, present=1, excused=2)
        for place in [*places, begun]:
            session.get_one(Person, place.person_id).welcomed_at = AT
        return edition.public_id, [place.person_id for place in [*places, begun]]


def somebody(name: str = "") -> Person:
    return make_person(name, f"{new_token()}@example.org")


def a_coordinator(app: Flask, edition: str | None = None) -> Any:
    person = somebody("Ester Esempio")
    if edition:
        give_mandate(person, Role.COORDINATOR, ScopeKind.EDITION, edition)
    else:
        give_mandate(person, Role.COORDINATOR)
    return signed_in_client(app, person)


def closes(client: Any, edition: str) -> Any:
    """Look at the page before the closing, and close what it shows."""
    address = f"/editions/{edition}/closing"
    return client.post(address, data={"checked": "y", "shown": shown_in(client.get(address))})


def browser_of(app: Flask, person_id: int) -> Any:
    with unit_of_work() as session:
        person = session.get_one(Person, person_id)
    return signed_in_client(app, person)


def text_of(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.get_data(as_text=True)))


def records() -> int:
    with unit_of_work() as session:
        return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


def test_the_preview_says_of_each_person_what_is_met_and_what_is_missing(app: Flask) -> None:
    edition, _ = an_edition()
    page = a_coordinator(app, edition).get(f"/editions/{edition}/closing")
    assert page.status_code == 200
    text = text_of(page)
    assert "1 person gets a completion record" in text
    assert "1 does not meet the rule yet" in text
    assert "Pre-reading: 1 of 2 modules passed" in text
    assert "Not passed yet: The cases." in text
    assert "Attendance: 1 of 4 half-days, 3 needed" in text
    assert "2 half-days were excused" in text
    assert "Attendance: 4 of 4 half-days, 3 needed" in text
    assert "Name not confirmed yet" in text
    assert text.index("Zuri Beispiel") < text.index("Amina Mfano")


def test_of_a_large_edition_those_who_do_not_meet_the_rule_come_first_and_every_number_is_its_list(app: Flask) -> None:
    with unit_of_work() as session:
        edition = crowded_edition(session, 60)
        begun = make_place(session, edition, name="Zuri Beispiel")
        read_module(session, begun, "pillars")
        attend(session, edition, begun, present=1, excused=2)
        key = edition.public_id
    client = a_coordinator(app, key)
    page = client.get(f"/editions/{key}/closing").text
    assert "Zuri Beispiel" in page
    assert "Person Mfano" not in page
    numbers = {part: int(n) for part, n in re.findall(r'href="[^"]*show=([\w-]+)"[^>]*>[^<]*\((\d+)\)', page)}
    assert numbers == {
        "all": 61, "not-met": 1, "pre-reading": 1, "attendance": 1, "name": 1, "unmarked": 1, "met": 60,
    }  # fmt: skip
    for part, number in numbers.items():
        pages = [client.get(f"/editions/{key}/closing?show={part}&page={one}").text for one in (1, 2)][
            : -(-number // 50)
        ]
        assert sum(one.count('<p class="name">') for one in pages) == number
    for part in ("all", "not-met"):
        assert len(both_files(client, f"/editions/{key}/closing", f"?show={part}")) == numbers[part]
    (line,) = both_files(client, f"/editions/{key}/closing", "?show=not-met")
    assert (line["Name"], line["Completion rule"]) == ("Zuri Beispiel", "Does not meet the rule yet")
    assert "Name not confirmed yet" in line["Conditions"]
    with statements(app) as sent:
        client.get(f"/editions/{key}/closing?show=met&page=2")
    assert len(only_reads(sent)) <= 12


def test_looking_at_the_preview_is_written_down_and_changes_nothing(app: Flask) -> None:
    edition, _ = an_edition()
    a_coordinator(app).get(f"/editions/{edition}/closing")
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).where(AuditEntry.act == "closing.looked-at")) == 1
        assert session.scalar(select(func.count()).select_from(AttendanceClosing)) == 0
    assert records() == 0


def test_closing_asks_for_the_tick_then_issues_and_is_done_once(app: Flask) -> None:
    edition, _ = an_edition(met=2)
    client, address = a_coordinator(app, edition), f"/editions/{edition}/closing"
    without = client.post(address, data={})
    assert without.status_code == 422
    assert "Check the sheet first" in text_of(without)
    assert records() == 0
    shown = shown_in(client.get(address))
    done = client.post(address, data={"checked": "y", "shown": shown})
    assert done.status_code == 303
    assert records() == 2
    after = text_of(client.get(address))
    assert "The attendance was closed on" in after
    assert "2 people meet the rule." in after
    again = client.post(address, data={"checked": "y", "shown": shown})
    assert again.status_code == 303
    assert "closed already" in text_of(client.get(address))
    assert records() == 2


def test_what_was_marked_since_the_page_was_drawn_is_shown_before_it_is_closed(app: Flask) -> None:
    edition, people = an_edition()
    client, address = a_coordinator(app, edition), f"/editions/{edition}/closing"
    seen = client.get(address)
    with unit_of_work() as session:
        found = session.scalars(select(Edition).where(Edition.public_id == edition)).one()
        place = session.scalars(select(Enrolment).where(Enrolment.person_id == people[0])).one()
        marks = {(place.id, row.id): Mark.ABSENT for row in seminars.sessions_of(session, found.id)}
        seminar_services.mark_attendance(session, edition=found, marks=marks, at=AT, by="another")
    for shown in (shown_in(seen), ""):
        refused = client.post(address, data={"checked": "y", "shown": shown})
        assert refused.status_code == 409
        assert "Something has changed since you opened this page" in text_of(refused)
        assert "0 people get a completion record" in text_of(refused)
        assert 'type="checkbox" name="checked" value="y" checked' not in refused.text
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(AttendanceClosing)) == 0
    with unit_of_work() as session:
        session.get_one(Person, people[1]).name_confirmed_at = AT  # whoever goes on with their own part hinders nobody
    assert client.post(address, data={"checked": "y", "shown": shown_in(refused)}).status_code == 303
    assert records() == 0


def test_who_is_only_invited_is_named_before_the_closing_and_is_part_of_what_was_shown(app: Flask) -> None:
    edition, _ = an_edition()
    client, address = a_coordinator(app, edition), f"/editions/{edition}/closing"
    before = client.get(address)
    assert "Invited, and not counted" not in text_of(before)
    with unit_of_work() as session:
        found = session.scalars(select(Edition).where(Edition.public_id == edition)).one()
        make_place(session, found, name="Latesub Mfano", becomes=EnrolmentState.INVITED)
    refused = client.post(address, data={"checked": "y", "shown": shown_in(before)})
    assert refused.status_code == 409
    assert "1 person is still invited" in text_of(refused)
    assert "can get no record: Latesub Mfano." in text_of(refused)
    assert client.post(address, data={"checked": "y", "shown": shown_in(refused)}).status_code == 303
    assert "Latesub Mfano" not in text_of(client.get(address))


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_else_can_close_or_look(app: Flask, method: str) -> None:
    edition, people = an_edition()
    other, _ = an_edition(title="Other")
    evaluator, focal_point = somebody(), somebody()
    give_mandate(evaluator, Role.EVALUATOR)
    give_mandate(focal_point, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    elsewhere = a_coordinator(app, other)
    clients = [elsewhere, browser_of(app, people[0])]
    clients += [signed_in_client(app, person) for person in (evaluator, focal_point)]
    for client in clients:
        assert getattr(client, method)(f"/editions/{edition}/closing", data={"checked": "y"}).status_code == 404
        assert getattr(client, method)("/editions/no-such/closing", data={"checked": "y"}).status_code == 404
    assert records() == 0


def test_one_s_own_page_shows_conditions_until_there_is_a_record(app: Flask) -> None:
    edition, people = an_edition()
    waiting = text_of(browser_of(app, people[1]).get("/records"))
    assert "You have no completion record yet" in waiting
    assert "Not yet met Pre-reading: 1 of 2 modules passed" in waiting
    assert "The attendance sheet is still open" in waiting
    almost = text_of(browser_of(app, people[0]).get("/records"))
    assert "Met Pre-reading: 2 of 2 modules passed" in almost
    assert "Met Name confirmed" in almost
    close_it(edition)
    held = text_of(browser_of(app, people[0]).get("/records"))
    assert "You hold one completion record" in held
    assert "Issued 21 May 2027" in held
    nobody = text_of(signed_in_client(app, somebody()).get("/records"))
    assert "No records yet" in nobody


def close_it(edition: str) -> None:
    with unit_of_work() as session:
        close(session, session.scalars(select(Edition).where(Edition.public_id == edition)).one())


def a_record(person_id: int) -> str:
    with unit_of_work() as session:
        return session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == person_id)).one()


def test_the_certificate_shows_the_record_as_it_was_written(app: Flask) -> None:
    edition, people = an_edition()
    close_it(edition)
    with unit_of_work() as session:
        changed = session.scalars(select(Edition).where(Edition.public_id == edition)).one()
        changed.title, changed.place = "Renamed", "Elsewhere"
        place = session.scalars(select(Enrolment).where(Enrolment.person_id == people[0])).one()
        place.state_code = "KE"
    record = a_record(people[0])
    page = browser_of(app, people[0]).get(f"/records/{record}")
    assert page.status_code == 200
    text = text_of(page)
    for said in (
        "Certificate of completion", "Amina Mfano 0", "Ministry of Justice", "United Republic of Tanzania",
        "Global seminar, May 2027", f"held in {PLACE}, from 9 May 2027 to 10 May 2027", "Issued 21 May 2027",
        "Pre-reading: 2 modules", "Attendance: 4 of 4 half-days", "Course text 1.0", "10aa aaaa aaaa aaaa",
        "Certificado de finalización",
    ):  # fmt: skip
        assert said in text, said
    assert record not in text
    assert "Mfano" not in re.search("<title>(.*?)</title>", page.get_data(as_text=True))[1]  # type: ignore[index]


def test_a_certificate_is_for_its_holder_alone(app: Flask) -> None:
    edition, people = an_edition(met=2)
    close_it(edition)
    address = f"/records/{a_record(people[0])}"
    for client in (browser_of(app, people[1]), a_coordinator(app, edition), a_coordinator(app)):
        assert client.get(address).status_code == 404
    assert browser_of(app, people[0]).get("/records/no-such-record").status_code == 404
    assert app.test_client().get(address).status_code == 303


def test_a_record_that_has_ended_says_so_on_its_certificate(app: Flask) -> None:
    edition, people = an_edition()
    close_it(edition)
    record = a_record(people[0])
    with unit_of_work() as session:
        services.end(session, record=record, act=RecordAct.REVOKED, at=AT)
    client = browser_of(app, people[0])
    assert "This record was revoked." in text_of(client.get(f"/records/{record}"))
    assert "This record was revoked." in text_of(client.get("/records"))


def test_pages_take_few_statements_however_many_people(app: Flask) -> None:
    edition, people = an_edition(met=30)
    client = a_coordinator(app, edition)
    client.get(f"/editions/{edition}/closing")
    with statements(app) as sent:
        client.get(f"/editions/{edition}/closing")
    assert len(only_reads(sent)) <= 12
    close_it(edition)
    mine = browser_of(app, people[0])
    for address in ("/records", f"/records/{a_record(people[0])}"):
        with statements(app) as sent:
            mine.get(address)
        assert len(only_reads(sent)) <= 8, address


def only_reads(sent: list[str]) -> list[str]:
    return [statement for statement in sent if statement.lstrip().upper().startswith("SELECT")]


def test_the_head_of_the_ledger_is_told_at_the_command_line(app: Flask) -> None:
    runner = app.test_cli_runner()
    assert runner.invoke(ledger_commands, ["head"]).output == f"0 {'0' * 64}\n"
