"""The contact log: sealed, append-only, corrected by its writer, and seen by nobody but coordinators."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people import services as people_services
from lms.people.models import Person, Role, ScopeKind
from lms.seminars import queries, services
from lms.seminars.models import ContactKind, ContactNote, Enrolment
from tests.files import both_files
from tests.people.makers import give_mandate, make_person
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import AT, enrol_person, make_edition

ILL = "She is in hospital until the 20th and asks us to tell nobody."
TODAY = AT.date()


def place() -> tuple[str, Enrolment]:
    with unit_of_work() as session:
        edition = make_edition(session)
        enrolment = enrol_person(session, edition, name="Neema Mfano")
        return edition.public_id, enrolment


def note(enrolment: Enrolment, by: Person, said: str = ILL, key: str = "", **more: Any) -> None:
    facts: dict[str, Any] = {"kind": ContactKind.CALLED, "day": TODAY, "at": AT, **more}
    with unit_of_work() as session:
        services.note_contact(
            session, enrolment=session.get_one(Enrolment, enrolment.id), words=said, key=key or f"key-{said}"[:60],
            by=by.id, **facts,
        )  # fmt: skip


def log_of(enrolment: Enrolment) -> list[queries.Contact]:
    with unit_of_work() as session:
        return queries.contacts_of(session, enrolment.id, enrolment.person_id)


def form(page: str) -> dict[str, str]:
    """What the form of the log carries hidden."""
    return dict(re.findall(r'id="(client_key|corrects)" name="[^"]+" type="hidden" value="([^"]*)"', page))


def test_a_coordinator_notes_a_call_and_finds_it_on_the_page_of_the_person(app: Flask) -> None:
    edition, enrolment = place()
    browser = coordinator(app, edition)
    page = f"/editions/{edition}/people/{enrolment.public_id}"
    sent = {**form(browser.get(f"{page}/contacts").text), "kind": "called", "day": "2027-04-11", "words": ILL}
    for _twice in range(2):
        assert browser.post(f"{page}/contacts", **sent).status_code == 303
    said = words(browser.get(page))
    assert f"Called , 11 April 2027 {ILL} Written by " in said
    assert said.count(ILL) == 1
    with unit_of_work() as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.act == "contact.noted")).one()
        row = session.scalars(select(ContactNote)).one()
    assert (noted.about, noted.details) == (enrolment.public_id, {"kind": "called"})
    assert row.sealed_words is not None
    assert ILL.encode() not in row.sealed_words


def test_the_log_is_taken_away_as_a_file_whole_and_without_a_live_cell(app: Flask) -> None:
    edition, enrolment = place()
    by = make_person("Anna Voorbeeld")
    for said in (ILL, "=1+1"):
        note(enrolment, by, said)
    lines = both_files(coordinator(app, edition), f"/editions/{edition}/people/{enrolment.public_id}/contacts")
    assert [line["What was said"] for line in lines] == ["'=1+1", ILL]
    assert lines[0]["Name"] == "Neema Mfano"
    assert lines[0]["Written by"] == "Anna Voorbeeld"


def test_a_day_to_come_is_refused_on_the_form_and_what_was_typed_stays(app: Flask) -> None:
    edition, enrolment = place()
    browser = coordinator(app, edition)
    page = f"/editions/{edition}/people/{enrolment.public_id}"
    sent = {**form(browser.get(f"{page}/contacts").text), "kind": "met", "day": "2027-04-14", "words": ILL}
    answer = browser.post(f"{page}/contacts", **sent)
    assert answer.status_code == 422
    assert "This day is still to come." in words(answer)
    assert ILL in answer.text
    assert log_of(enrolment) == []
    assert browser.post(f"{page}/contacts", **{**sent, "day": "soon"}).status_code == 422


def test_the_writer_corrects_an_entry_by_a_later_one_and_both_stay(app: Flask) -> None:
    edition, enrolment = place()
    browser = coordinator(app, edition)
    note(enrolment, browser.person, "Wrong day.")
    page = f"/editions/{edition}/people/{enrolment.public_id}"
    (first,) = log_of(enrolment)
    filled = browser.get(f"{page}/contacts?correct={first.public_id}").text
    assert form(filled)["corrects"] == first.public_id
    assert "Wrong day.</textarea>" in filled
    sent = {**form(filled), "kind": "wrote", "day": "2027-04-10", "words": "Right."}
    assert browser.post(f"{page}/contacts", **sent).status_code == 303
    later, before = log_of(enrolment)
    assert (later.corrects, later.corrected, before.corrected) == (before.public_id, False, True)
    assert "(corrected later)" in words(browser.get(page))
    with unit_of_work() as session:
        assert queries.last_contacts(session, [enrolment.id]) == {
            enrolment.id: (ContactKind.WROTE, dt.date(2027, 4, 10))
        }


def test_nobody_corrects_the_entry_of_another_or_one_that_is_corrected(app: Flask) -> None:
    _edition, enrolment = place()
    writer, other = make_person(), make_person()
    note(enrolment, writer)
    (first,) = log_of(enrolment)
    with pytest.raises(Refused, match="Only who wrote"):
        note(enrolment, other, "No.", corrects=first.public_id)
    note(enrolment, writer, "Better.", corrects=first.public_id)
    with pytest.raises(Conflict, match="corrected in the meantime"):
        note(enrolment, writer, "Better still.", corrects=first.public_id)
    with pytest.raises(NotFound):
        note(enrolment, writer, "Of whom?", corrects="unknown")
    assert len(log_of(enrolment)) == 2


def test_the_same_key_with_other_words_is_a_conflict(app: Flask) -> None:
    _edition, enrolment = place()
    writer = make_person()
    note(enrolment, writer, "First.", key="same-key")
    note(enrolment, writer, "First.", key="same-key")
    with pytest.raises(Conflict, match="with other words"):
        note(enrolment, writer, "Second.", key="same-key")
    assert [one.words for one in log_of(enrolment)] == ["First."]


def test_erasing_a_person_makes_what_was_noted_of_them_unreadable(app: Flask) -> None:
    _edition, enrolment = place()
    writer = make_person()
    note(enrolment, writer)
    with unit_of_work() as session:
        assert [one.words for one in queries.contacts_about(session, enrolment.person_id)] == [ILL]
        people_services.erase(session, person=session.get_one(Person, enrolment.person_id), by=None, at=AT)
    assert [one.words for one in log_of(enrolment)] == [""]
    with unit_of_work() as session:
        assert [one.words for one in queries.contacts_about(session, enrolment.person_id)] == [""]
    with pytest.raises(NotFound):
        note(enrolment, writer, "More of it.")


@pytest.mark.parametrize("change", ["UPDATE lms_contact_note SET day = day", "DELETE FROM lms_contact_note"])
def test_the_database_itself_refuses_to_change_the_log(app: Flask, change: str) -> None:
    _edition, enrolment = place()
    note(enrolment, make_person())
    with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text(change))


@pytest.mark.parametrize(
    ("role", "scope", "key"),
    [
        (Role.FOCAL_POINT, ScopeKind.STATE, "TZ"),
        (Role.EVALUATOR, ScopeKind.ALL, None),
        (Role.OBSERVER, ScopeKind.ALL, None),
        (Role.COORDINATOR, ScopeKind.EDITION, "another"),
    ],
)
def test_whoever_does_not_coordinate_the_edition_neither_reads_nor_writes_the_log(
    app: Flask, role: Role, scope: ScopeKind, key: str | None
) -> None:
    edition, enrolment = place()
    note(enrolment, make_person())
    person = make_person()
    give_mandate(person, role, scope, key)
    browser, page = Browser(app, person), f"/editions/{edition}/people/{enrolment.public_id}"
    for path in (
        page,
        f"{page}/contacts",
        f"{page}/contacts.csv",
        f"/editions/{edition}/people",
        f"/editions/{edition}",
    ):
        assert ILL not in browser.get(path).text
    sent = {"client_key": "x" * 12, "kind": "met", "day": "2027-04-11"}
    assert browser.post(f"{page}/contacts", **sent).status_code == 404
    assert len(log_of(enrolment)) == 1
    db.session.remove()
