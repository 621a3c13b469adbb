"""Deadlines with a policy: the pure rule over every zone and each clock change of a year, and everybody's own kept."""

from __future__ import annotations

import datetime as dt
from functools import cache
from urllib.parse import urlencode
from zoneinfo import ZoneInfo, available_timezones

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.models import Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people.letters import letter_for
from lms.people.models import Institution
from lms.seminars import checks, services
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Deadline, DeadlinePolicy, Stage, due_at, end_of_day
from tests.conftest import statements
from tests.pages import shown_in
from tests.seminars.browsing import coordinator, words
from tests.seminars.makers import AT, enrol_person, facts, make_course, make_edition, make_institution
from tests.seminars.submissions import EDITION, fresh, one_edition, one_person

ZONES = sorted(available_timezones())
YEAR = 2027
DAY = dt.timedelta(days=1)
TICK = dt.timedelta(microseconds=1)
STEP = dt.timedelta(minutes=15)
"""The clock changes of these years lie on quarters of an hour."""


def _local(at: dt.datetime, zone: str) -> dt.date:
    return at.astimezone(ZoneInfo(zone)).date()


@cache
def _days_of_change(zone: str, year: int) -> tuple[dt.date, ...]:
    """The days of a year on which the clocks of a zone change, found by their offsets, with the days beside them."""
    start, place = dt.datetime(year, 1, 1, tzinfo=dt.UTC), ZoneInfo(zone)
    offsets = [(start + number * DAY).astimezone(place).utcoffset() for number in range(367)]
    changed = {number for number in range(366) if offsets[number] != offsets[number + 1]}
    return tuple(sorted({start.date() + (number + beside) * DAY for number in changed for beside in (-1, 0, 1)}))


def _last_quarter(day: dt.date, zone: str) -> dt.datetime | None:
    """The last quarter of an hour that begins on that day, found by looking at every one of three days."""
    begin = dt.datetime.combine(day - DAY, dt.time(), dt.UTC)
    quarters = [begin + number * STEP for number in range(4 * 24 * 4)]
    return max((at for at in quarters if _local(at, zone) == day), default=None)


def _ends_its_day(at: dt.datetime, day: dt.date, zone: str) -> bool:
    return _local(at, zone) == day and _local(at + TICK, zone) > day


@pytest.mark.parametrize("year", [YEAR, YEAR + 1])
def test_in_every_zone_a_day_ends_on_itself_and_at_its_very_end_through_each_clock_change(year: int) -> None:
    seen = 0
    for zone in ZONES:
        for day in (*_days_of_change(zone, year), dt.date(year, 6, 15)):
            ends = end_of_day(day, zone)
            quarter = _last_quarter(day, zone)
            assert quarter is not None
            assert _ends_its_day(ends, day, zone), (zone, day)
            assert quarter + STEP - TICK == ends, (zone, day)
            seen += 1
    assert seen > 1000


def test_in_every_zone_every_day_of_a_year_ends_on_itself() -> None:
    days = [dt.date(YEAR, 1, 1) + number * DAY for number in range(365)]
    for zone in ZONES:
        assert all(_ends_its_day(end_of_day(day, zone), day, zone) for day in days), zone


@pytest.mark.parametrize(
    ("zone", "day", "ends"),
    [
        ("America/St_Johns", (2010, 11, 6), "2010-11-07T03:29:59.999999"),  # 00:01 becomes 23:01: 23:59 comes twice
        ("America/Sao_Paulo", (2017, 10, 14), "2017-10-15T02:59:59.999999"),  # the next day begins at 01:00
        ("America/Sao_Paulo", (2018, 2, 17), "2018-02-18T02:59:59.999999"),  # midnight becomes 23:00
        ("Asia/Beirut", (2027, 10, 30), "2027-10-30T21:59:59.999999"),  # midnight becomes 23:00
        ("America/Havana", (2027, 11, 7), "2027-11-08T04:59:59.999999"),  # 01:00 becomes 00:00
        ("Africa/Cairo", (2027, 4, 29), "2027-04-29T21:59:59.999999"),  # the next day begins at 01:00
        ("America/Nuuk", (2027, 3, 27), "2027-03-28T00:59:59.999999"),  # 23:00 becomes midnight: there is no 23:59
        ("America/Scoresbysund", (2027, 3, 27), "2027-03-28T00:59:59.999999"),
        ("Pacific/Apia", (2011, 12, 29), "2011-12-30T09:59:59.999999"),
        ("Pacific/Apia", (2011, 12, 30), "2011-12-30T09:59:59.999999"),  # left out altogether
        ("Pacific/Kwajalein", (1969, 9, 30), "1969-10-01T11:59:59.999999"),  # lived through nearly twice
    ],
)
def test_the_days_that_end_oddly(zone: str, day: tuple[int, int, int], ends: str) -> None:
    assert end_of_day(dt.date(*day), zone) == dt.datetime.fromisoformat(ends).replace(tzinfo=dt.UTC)


instants = st.integers(0, 365 * 24 * 60).map(lambda minutes: AT + dt.timedelta(minutes=minutes))
days = st.none() | st.dates(dt.date(2027, 1, 1), dt.date(2028, 1, 1))
deadlines = st.builds(Deadline, instants, days)


@given(edition=deadlines, extension=st.none() | deadlines, zone=st.sampled_from(ZONES))
def test_an_extension_never_takes_time_away_and_nothing_is_due_before_the_edition_says(
    edition: Deadline, extension: Deadline | None, zone: str
) -> None:
    due = due_at(edition, extension, zone)
    assert due >= edition.within(zone)
    assert due in {edition.within(zone), extension.within(zone) if extension else due}
    if edition.policy is DeadlinePolicy.END_OF_DAY and extension is None:
        assert _local(due, zone) == edition.day


@given(instants, st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_one_instant_is_the_same_for_everybody(at: dt.datetime, here: str, there: str) -> None:
    assert due_at(Deadline(at), None, here) == due_at(Deadline(at), None, there) == at


# Kept in the rows ---------------------------------------------------------------------------------------------------

FAR = {"TZ": "Africa/Dar_es_Salaam", "WS": "Pacific/Apia", "US": "America/Los_Angeles"}


def _people(session: Session, edition: Edition) -> dict[str, Enrolment]:
    found = {}
    for state, zone in FAR.items():
        institution = make_institution(session, state)
        institution.zone = zone
        found[state] = enrol_person(session, edition, state=state, institution=institution)
    session.flush()
    return found


def _findings(session: Session) -> list[str]:
    session.flush()
    return [found.problem for found in checks.deadlines(session)]


def test_everybody_has_until_the_end_of_the_day_where_they_serve(session: Session) -> None:
    day = dt.date(2027, 4, 23)
    edition = make_edition(session, deadline_on=day)
    for state, enrolment in _people(session, edition).items():
        assert enrolment.due_at == end_of_day(day, FAR[state])
    assert edition.deadline_at == end_of_day(day, "Europe/Warsaw")
    assert not _findings(session)


def test_a_change_of_the_edition_reaches_everybody_and_leaves_later_extensions(session: Session) -> None:
    edition = make_edition(session)
    people = _people(session, edition)
    assert {one.due_at for one in people.values()} == {edition.deadline_at}
    given = edition.deadline_at + dt.timedelta(days=2)
    services.extend(session, enrolment=people["TZ"], deadline_at=given, at=AT, by="c")
    for day in (dt.date(2027, 4, 24), dt.date(2027, 4, 28)):
        said = facts(deadline_at=edition.deadline_at, deadline_on=day)
        services.change_edition(session, edition=edition, facts=said, at=AT, by="c")
        session.flush()
        for state, one in people.items():
            ends = end_of_day(day, FAR[state])
            assert one.due_at == (max(ends, given) if state == "TZ" else ends)
        assert not _findings(session)
    services.change_edition(session, edition=edition, facts=facts(), at=AT, by="c")
    assert {one.due_at for one in people.values()} == {given, facts().deadline_at}
    assert not _findings(session)


def test_a_change_reaches_any_number_of_people_with_a_statement_for_each_zone(app: Flask, session: Session) -> None:
    edition = make_edition(session)
    for _number in range(4):
        _people(session, edition)
    said = facts(deadline_on=dt.date(2027, 4, 24))
    with statements(app) as sent:
        services.change_edition(session, edition=edition, facts=said, at=AT, by="c")
        session.flush()
    assert len([line for line in sent if line.startswith("UPDATE lms_enrolment")]) == len(FAR)


def test_an_extension_by_day_ends_where_the_person_serves(session: Session) -> None:
    edition = make_edition(session, deadline_on=dt.date(2027, 4, 23))
    people = _people(session, edition)
    later = dt.date(2027, 4, 30)
    ends = end_of_day(later, "Europe/Warsaw")
    services.extend(session, enrolment=people["US"], deadline_at=ends, deadline_on=later, at=AT, by="c")
    assert people["US"].due_at == people["US"].deadline_at == end_of_day(later, FAR["US"])
    assert not _findings(session)
    same = dt.date(2027, 4, 23)
    with pytest.raises(Refused, match="no later than"):
        services.extend(session, enrolment=people["WS"], deadline_at=ends, deadline_on=same, at=AT, by="c")


def test_the_check_finds_a_deadline_that_nothing_says_and_a_zone_that_was_changed_behind_it(session: Session) -> None:
    edition = make_edition(session, deadline_on=dt.date(2027, 4, 23))
    people = _people(session, edition)
    assert not _findings(session)
    people["TZ"].due_at = AT
    assert len(_findings(session)) == 1
    session.scalars(select(Institution).where(Institution.zone == FAR["WS"])).one().zone = "Pacific/Pago_Pago"
    assert len(_findings(session)) == 2


def test_a_day_after_the_first_on_site_is_refused(session: Session) -> None:
    with pytest.raises(Refused, match="first day at the latest"):
        make_edition(session, deadline_on=dt.date(2027, 5, 10))


# On pages -----------------------------------------------------------------------------------------------------------

BY_DAY = {"deadline_policy": "end-of-day", "deadline_day": "2027-04-25", "deadline_time": ""}


def test_a_coordinator_says_the_end_of_a_day_without_a_time(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        make_course(session)
    browser = coordinator(sqlite_app)
    said = {**EDITION, "deadline_policy": "end-of-day", "deadline_time": ""}
    assert browser.post("/editions/new", **said).status_code == 303
    edition = db.session.scalars(select(Edition)).one()
    assert edition.deadline == Deadline(end_of_day(dt.date(2027, 10, 20), "Europe/Warsaw"), dt.date(2027, 10, 20))
    enrolment = one_person(edition)
    assert enrolment.due_at == end_of_day(dt.date(2027, 10, 20), "Africa/Dar_es_Salaam")
    path = f"/editions/{edition.public_id}/people/{enrolment.public_id}"
    page = words(browser.get(path))
    assert "Wednesday 20 October 2027, 23:59 (Dar es Salaam, UTC+3)" in page
    assert "Wednesday 20 October 2027, 22:59 (Oświęcim, UTC+2)" in page
    assert "Until the end of the day in Dar es Salaam" in page
    assert browser.post(f"{path}/extension", **{"extend-day": "2027-10-25"}).status_code == 303
    assert fresh(enrolment).due_at == end_of_day(dt.date(2027, 10, 25), "Africa/Dar_es_Salaam")
    assert "more time than the others" in words(browser.get(path))


def test_one_moment_needs_its_time(sqlite_app: Flask) -> None:
    with unit_of_work() as session:
        make_course(session)
    answer = coordinator(sqlite_app).post("/editions/new", **{**EDITION, "deadline_time": ""})
    assert answer.status_code == 422
    assert "This is needed." in words(answer)


def test_changing_what_is_said_of_an_edition_leaves_its_deadline(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    enrolment = one_person(edition)
    said = {**EDITION, "deadline_day": "2027-10-01", "starts_on": "2027-05-09", "ends_on": "2027-05-10"}
    assert browser.post(f"/editions/{edition.public_id}/edit", **said).status_code == 303
    assert fresh(enrolment).due_at == edition.deadline_at


def test_whom_another_deadline_affects_is_shown_before_anything_happens(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    one, two = one_person(edition, name="Neema Mfano"), one_person(edition, name="Ana Ejemplo")
    until = edition.deadline_at + dt.timedelta(days=9)
    with unit_of_work() as session:
        place = session.get_one(Enrolment, two.id)
        services.extend(session, enrolment=place, deadline_at=until, at=AT, by="c")
    path = f"/editions/{edition.public_id}/deadline"
    page = browser.get(f"{path}?{urlencode(BY_DAY)}")
    said = words(page)
    assert "1 person has more time." in said
    assert "Neema Mfano" in said
    assert "Ana Ejemplo" not in said, "whose extension is later stays as she is"
    assert "Then: Sunday 25 April 2027, 23:59 (Dar es Salaam, UTC+3)." in said
    assert fresh(one).due_at == edition.deadline_at

    shown = shown_in(page)
    assert browser.post(path, **BY_DAY, shown=shown, tell="y").status_code == 303
    assert fresh(one).due_at == end_of_day(dt.date(2027, 4, 25), "Africa/Dar_es_Salaam")
    assert fresh(two).due_at == until
    assert [job.payload["template"] for job in letters()] == ["seminars/deadline-changed"]
    assert browser.post(path, **BY_DAY, shown=shown, tell="y").status_code == 303, "a click made twice"
    assert len(letters()) == 1
    assert browser.post(path, **BY_DAY, shown=shown).status_code == 409
    assert not [found.problem for found in checks.deadlines(db.session())]


def letters() -> list[Job]:
    db.session.remove()
    return list(db.session.scalars(select(Job).where(Job.kind == "mail.send")))


def test_the_letter_says_the_new_deadline_in_the_readers_own_time(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    one_person(edition)
    path = f"/editions/{edition.public_id}/deadline"
    shown = shown_in(browser.get(f"{path}?{urlencode(BY_DAY)}"))
    browser.post(path, **BY_DAY, shown=shown, tell="y")
    payload = letters()[0].payload
    db.session.remove()
    written = letter_for(db.session(), payload)
    assert written is not None
    assert "Sunday 25 April 2027, 23:59 (Dar es Salaam, UTC+3)" in written.body_text


def test_a_letter_written_late_says_the_deadline_of_now_and_goes_to_nobody_who_has_left(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    place, gone = one_person(edition), one_person(edition)
    path = f"/editions/{edition.public_id}/deadline"
    browser.post(path, **BY_DAY, shown=shown_in(browser.get(f"{path}?{urlencode(BY_DAY)}")), tell="y")
    payloads = [job.payload for job in letters()]
    with unit_of_work() as session:
        services.withdraw(session, enrolment=session.get_one(Enrolment, gone.id), at=AT, by="c")
        until = edition.deadline_at + dt.timedelta(days=9)
        services.extend(session, enrolment=session.get_one(Enrolment, place.id), deadline_at=until, at=AT, by="c")
    db.session.remove()
    [written] = [one for payload in payloads if (one := letter_for(db.session(), payload))]
    assert "25 April" not in written.body_text
    assert f"{until.day} {until:%B} 2027" in written.body_text


def test_nobody_is_told_who_has_finished_or_when_it_was_not_asked_for(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    finished = one_person(edition)
    with unit_of_work() as session:
        services.reach(session, enrolment=session.get_one(Enrolment, finished.id), stage=Stage.PRE_READING, at=AT)
    path = f"/editions/{edition.public_id}/deadline"
    page = browser.get(f"{path}?{urlencode(BY_DAY)}")
    assert "Has finished reading." in words(page)
    assert browser.post(path, **BY_DAY, shown=shown_in(page), tell="y").status_code == 303
    assert not letters()


def test_what_changed_since_is_shown_anew_and_nothing_is_done(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    one_person(edition)
    path = f"/editions/{edition.public_id}/deadline"
    shown = shown_in(browser.get(f"{path}?{urlencode(BY_DAY)}"))
    late = one_person(edition)
    answer = browser.post(path, **BY_DAY, shown=shown)
    assert answer.status_code == 409
    assert "2 people have more time." in words(answer)
    assert fresh(late).due_at == edition.deadline_at
    assert browser.post(path, **BY_DAY, shown=shown_in(answer)).status_code == 303


def test_a_deadline_after_the_first_day_is_refused_on_the_page(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    path, said = f"/editions/{edition.public_id}/deadline", {**BY_DAY, "deadline_day": "2027-05-10"}
    shown = shown_in(browser.get(f"{path}?{urlencode(said)}"))
    answer = browser.post(path, **said, shown=shown)
    assert answer.status_code == 422
    assert "on the first day at the latest" in words(answer)


def test_who_does_not_coordinate_the_edition_finds_no_such_page(sqlite_app: Flask) -> None:
    edition, other = one_edition(), one_edition()
    browser = coordinator(sqlite_app, other.public_id)
    assert browser.get(f"/editions/{edition.public_id}/deadline").status_code == 404
    assert browser.post(f"/editions/{edition.public_id}/deadline", **BY_DAY).status_code == 404


def test_finishing_late_is_marked_for_the_coordinator(sqlite_app: Flask) -> None:
    edition, browser = one_edition(), coordinator(sqlite_app)
    late, early = one_person(edition), one_person(edition)
    after = edition.deadline_at + dt.timedelta(minutes=1)
    with unit_of_work() as session:
        for place, at in ((late, after), (early, edition.deadline_at)):
            services.reach(session, enrolment=session.get_one(Enrolment, place.id), stage=Stage.PRE_READING, at=at)
    path = f"/editions/{edition.public_id}/people"
    assert "Finished late" in words(browser.get(f"{path}/{late.public_id}"))
    assert "Finished late" not in words(browser.get(f"{path}/{early.public_id}"))
