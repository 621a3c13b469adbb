"""How often a reminder comes, and the one that goes by itself."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import delete, select

from lms.kernel import outbox, worker
from lms.kernel.clock import frozen
from lms.kernel.errors import Conflict
from lms.kernel.models import Job
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.people import services as people_services
from lms.people.models import Person
from lms.people.rules import Scope
from lms.people.rules.letters import digest_due
from lms.reminders import services as reminders
from lms.reminders.models import WeeklyReminder
from lms.reminders.planning import plan
from lms.reminders.queries import weekly_editions
from lms.reminders.rules import good_hour
from lms.reminders.weekly import remind
from lms.seminars import services
from lms.seminars.models import Edition, Enrolment
from tests.conftest import NOW
from tests.reminders.makers import Held, edition, fail, finish, letters, reader, rows
from tests.seminars.browsing import coordinator, words
from tests.seminars.makers import enrol_person, make_institution

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
MORNING = dt.datetime(2027, 4, 13, 6, 30, tzinfo=dt.UTC)
"""Tuesday, 09:30 in Dar es Salaam and 08:30 in Warsaw."""


@pytest.mark.parametrize(
    ("last", "deadlines", "due"),
    [
        (None, [], True),
        (None, [30 * DAY], True),
        (HOUR, [30 * DAY], False),
        (6 * DAY, [30 * DAY], False),
        (7 * DAY - 3 * HOUR, [30 * DAY], True),  # seven days on the calendar, if not on the clock
        (7 * DAY, [30 * DAY], True),
        (3 * DAY, [72 * HOUR], True),
        (3 * DAY, [73 * HOUR], False),
        (24 * HOUR, [1 * HOUR], True),
        (23 * HOUR, [1 * HOUR], False),
        (3 * DAY, [-1 * HOUR], False),  # a deadline that has passed brings no more of them
        (3 * DAY, [30 * DAY, 10 * HOUR], True),
        (8 * DAY, [-1 * DAY], True),
    ],
)
def test_one_digest_a_week_unless_a_deadline_is_near(
    last: dt.timedelta | None, deadlines: list[dt.timedelta], due: bool
) -> None:
    at = dt.datetime(2027, 4, 13, 6, 0, tzinfo=dt.UTC)
    when = None if last is None else at - last
    assert digest_due(when, [at + one for one in deadlines], at, "Africa/Dar_es_Salaam") is due


@pytest.mark.parametrize(("zone", "on"), [("Pacific/Honolulu", 1), ("Europe/Warsaw", 0)])
def test_an_edition_is_reminded_of_until_its_last_day_is_over_where_it_is_held(app: Flask, zone: str, on: int) -> None:
    held = edition(zone=zone)
    with unit_of_work() as session:
        session.add(WeeklyReminder(edition_id=held.id, on=True, by="c", at=NOW))
        session.flush()
        assert len(weekly_editions(session, dt.datetime(2027, 5, 11, 2, tzinfo=dt.UTC))) == on


@pytest.mark.parametrize(
    ("at", "zone", "good"),
    [
        ("2027-04-13T06:30+00:00", "Africa/Dar_es_Salaam", True),
        ("2027-04-13T04:59+00:00", "Africa/Dar_es_Salaam", False),
        ("2027-04-13T05:00+00:00", "Africa/Dar_es_Salaam", True),
        ("2027-04-13T08:00+00:00", "Africa/Dar_es_Salaam", False),
        ("2027-04-13T06:30+00:00", "America/Mexico_City", False),
        ("2027-04-17T06:30+00:00", "Africa/Dar_es_Salaam", False),  # a Saturday
        ("2027-04-18T23:30+00:00", "Pacific/Auckland", False),
        ("2027-04-18T21:00+00:00", "Pacific/Auckland", True),  # Monday there
    ],
)
def test_nobody_is_written_to_at_night_or_on_a_weekend(at: str, zone: str, good: bool) -> None:
    assert good_hour(dt.datetime.fromisoformat(at), zone) is good


def turn_on(*held: Held) -> None:
    with unit_of_work() as session:
        for one in held:
            session.add(WeeklyReminder(edition_id=one.id, on=True, by="c", at=NOW))


def run(at: dt.datetime = MORNING) -> int:
    """One run of the job; says how many letters it asked for."""
    before = len(rows())
    with frozen(at), own_transaction() as session:
        remind(session, {}, at)
    return len(rows()) - before


def test_nothing_goes_by_itself_before_a_coordinator_turns_it_on(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    assert run() == 0
    browser = coordinator(app, held.public_id)
    path = f"/editions/{held.public_id}/reminders/weekly"
    page = words(browser.get(path))
    assert "The weekly reminder is off" in page
    assert "Today 1 person would be written to" in page
    assert run() == 0
    assert browser.post(path, on="yes").status_code == 303
    assert browser.post(path, on="yes").status_code == 303
    assert "The weekly reminder is on" in words(browser.get(path))
    assert run() == 1
    assert browser.post(path, on="no").status_code == 303
    assert run(MORNING + 7 * DAY) == 0
    with unit_of_work() as session:
        assert [row.on for row in session.scalars(select(WeeklyReminder).order_by(WeeklyReminder.id))] == [True, False]


def test_it_goes_once_a_week_and_daily_near_the_deadline(app: Flask) -> None:
    held = edition()  # due on Friday 23 April, 16:00 UTC
    reader(held, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    turn_on(held)
    sent = {}
    for hours in range(24 * 14):
        at = MORNING + hours * HOUR
        if run(at):
            sent[at.date().isoformat()] = sent.get(at.date().isoformat(), 0) + 1
    assert sent == {"2027-04-13": 1, "2027-04-20": 1, "2027-04-21": 1, "2027-04-22": 1, "2027-04-23": 1}


def test_several_editions_of_one_person_join_into_one_letter(app: Flask) -> None:
    later = edition(title="Later seminar", deadline_at=dt.datetime(2027, 5, 1, 16, 0, tzinfo=dt.UTC))
    sooner = edition(title="Sooner seminar")
    placed = reader(later, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    with unit_of_work() as session:
        person = session.get_one(Person, placed.person_id)
        enrol_person(session, session.get_one(Edition, sooner.id), person=person)
    turn_on(later, sooner)
    assert run() == 1
    assert run(MORNING + HOUR) == 0
    (letter,) = letters()
    assert letter.body_text.index("Sooner seminar") < letter.body_text.index("Later seminar")
    assert "Friday 23 April 2027" in letter.subject
    assert "Saturday 1 May 2027" in letter.body_text
    assert [row.about for row in rows()] == [sooner.public_id]


def test_whoever_has_places_at_two_institutions_gets_one_letter_on_the_morning_of_their_own_clocks(app: Flask) -> None:
    near = edition(title="Near seminar")
    far = edition(title="Far seminar", deadline_at=dt.datetime(2027, 5, 1, 16, 0, tzinfo=dt.UTC))
    placed = reader(near, "Amina Mfano", zone=None)
    with unit_of_work() as session:
        there = make_institution(session, "FJ")
        there.zone = "Pacific/Fiji"
        person = session.get_one(Person, placed.person_id)
        enrol_person(session, session.get_one(Edition, far.id), person=person, institution=there)
    turn_on(near, far)
    assert run() == 0, "evening in Fiji, where they serve now"
    assert run(dt.datetime(2027, 4, 13, 20, 30, tzinfo=dt.UTC)) == 1
    (letter,) = letters()
    assert "Near seminar" in letter.body_text
    assert "Far seminar" in letter.body_text


def test_a_letter_that_one_near_deadline_makes_due_is_about_all_of_their_places(app: Flask) -> None:
    later = edition(title="Later seminar", deadline_at=dt.datetime(2027, 5, 8, 16, 0, tzinfo=dt.UTC))
    sooner = edition(title="Sooner seminar")
    placed = reader(later, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    with unit_of_work() as session:
        enrol_person(session, session.get_one(Edition, sooner.id), person=session.get_one(Person, placed.person_id))
    turn_on(later, sooner)
    assert [run(MORNING + days * DAY) for days in (3, 6, 8)] == [1, 0, 1]
    assert all("Sooner seminar" in one.body_text and "Later seminar" in one.body_text for one in letters())


def test_who_was_written_to_for_another_edition_meanwhile_is_not_written_to_again(app: Flask) -> None:
    held = edition()
    placed = reader(held, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    with unit_of_work() as session:
        everybody = Scope(person_id=0, everything=True)
        made = plan(session, edition=held.row(session), scope=everybody, enrolments=[placed.id], at=NOW)
    with unit_of_work() as session:
        people_services.write_to(
            session, person_id=placed.person_id, template="reminders/digest", secret={"items": "[]"}, about="other"
        )
    with pytest.raises(Conflict), unit_of_work() as session:
        reminders.send(session, plan=made, seen=made.fingerprint, client_key="a-page-of-mine", at=NOW, by="c")
    assert len(rows()) == 1


def test_a_reminder_sent_by_a_coordinator_of_another_edition_counts(app: Flask) -> None:
    held = edition()
    placed = reader(held, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    turn_on(held)
    with unit_of_work() as session:
        people_services.write_to(
            session, person_id=placed.person_id, template="reminders/digest", secret={"items": "[]"}, about="other"
        )
    assert run() == 0


def test_those_who_have_finished_left_stopped_or_cannot_be_reached_are_left_alone(app: Flask) -> None:
    held = edition()
    done, left, quiet, back, gone = (
        reader(held, f"{name} Mfano", zone="Africa/Dar_es_Salaam") for name in ("A", "B", "C", "D", "E")
    )
    turn_on(held)
    fail(back.person_id)
    with unit_of_work() as session:
        finish(session, done.id)
        services.withdraw(session, enrolment=session.get_one(Enrolment, left.id), at=NOW, by="c")
        people_services.choose_mail(
            session, person=session.get_one(Person, quiet.person_id), says_little=False, digests=False, at=NOW
        )
        people_services.erase(session, person=session.get_one(Person, gone.person_id), by=None, at=NOW)
    with unit_of_work() as session:
        session.execute(delete(Job))
    assert run() == 0


def test_it_ends_with_the_edition_and_with_its_attendance(app: Flask) -> None:
    over, closed = edition(), edition()
    for held in (over, closed):
        reader(held, "", zone="Africa/Dar_es_Salaam")
    turn_on(over, closed)
    with unit_of_work() as session:
        services.close_attendance(session, edition=session.get_one(Edition, closed.id), at=MORNING, by="c")
    assert run() == 1
    assert run(dt.datetime(2027, 5, 11, 6, 30, tzinfo=dt.UTC)) == 0


def test_the_worker_does_it_every_hour(app: Flask) -> None:
    held = edition()
    reader(held, "Amina Mfano", zone="Africa/Dar_es_Salaam")
    turn_on(held)
    assert outbox.periodic["reminders.weekly"] == 3600
    with frozen(MORNING):
        with own_transaction() as session:
            outbox.enqueue(session, "reminders.weekly", key="reminders.weekly")
        worker.drain()
        assert len(rows()) == 1


def test_many_people_are_written_to_in_several_turns_and_nobody_twice(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.reminders.weekly.AT_ONCE", 3)
    held = edition()
    for _one in range(7):
        reader(held, "", zone="Africa/Dar_es_Salaam")
    turn_on(held)
    with frozen(MORNING):
        with own_transaction() as session:
            remind(session, {}, MORNING)
        worker.drain()
    assert len(rows()) == 7
    assert len({row.person_id for row in rows()}) == 7
