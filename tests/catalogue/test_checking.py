"""A source on the web is to be looked at once a year."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.catalogue.rules.checking import check_by, last_day, overdue

TODAY = dt.date(2027, 4, 12)
PAGE = {"id": "S001", "title": "A page", "kind": "page", "url": "https://example.org/"}


@pytest.mark.parametrize(
    ("accessed", "late"),
    [
        ("2027-04-12", False),
        ("2026-04-12", False),
        ("2026-04-11", True),
        ("2026-04", False),
        ("2026-03", True),
        ("2026", False),
        ("2025", True),
        ("2028-01-01", False),
        ("", True),
        (None, True),
        ("2026-13", True),
        ("2026-02-30", True),
        ("soon", True),
        ("9999", True),
    ],
)
def test_a_page_is_overdue_when_a_year_has_gone_by_for_certain(accessed: str | None, late: bool) -> None:
    assert overdue({**PAGE, "accessed": accessed}, TODAY) is late


def test_a_page_that_nobody_says_to_have_looked_at_is_overdue() -> None:
    assert overdue(PAGE, TODAY)


def test_what_is_not_on_the_web_is_never_overdue() -> None:
    book = {name: value for name, value in PAGE.items() if name != "url"}
    assert not overdue(book, TODAY)
    assert not overdue({**book, "accessed": "1999"}, TODAY)


def test_the_day_that_only_leap_years_have_is_followed_by_the_one_before() -> None:
    assert check_by({**PAGE, "accessed": "2024-02-29"}) == dt.date(2025, 2, 28)
    assert check_by(PAGE) is None


@given(st.dates(max_value=dt.date(9998, 12, 31)))
def test_each_way_of_writing_a_day_is_read_as_its_last(day: dt.date) -> None:
    assert last_day(day.isoformat()) == day
    assert last_day(f"{day.year:04}-{day.month:02}") == (day.replace(day=28) + dt.timedelta(4)).replace(
        day=1
    ) - dt.timedelta(1)
    assert last_day(f"{day.year:04}") == dt.date(day.year, 12, 31)


@given(st.dates(max_value=dt.date(9998, 12, 31)), st.dates())
def test_the_day_to_check_by_is_the_last_that_is_in_time(day: dt.date, today: dt.date) -> None:
    source = {**PAGE, "accessed": day.isoformat()}
    until = check_by(source)
    assert until is not None
    assert overdue(source, today) is (today > until)
