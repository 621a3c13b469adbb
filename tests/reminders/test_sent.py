"""Who was left out of a sending, and why: noted with it, listed and taken away."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import MailChoice, Person
from lms.reminders.models import ReminderLeftOut, ReminderSending
from lms.reminders.rules import LeftOut
from lms.seminars.imports.models import Import
from lms.seminars.imports.saving import save
from lms.seminars.imports.undoing import undo
from lms.seminars.models import Enrolment
from tests.conftest import NOW, statements
from tests.files import both_files
from tests.reminders.makers import Held, edition, fail, finish, reader
from tests.reminders.test_preview import send
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.importing import JUSTICE, said, taken_in
from tests.seminars.makers import make_edition, make_institution

WHY = {
    "Ana Ejemplo": "have finished already",
    "Bea Ejemplo": "have no e-mail address",
    "Cleo Ejemplo": "have an address from which letters come back",
    "Dora Ejemplo": "want no reminders",
}


def crowd() -> tuple[Held, list[str]]:
    """One who gets a reminder, and one for each reason not to; with the ids of their places in order."""
    held = edition()
    going = reader(held, "Neema Mfano")
    done, without, bounced, stopped = (reader(held, name, None if name.startswith("Bea") else "") for name in WHY)
    fail(bounced.person_id)
    with unit_of_work() as session:
        finish(session, done.id)
        session.add(MailChoice(person_id=stopped.person_id, handle="a-handle-of-theirs", stopped_at=NOW))
    return held, [one.public_id for one in (going, done, without, bounced, stopped)]


def sent_page(browser: Browser, held: Held) -> str:
    """The address of the list of the last sending, as the page of reminders gives it."""
    found = browser.get(f"/editions/{held.public_id}/reminders").text
    with unit_of_work() as session:
        last = session.scalars(select(ReminderSending.public_id).order_by(ReminderSending.id.desc())).first()
    address = f"/editions/{held.public_id}/reminders/sent/{last}"
    assert f'href="{address}"' in found
    return address


def test_a_sending_says_whom_it_left_out_and_why_and_list_number_and_files_agree(app: Flask) -> None:
    held, _places = crowd()
    browser = coordinator(app, held.public_id)
    assert send(browser, held.public_id)[1] == 303
    assert "4 people were left out" in words(browser.get(f"/editions/{held.public_id}/reminders"))
    [line] = both_files(browser, f"/editions/{held.public_id}/reminders/sent")
    assert (line["Reminders"], line["Left out"]) == ("1", "4")
    here = sent_page(browser, held)
    page = words(browser.get(here))
    assert [(line["Name"], line["Left out: those who"]) for line in both_files(browser, here)] == list(WHY.items())
    for name, why in WHY.items():
        assert f"{name} {why}" in page
        assert f"{why} (1)" in page
    assert "Neema Mfano" not in page
    bounced = words(browser.get(f"{here}?show=bounced"))
    assert "Cleo Ejemplo" in bounced
    assert "Dora Ejemplo" not in bounced
    [line] = both_files(browser, here, "?show=bounced")
    assert line["Name"] == "Cleo Ejemplo"
    with unit_of_work() as session:
        looked = session.scalars(select(AuditEntry.details).where(AuditEntry.act == "reminders.left-out")).all()
    assert [one["people"] for one in looked] == [4, 1]


def test_what_was_so_then_stays_so_and_whoever_is_erased_or_taken_back_is_named_no_more(app: Flask) -> None:
    held, (_going, done, _without, bounced, _stopped) = crowd()
    browser = coordinator(app, held.public_id)
    assert send(browser, held.public_id)[1] == 303
    here = sent_page(browser, held)
    with unit_of_work() as session:
        session.execute(delete(MailChoice))
        person = session.scalars(select(Person).join(Enrolment).where(Enrolment.public_id == bounced)).one()
        people_services.erase(session, person=person, by="c", at=NOW)
        session.execute(delete(ReminderLeftOut).where(ReminderLeftOut.enrolment_id == place_of(session, done)))
    names = [line["Name"] for line in both_files(browser, here)]
    assert names[0] == "Bea Ejemplo"
    assert "Cleo Ejemplo" not in browser.get(here).text
    assert names[-1] == "Dora Ejemplo", "the reminders were not wanted then"
    assert len(names) == 3


def place_of(session: Session, public_id: str) -> int:
    return session.scalars(select(Enrolment.id).where(Enrolment.public_id == public_id)).one()


def test_whoever_was_left_out_can_be_taken_back_with_their_import(app: Flask) -> None:
    with unit_of_work() as session:
        make_institution(session, "TZ", name=JUSTICE)
        mine = make_edition(session)
        found = taken_in(session, mine, said(1))
        save(session, found=found, at=NOW, by="c")
        sending = ReminderSending(edition_id=mine.id, client_key="a-page-of-mine", letters=1, by="c", at=NOW)
        session.add(sending)
        session.flush()
        place = session.scalars(select(Enrolment.id)).one()
        session.add(ReminderLeftOut(sending_id=sending.id, enrolment_id=place, reason=LeftOut.NOT_INVITED))
    with unit_of_work() as session:
        assert undo(session, found=session.scalars(select(Import)).one(), at=NOW, by="c") == []
    with unit_of_work() as session:
        assert session.scalars(select(ReminderLeftOut)).all() == []


def test_the_list_is_for_who_coordinates_the_edition_and_for_its_own_sendings(sqlite_app: Flask) -> None:
    held, _places = crowd()
    other = edition()
    browser, stranger = coordinator(sqlite_app, held.public_id), coordinator(sqlite_app, other.public_id)
    assert send(browser, held.public_id)[1] == 303
    here = sent_page(browser, held)
    elsewhere = here.replace(held.public_id, other.public_id)
    for path in (here, f"{here}.csv", elsewhere, f"{elsewhere}.csv"):
        assert stranger.get(path).status_code == 404
    assert browser.get(f"{here}x").status_code == 404


def test_of_what_was_sent_before_it_was_noted_nothing_is_said(sqlite_app: Flask) -> None:
    held, _places = crowd()
    browser = coordinator(sqlite_app, held.public_id)
    assert send(browser, held.public_id)[1] == 303
    here = sent_page(browser, held)
    with unit_of_work() as session:
        session.execute(delete(ReminderLeftOut))
        session.execute(update(ReminderSending).values(told_apart=False))
    assert "left out" not in words(browser.get(f"/editions/{held.public_id}/reminders"))
    assert browser.get(here).status_code == 404
    [line] = both_files(browser, f"/editions/{held.public_id}/reminders/sent")
    assert line["Left out"] == ""


def test_the_page_costs_the_same_for_few_and_for_many(sqlite_app: Flask) -> None:
    counts = []
    for number in (1, 60):
        held = edition()
        reader(held, "Neema Mfano")
        for _ in range(number):
            reader(held, "", None)
        browser = coordinator(sqlite_app, held.public_id)
        assert send(browser, held.public_id)[1] == 303
        here = sent_page(browser, held)
        browser.get(here)
        with statements(sqlite_app) as sent:
            assert browser.get(here).status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12
