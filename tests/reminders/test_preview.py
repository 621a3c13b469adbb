"""Reminders: what the page shows is what goes, to whom it shows, once."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel.clock import frozen
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import MailChoice, Person
from lms.reminders.models import ReminderSending
from lms.seminars import services
from lms.seminars.models import Enrolment, EnrolmentState
from tests.conftest import NOW, statements
from tests.files import both_files
from tests.people.makers import make_person
from tests.reminders.makers import edition, fail, finish, letters, reader, rows
from tests.seminars.browsing import Browser, coordinator, words

OWN_LINK = "(a link of the reader's own)"
"""What stands in a preview where the letter has a link that stops reminders."""


def path(public_id: str, more: str = "") -> str:
    return f"/editions/{public_id}/reminders/preview{more}"


def hidden(page: str) -> dict[str, str]:
    """The fields that the page would send back."""
    return dict(re.findall(r'name="(seen|client_key)"[^>]*value="([^"]*)"', page))


def send(browser: Browser, public_id: str, more: str = "") -> tuple[dict[str, str], int]:
    fields = hidden(browser.get(path(public_id, more)).text)
    return fields, browser.post(path(public_id, more), **fields).status_code


def test_each_reader_gets_their_language_and_both_clocks_as_the_page_showed_it(app: Flask) -> None:
    held = edition()
    english = reader(held, "Amina Mfano", "amina@example.org", zone="Africa/Dar_es_Salaam")
    spanish = reader(held, "Ana Ejemplo", "ana@example.org", locale="es", zone="America/Mexico_City")
    browser = coordinator(app, held.public_id)
    page = browser.get(path(held.public_id))
    text = words(page)
    assert "2 reminders would be sent" in text
    assert "English , 1" in text
    assert "Español , 1" in text or "español , 1" in text
    shown = unescape(browser.get(path(held.public_id, f"?who={spanish.public_id}")).text)
    first = unescape(page.text)
    assert send(browser, held.public_id)[1] == 303
    amina, ana = letters()
    assert amina.to_address == "amina@example.org"
    assert amina.body_text.replace(amina.stop_url, OWN_LINK).strip() in first
    assert amina.stop_url not in first
    assert ana.body_text.replace(ana.stop_url, OWN_LINK).strip() in shown
    assert "Friday 23 April 2027, 19:00 (Dar es Salaam, UTC+3)" in amina.body_text
    assert "Friday 23 April 2027, 18:00 (Oświęcim, UTC+2)" in amina.body_text
    assert "viernes 23 de abril de 2027, 10:00 (Ciudad de México, UTC−6)" in ana.body_text
    assert "19:00 (Dar es Salaam, UTC+3)" in amina.subject
    assert "Mfano" not in amina.subject
    assert english.public_id in first


def test_a_letter_to_a_reader_from_right_to_left_says_so(app: Flask) -> None:
    held = edition()
    reader(held, "نادية مثال", "n@example.org", locale="ar")
    browser = coordinator(app, held.public_id)
    assert re.search(r'class="mail-body flow" lang="ar" dir="rtl"', browser.get(path(held.public_id)).text)
    send(browser, held.public_id)
    (letter,) = letters()
    assert (letter.locale, letter.rtl) == ("ar", True)


def test_who_is_left_out_is_said_with_the_reason_and_gets_nothing(app: Flask) -> None:
    held = edition()
    people = {
        name: reader(held, f"{name} Mfano") for name in ("Gone", "Left", "Done", "Back", "Quiet", "Capped", "Written")
    }
    with unit_of_work() as session:
        own = {name: session.get_one(Enrolment, one.id) for name, one in people.items()}
        people_services.erase(session, person=session.get_one(Person, own["Gone"].person_id), by=None, at=NOW)
        services.withdraw(session, enrolment=own["Left"], at=NOW, by="x", reason="Elections are being held")
        quiet = session.get_one(Person, own["Quiet"].person_id)
        people_services.choose_mail(session, person=quiet, says_little=False, digests=False, at=NOW)
        person = session.get_one(Person, own["Capped"].person_id)
        people_services.write_to(
            session, person_id=person.id, template="reminders/digest", secret={"items": "[]"}, by="x"
        )
        finish(session, own["Done"].id)
    with unit_of_work() as session:
        session.execute(Job.__table__.delete())  # type: ignore[attr-defined]
    fail(people["Back"].person_id)
    reader(held, "Unreachable Mfano", None)
    browser = coordinator(app, held.public_id)
    text = words(browser.get(path(held.public_id)))
    assert "1 reminder would be sent" in text
    for reason in (
        "were erased as they asked",
        "are not invited, or have left the edition",
        "have finished already",
        "have no e-mail address",
        "have an address from which letters come back",
        "want no reminders",
        "had a reminder less than a week ago",
    ):
        assert f"1 {reason}" in text, reason
    lines = both_files(browser, path(held.public_id))
    gets = [line["Name"] for line in lines if line["Gets a reminder"] == "yes"]
    assert (gets, len(lines)) == (["Written Mfano"], 8)
    assert {line["Left out: those who"] for line in lines if line["Name"] == "Quiet Mfano"} == {"want no reminders"}
    assert send(browser, held.public_id)[1] == 303
    assert [letter.to_name for letter in letters()] == ["Written Mfano"]


def test_those_chosen_alone_are_written_to_and_a_filter_is_kept(app: Flask) -> None:
    held = edition()
    first, second = reader(held, "Amina Mfano"), reader(held, "Ana Ejemplo")
    browser = coordinator(app, held.public_id)
    listed = browser.get(f"/editions/{held.public_id}/people?stage=signed-in").text
    assert f'name="chosen" value="{first.public_id}" form="remind"' in listed
    assert '<input type="hidden" name="stage" value="signed-in">' in listed
    assert "1 reminder would be sent" in words(browser.get(path(held.public_id, f"?chosen={second.public_id}")))
    assert "Nobody would get a reminder" in words(browser.get(path(held.public_id, "?stage=pre-reading")))
    send(browser, held.public_id, f"?stage=signed-in&chosen={second.public_id}")
    assert [letter.to_name for letter in letters()] == ["Ana Ejemplo"]


def test_the_same_page_sent_twice_sends_once(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano")
    browser = coordinator(app, held.public_id)
    fields, status = send(browser, held.public_id)
    again = browser.post(path(held.public_id), **fields)
    assert (status, again.status_code) == (303, 303)
    assert len(letters()) == 1
    assert [line["Reminders"] for line in both_files(browser, f"/editions/{held.public_id}/reminders/sent")] == ["1"]
    with unit_of_work() as session:
        assert [row.letters for row in session.scalars(select(ReminderSending))] == [1]
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "reminders.sent"))
        assert (entry.about, entry.details) == (held.public_id, {"letters": 1})


def test_what_has_changed_since_the_page_was_made_stops_it_and_is_shown(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano")
    browser = coordinator(app, held.public_id)
    fields = hidden(browser.get(path(held.public_id)).text)
    reader(held, "Ana Ejemplo")
    answer = browser.post(path(held.public_id), **fields)
    assert answer.status_code == 409
    assert "Something has changed since this page was made, so nothing was sent" in words(answer)
    assert "2 reminders would be sent" in words(answer)
    assert letters() == []
    assert browser.post(path(held.public_id), **hidden(answer.text)).status_code == 303
    assert len(letters()) == 2


def test_it_can_be_sent_to_oneself_first_with_ones_own_name(app: Flask) -> None:
    held = edition()
    spanish = reader(held, "Ana Ejemplo", "ana@example.org", locale="es", zone="America/Mexico_City")
    browser = coordinator(app, held.public_id)
    answer = browser.post(f"/editions/{held.public_id}/reminders/trial?who={spanish.public_id}")
    assert answer.status_code == 303
    assert f"who={spanish.public_id}" in answer.location
    (letter,) = letters()
    assert letter.to_name == "Radosław Przykład"
    assert letter.locale == "es"
    assert "Ciudad de México" in letter.body_text
    assert "Ana" not in letter.body_text
    assert letter.stop_url == ""
    assert [row.digest for row in rows()] == [False]


def test_what_waits_is_for_whoever_still_has_something_to_read_and_says_the_deadline_of_now(app: Flask) -> None:
    held = edition()
    stays, gone, done = (reader(held, name) for name in ("Amina Mfano", "Juma Sampuli", "Zuri Kielelezo"))
    send(coordinator(app, held.public_id), held.public_id)
    assert len(letters()) == 3
    with unit_of_work() as session:
        session.get_one(Enrolment, stays.id).due_at += dt.timedelta(days=2)
        services.withdraw(session, enrolment=session.get_one(Enrolment, gone.id), at=NOW, by="c")
        finish(session, done.id)
    (letter,) = letters()
    assert letter.to_name == "Amina Mfano"
    assert "25 April 2027" in letter.body_text
    assert "23 April 2027" not in letter.body_text


def test_what_waits_in_the_queue_says_nothing_in_clear(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano")
    send(coordinator(app, held.public_id), held.public_id)
    with unit_of_work() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == "mail.send"))
        assert "items" not in str(job.payload)
        assert "2027" not in str({**job.payload, "sealed": ""})


def test_who_does_not_coordinate_the_edition_finds_no_preview(app: Flask) -> None:
    held, other = edition(), edition()
    reader(held, "Amina Mfano")
    stranger = coordinator(app, other.public_id)
    assert stranger.get(path(held.public_id)).status_code == 404
    assert stranger.post(path(held.public_id)).status_code == 404
    assert stranger.post(f"/editions/{held.public_id}/reminders/trial").status_code == 404
    assert letters() == []


def test_somebody_who_has_never_been_here_is_told_how_to_get_a_code(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano", welcomed=False, becomes=EnrolmentState.INVITED)
    send(coordinator(app, held.public_id), held.public_id)
    reminder = letters()[-1]
    assert "/forgot" in reminder.body_text
    assert "You have not been here yet." in reminder.body_text


def test_the_page_of_a_person_lists_the_letters_to_them(app: Flask) -> None:
    held = edition()
    one = reader(held, "Amina Mfano")
    browser = coordinator(app, held.public_id)
    send(browser, held.public_id)
    text = words(browser.get(f"/editions/{held.public_id}/people/{one.public_id}"))
    assert "Reminder 12 April 2027, 11:00, by Radosław Przykład . It waits to be sent." in text, text


@pytest.mark.parametrize("number", [1, 8])
def test_the_page_asks_the_database_as_often_for_many_as_for_one(app: Flask, number: int) -> None:
    held = edition()
    for _one in range(number):
        reader(held, "")
    browser = coordinator(app, held.public_id)
    with statements(app) as sent:
        assert browser.get(path(held.public_id)).status_code == 200
    reads = [one for one in sent if one.lstrip().upper().startswith("SELECT")]
    assert len(reads) <= 17, len(reads)


def test_many_letters_are_spread_so_that_codes_are_not_kept_waiting(app: Flask) -> None:
    person = make_person("Amina Mfano")
    with unit_of_work() as session:
        identity = people_services.primary_address(session, person.id)
        assert identity is not None
        asked = [people_services.letters.Asked(person.id, identity) for _number in range(101)]
        people_services.write_to_many(session, asked, template="people/password-changed")
    with unit_of_work() as session:
        due = [job.run_at - NOW for job in session.scalars(select(Job).order_by(Job.id))]
    assert [round(due[number].total_seconds()) for number in (0, 49, 50, 99, 100)] == [0, 0, 10, 10, 20]
    with frozen(NOW):
        assert len(letters()) == 101


def test_a_person_without_choices_has_none_written_down_by_a_preview(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano")
    coordinator(app, held.public_id).get(path(held.public_id))
    with unit_of_work() as session:
        assert session.scalars(select(MailChoice)).all() == []
