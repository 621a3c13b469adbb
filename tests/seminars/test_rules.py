"""Times in their zone, the share of half-days, half-days and plain text: the pure rules."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.seminars.models import (
    HalfDay,
    Mark,
)
from lms.seminars.plain_text import blocks
from lms.seminars.rules import (
    Attendance,
    NoSuchTime,
    SheetSession,
    attendance_asked,
    attendance_of,
    half_day_at_hand,
    half_days,
    instant,
)
from lms.web.dates import zones


@settings(max_examples=300, deadline=None)
@given(
    day=st.dates(dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
    time=st.times().map(lambda time: time.replace(microsecond=0)),
    zone=st.sampled_from(zones()),
)
def test_an_instant_shows_on_the_clocks_of_its_zone_as_it_was_written(day: dt.date, time: dt.time, zone: str) -> None:
    try:
        at, _twice = instant(day, time, zone)
    except NoSuchTime:
        return
    assert at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) == dt.datetime.combine(day, time)


@pytest.mark.parametrize(
    ("day", "zone", "hour"),
    [
        (dt.date(2027, 3, 28), "Europe/Warsaw", 2),
        (dt.date(2027, 3, 14), "America/New_York", 2),
        (dt.date(2027, 10, 3), "Australia/Sydney", 2),
    ],
)
def test_a_time_the_clocks_leave_out_is_no_time(day: dt.date, zone: str, hour: int) -> None:
    with pytest.raises(NoSuchTime):
        instant(day, dt.time(hour, 30), zone)


def test_a_time_shown_twice_is_the_later_one() -> None:
    at, twice = instant(dt.date(2027, 10, 31), dt.time(2, 30), "Europe/Warsaw")
    assert (at, twice) == (dt.datetime(2027, 10, 31, 1, 30, tzinfo=dt.UTC), True)
    assert instant(dt.date(2027, 10, 30), dt.time(2, 30), "Europe/Warsaw")[1] is False


@pytest.mark.parametrize(
    ("held", "present", "asked", "met"),
    [(10, 8, 80, True), (10, 7, 80, False), (0, 0, 80, False), (0, 0, 0, True), (3, 2, 66, True), (3, 2, 67, False)],
)
def test_attendance_is_met_by_the_share_of_half_days(held: int, present: int, asked: int, met: bool) -> None:
    assert Attendance(held, present, 0).meets(asked) is met


def test_an_excuse_is_counted_apart_and_a_missing_mark_is_missed() -> None:
    assert attendance_of(4, {1: Mark.PRESENT, 2: Mark.EXCUSED}) == Attendance(4, 1, 1)


def test_a_course_without_a_rule_on_attendance_asks_for_none() -> None:
    assert attendance_asked({"modules": "all"}) == 0
    assert attendance_asked({"attendance": {"at_least": 75}}) == 75


def test_half_days_run_from_the_first_morning_to_the_last_afternoon() -> None:
    found = list(half_days(dt.date(2027, 5, 9), dt.date(2027, 5, 10)))
    assert found[0] == (dt.date(2027, 5, 9), HalfDay.MORNING)
    assert found[-1] == (dt.date(2027, 5, 10), HalfDay.AFTERNOON)
    assert len(found) == 4


def test_the_half_day_to_mark_is_the_first_of_today_that_has_no_mark() -> None:
    today, before = dt.date(2027, 5, 10), dt.date(2027, 5, 9)
    morning = SheetSession(2, today, HalfDay.MORNING, "", True)
    sheet = [SheetSession(1, before, HalfDay.MORNING, "", True), morning]
    assert half_day_at_hand(sheet, today) == morning
    afternoon = SheetSession(3, today, HalfDay.AFTERNOON, "", False)
    assert half_day_at_hand([*sheet, afternoon], today) == afternoon
    assert half_day_at_hand(sheet, dt.date(2028, 1, 1)) == sheet[0]
    assert half_day_at_hand([], today) is None


def test_an_address_in_plain_text_is_a_link_without_the_full_stop() -> None:
    (block,) = blocks("See https://example.org/a?b=1, or javascript:alert(1).")
    assert [(run.text, run.url) for run in block.lines[0]] == [
        ("See ", None),
        ("https://example.org/a?b=1", "https://example.org/a?b=1"),
        (", or javascript:alert(1).", None),
    ]
