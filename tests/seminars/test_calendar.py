"""The calendar of a participant, read by another parser than the one that wrote it."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs

from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.secrets import digest, new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import Person
from lms.people.states import name as state_name
from lms.seminars import ics, queries, services
from lms.seminars.models import CalendarAddress, Edition, Enrolment, HalfDay
from tests.conftest import statements
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import AT, facts
from tests.seminars.submissions import EDITION, fresh, one_edition, one_person

KEY = len(new_token()) + 1


def made(browser: Browser) -> str:
    """The path of a fresh address."""
    page = browser.post("/calendar").get_data(as_text=True)
    found = re.search(r"/calendar/[\w-]{43}\.ics", page)
    assert found
    return found[0]


def browser_of(app: Flask, place: Enrolment) -> Browser:
    with unit_of_work() as session:
        person = session.get_one(Person, place.person_id)
        person.welcomed_at = AT
    return Browser(app, person)


@pytest.fixture
def place(app: Flask) -> Enrolment:
    return one_person(one_edition(), name="Neema Mfano")


@pytest.fixture
def browser(app: Flask, place: Enrolment) -> Browser:
    return browser_of(app, place)


def events(app: Flask, path: str) -> dict[str, Any]:
    """What stands there, by what its UID says beside the place, for somebody who is not signed in."""
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    parsed = icalendar.Calendar.from_ical(answer.get_data(as_text=True))
    found = list(parsed.walk("VEVENT"))
    assert not [event.errors for event in found if event.errors]
    by_name = {str(event["UID"]).partition("@")[0][KEY:]: event for event in found}
    assert len(by_name) == len(found)
    return by_name


def change(place: Enrolment, act: Any) -> None:
    with unit_of_work() as session:
        act(session, session.get_one(Edition, place.edition_id), session.get_one(Enrolment, place.id))


def test_it_holds_the_deadline_the_days_and_the_half_days_in_utc(
    app: Flask, place: Enrolment, browser: Browser
) -> None:
    found = events(app, made(browser))
    half_days = {f"2027-05-{day}-{half}" for day in ("09", "10") for half in HalfDay}
    assert set(found) == {"deadline", "seminar", *half_days}
    assert found["deadline"].start == dt.datetime(2027, 4, 23, 16, 0, tzinfo=dt.UTC)
    assert found["seminar"].start == dt.date(2027, 5, 9)
    assert found["seminar"].end == dt.date(2027, 5, 11)
    assert found["2027-05-09-morning"].start == dt.datetime(2027, 5, 9, 6, 0, tzinfo=dt.UTC)
    assert {str(event["STATUS"]) for event in found.values()} == {"CONFIRMED"}


def test_the_head_asks_to_be_read_again_and_lines_are_short(app: Flask, place: Enrolment, browser: Browser) -> None:
    answer = app.test_client().get(made(browser))
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    text = answer.get_data()
    lines = text.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    assert re.findall(rb"DT(?:START|END|STAMP)[^\r]*", text)
    assert all(line.endswith(b"Z") or b"VALUE=DATE:" in line for line in lines if line.startswith(b"DT"))
    head = icalendar.Calendar.from_ical(text.decode())
    assert head["METHOD"] == "PUBLISH"
    assert head["REFRESH-INTERVAL"].dt == dt.timedelta(hours=12)
    assert head["X-PUBLISHED-TTL"] == "PT12H"


def test_nothing_in_it_says_who_reads_it_or_was_typed_by_anybody(
    app: Flask, place: Enrolment, browser: Browser
) -> None:
    said = {"title": "Kenya national course", "programme": "Mr Ejemplo speaks"}
    change(
        place, lambda s, edition, _p: services.change_edition(s, edition=edition, facts=facts(**said), at=AT, by="c")
    )
    change(
        place,
        lambda s, edition, _p: services.set_session(
            s, edition=edition, day=edition.starts_on, half=HalfDay.MORNING, title="With Mrs Beispiel", at=AT, by="c"
        ),
    )
    row = queries.my_enrolments(db.session(), place.person_id)[0]
    text = app.test_client().get(made(browser)).get_data(as_text=True).replace("\r\n ", "")
    assert "SUMMARY:Raphael Lemkin Seminar: the pre-reading is due" in text
    for word in ("Neema", "Mfano", row.institution_name, state_name("TZ", "en"), "Kenya", "Ejemplo", "Beispiel", "TZ"):
        assert word not in text, word


def test_it_is_given_again_only_when_it_changed(app: Flask, place: Enrolment, browser: Browser) -> None:
    path = made(browser)
    first = app.test_client().get(path)
    again = app.test_client().get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.get_data() == b""
    extend(place)
    changed = app.test_client().get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def extend(place: Enrolment) -> None:
    until = dt.datetime(2027, 4, 30, 16, 0, tzinfo=dt.UTC)
    change(place, lambda s, _e, p: services.extend(s, enrolment=p, deadline_at=until, at=AT, by="c"))


CHANGES: dict[str, Any] = {
    "more time": lambda s, _e, p: services.extend(
        s, enrolment=p, deadline_at=dt.datetime(2027, 4, 30, 16, 0, tzinfo=dt.UTC), at=AT, by="c"
    ),
    "other dates": lambda s, e, _p: services.change_edition(
        s, edition=e, facts=facts(starts_on=dt.date(2027, 5, 10), ends_on=dt.date(2027, 5, 11)), at=AT, by="c"
    ),
    "another deadline": lambda s, e, _p: services.change_edition(
        s, edition=e, facts=facts(deadline_on=dt.date(2027, 4, 25)), at=AT, by="c"
    ),
    "a half-day less": lambda s, e, _p: services.remove_session(
        s, edition=e, day=e.starts_on, half=HalfDay.MORNING, at=AT, by="c"
    ),
    "the place given up": lambda s, _e, p: services.withdraw(s, enrolment=p, at=AT, by="c"),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_whatever_changes_keeps_its_uid_and_says_a_higher_number(
    app: Flask, place: Enrolment, browser: Browser, kind: str
) -> None:
    path = made(browser)
    before = events(app, path)
    change(place, CHANGES[kind])
    after = events(app, path)
    assert set(before) <= set(after), "nothing disappears without a word"
    for uid, event in before.items():
        plain = lambda one: {key: one.get(key) for key in ("DTSTART", "DTEND", "STATUS")}  # noqa: E731
        if plain(event) != plain(after[uid]):
            assert after[uid]["SEQUENCE"] > event["SEQUENCE"], uid
        assert after[uid]["SEQUENCE"] >= event["SEQUENCE"]
    assert any(before[uid]["SEQUENCE"] < after[uid]["SEQUENCE"] for uid in before)


def test_what_was_cancelled_is_said_for_thirty_days(app: Flask, place: Enrolment, browser: Browser) -> None:
    path = made(browser)
    change(place, CHANGES["a half-day less"])
    found = events(app, path)
    assert str(found["2027-05-09-morning"]["STATUS"]) == "CANCELLED"
    assert str(found["2027-05-09-afternoon"]["STATUS"]) == "CONFIRMED"
    with frozen(AT + dt.timedelta(days=31)):
        assert "2027-05-09-morning" not in events(app, path)
    change(place, CHANGES["the place given up"])
    assert {str(event["STATUS"]) for event in events(app, path).values()} == {"CANCELLED"}
    with frozen(AT + dt.timedelta(days=31)):
        assert events(app, path) == {}


def test_a_half_day_that_comes_back_is_confirmed_again(app: Flask, place: Enrolment, browser: Browser) -> None:
    path = made(browser)
    change(place, CHANGES["a half-day less"])
    off = events(app, path)["2027-05-09-morning"]
    change(
        place,
        lambda s, e, _p: services.set_session(
            s, edition=e, day=e.starts_on, half=HalfDay.MORNING, title="", at=AT, by="c"
        ),
    )
    again = events(app, path)["2027-05-09-morning"]
    assert str(again["STATUS"]) == "CONFIRMED"
    assert again["SEQUENCE"] > off["SEQUENCE"]


def test_the_address_is_shown_once_and_kept_as_a_digest(app: Flask, place: Enrolment, browser: Browser) -> None:
    path = made(browser)
    token = path.removeprefix("/calendar/").removesuffix(".ics")
    assert token not in browser.get("/calendar").get_data(as_text=True)
    assert db.session.scalars(select(CalendarAddress.token_digest)).one() == digest(token)


def test_another_address_ends_the_one_before(app: Flask, place: Enrolment, browser: Browser) -> None:
    first, second = made(browser), made(browser)
    assert app.test_client().get(first).status_code == 404
    assert app.test_client().get(second).status_code == 200
    assert browser.post("/calendar/end").status_code == 303
    assert browser.post("/calendar/end").status_code == 303
    assert app.test_client().get(second).status_code == 404


@pytest.mark.parametrize("how", ["shut out", "erased"])
def test_nothing_is_read_of_somebody_who_is_gone(app: Flask, place: Enrolment, browser: Browser, how: str) -> None:
    path = made(browser)
    with unit_of_work() as session:
        person = session.get_one(Person, place.person_id)
        if how == "erased":
            people_services.erase(session, person=person, by=None, at=AT)
        else:
            session.execute(update(Person).where(Person.id == person.id).values(disabled_at=AT))
    assert app.test_client().get(path).status_code == 404


def test_signing_out_leaves_it_and_another_person_has_none(app: Flask, place: Enrolment, browser: Browser) -> None:
    path = made(browser)
    with unit_of_work() as session:
        people_services.end_other_sessions(session, person_id=place.person_id, at=AT)
    assert app.test_client().get(path).status_code == 200
    assert app.test_client().get("/calendar").status_code == 303


def test_it_is_read_seldom_and_never_guessed(sqlite_app: Flask) -> None:
    path = made(browser_of(sqlite_app, one_person(one_edition())))
    answers = [sqlite_app.test_client().get(path).status_code for _number in range(31)]
    assert answers == [200] * 30 + [429]
    guesses = [
        sqlite_app.test_client().get(f"/calendar/{'x' * 42}{number % 10}.ics").status_code for number in range(31)
    ]
    assert guesses == [404] * 30 + [429]


def test_no_log_line_holds_the_address(sqlite_app: Flask) -> None:
    path = made(browser_of(sqlite_app, one_person(one_edition())))
    sqlite_app.config["LMS_ACCESS_LOG"] = True
    with capture_logs() as lines:
        for _number in range(31):
            sqlite_app.test_client().get(path)
        sqlite_app.test_client().get(path + "x")
    assert any(line["event"] == "request" for line in lines)
    assert any(line["event"] == "request.refused" for line in lines)
    assert path.split("/")[-1][:20] not in str(lines)


def test_it_asks_the_database_a_handful_of_questions(app: Flask, place: Enrolment, browser: Browser) -> None:
    path = made(browser)
    with statements(app) as sent:
        app.test_client().get(path)
    assert len([line for line in sent if line.lstrip().upper().startswith("SELECT")]) == 4
    assert fresh(place).id == place.id


texts = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n;,\\:\"'"), max_size=200
)


@given(texts, texts)
def test_any_words_come_out_of_the_other_parser_as_they_went_in(summary: str, description: str) -> None:
    entry = ics.Entry(
        "one@example", 3, AT, AT, AT + dt.timedelta(hours=1), summary, description, "https://example.org/"
    )
    text = ics.calendar("Name", [entry])
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    event = icalendar.Calendar.from_ical(text).walk("VEVENT")[0]
    assert str(event["SUMMARY"]) == summary
    assert str(event["DESCRIPTION"]) == description
    assert (event.start, event.end, event["SEQUENCE"]) == (AT, AT + dt.timedelta(hours=1), 3)


def test_half_days_are_at_the_times_of_the_edition_and_follow_a_change(
    app: Flask, place: Enrolment, browser: Browser
) -> None:
    path = made(browser)
    edition = db.session.get_one(Edition, place.edition_id)
    morning, afternoon = (f"{edition.starts_on}-{half}" for half in ("morning", "afternoon"))
    there = ZoneInfo(edition.zone)
    hours = {"morning_until": dt.time(12, 30), "afternoon_from": dt.time(14), "afternoon_until": dt.time(17, 30)}
    said = replace(facts(**{name: getattr(edition, name) for name in vars(facts())}), **hours)
    before = events(app, path)
    assert times(before[morning], there) == (dt.time(8), dt.time(13))
    change(place, lambda s, edition, _p: services.change_edition(s, edition=edition, facts=said, at=AT, by="c"))
    after = events(app, path)
    assert times(after[morning], there) == (dt.time(8), dt.time(12, 30))
    assert times(after[afternoon], there) == (dt.time(14), dt.time(17, 30))
    assert after[morning]["SEQUENCE"] > before[morning]["SEQUENCE"]


def times(event: Any, zone: ZoneInfo) -> tuple[dt.time, dt.time]:
    return event.start.astimezone(zone).time(), event.end.astimezone(zone).time()


def test_half_days_that_end_before_they_begin_are_refused_in_words(app: Flask) -> None:
    edition = one_edition()
    said = {**EDITION, "morning_until": "14:00"}
    answer = coordinator(app).post(f"/editions/{edition.public_id}/edit", **said)
    assert answer.status_code == 422
    assert "The times of the half-days are not in order" in words(answer)
