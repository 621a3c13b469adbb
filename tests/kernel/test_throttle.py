"""Tries are counted in the database: over threads, apart from the request, by a veiled name."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from itertools import count

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.errors import TooMany
from lms.kernel.models import Throttle
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from tests.conftest import NOW, statements


def rows() -> list[Throttle]:
    with own_transaction() as session:
        return list(session.scalars(select(Throttle)))


def test_up_to_the_limit_nothing_happens_and_then_it_says_when_to_come_back(app: Flask) -> None:
    for _ in range(5):
        throttle.count("sign-in", "amina@example.org", at=NOW, limit=5)
    with pytest.raises(TooMany) as refusal:
        throttle.count("sign-in", "amina@example.org", at=NOW, limit=5)
    assert refusal.value.retry_after == 300


def test_each_person_and_each_matter_counts_alone(app: Flask) -> None:
    throttle.count("sign-in", "amina@example.org", at=NOW, limit=1)
    throttle.count("sign-in", "juan@example.org", at=NOW, limit=1)
    throttle.count("reset", "amina@example.org", at=NOW, limit=1)
    assert [row.count for row in rows()] == [1, 1, 1]


WINDOW = 300
_guessers = count()
EDGE = NOW.replace(minute=0, second=0, microsecond=0)
"""Where one window ends and the next begins."""


def tries(seconds: int, limit: int = 10, number: int = 30) -> int:
    """How many of so many tries get through, so many seconds after the edge."""
    through = 0
    for _ in range(number):
        try:
            throttle.count("sign-in", "amina@example.org", at=EDGE + dt.timedelta(seconds=seconds), limit=limit)
        except TooMany:
            continue
        through += 1
    return through


@pytest.mark.parametrize(("after", "expected"), [(0, 1), (30, 1), (60, 2), (150, 5), (299, 9), (300, 10)])
def test_the_window_before_counts_for_what_is_left_of_it(app: Flask, after: int, expected: int) -> None:
    assert tries(-1) == 10
    assert tries(after) == expected


@pytest.mark.parametrize("limit", [1, 2, 6, 20])
@pytest.mark.parametrize("begins", [0, 100, 299])
def test_whoever_is_refused_and_then_waits_has_a_try(app: Flask, limit: int, begins: int) -> None:
    assert tries(begins, limit) == limit
    assert tries(begins + 300, limit) >= 1


def test_at_no_edge_are_there_twice_as_many_tries(app: Flask) -> None:
    assert tries(-1) + tries(0) == 11


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(limit=st.integers(1, 6), begins=st.integers(0, WINDOW), data=st.data())
def test_however_somebody_tries_no_span_lets_more_through_than_is_promised(
    sqlite_app: Flask, limit: int, begins: int, data: st.DataObject
) -> None:
    """Tries come in bursts with pauses between them, which is how a guesser would come by more than the limit."""
    bursts = data.draw(st.lists(st.tuples(st.integers(0, WINDOW), st.integers(1, 2 * limit)), max_size=9))
    who, at, through = f"guesser-{next(_guessers)}", float(begins), list[float]()
    for pause, number in bursts:
        at += pause
        for _try in range(number):
            if lets_through(who, at, limit):
                through.append(at)
    for one, first in enumerate(through):
        for number, last in enumerate(through[one:], start=1):
            if last - first < WINDOW:
                assert number <= limit + 1 + (limit - 1) * (last - first) / WINDOW
    assert all(number <= limit for number in Counter(at // WINDOW for at in through).values())


def lets_through(who: str, seconds: float, limit: int) -> bool:
    try:
        throttle.count("sign-in", who, at=EDGE + dt.timedelta(seconds=seconds), limit=limit, seconds=WINDOW)
    except TooMany:
        return False
    return True


def test_the_promise_is_as_tight_as_can_be(sqlite_app: Flask) -> None:
    """The end of one window, then each try as it comes free."""
    limit = 10
    through = sum(lets_through("guesser", -1, limit) for _ in range(limit))
    through += sum(lets_through("guesser", at, limit) for at in [0, *(34 * number for number in range(1, 9))])
    assert through == 2 * limit - 1
    assert through <= limit + 1 + (limit - 1) * (34 * 8 + 1) / WINDOW


def test_counting_takes_one_statement_for_each_limit(app: Flask) -> None:
    with statements(app) as sent:
        throttle.count_each(("a", "x", 5), ("b", "x", 5), at=NOW)
    assert len([line for line in sent if "lms_throttle" in line]) == 2


def test_somebody_who_succeeded_starts_anew(app: Flask) -> None:
    throttle.count("sign-in", "amina@example.org", at=NOW, limit=1)
    throttle.forgive("sign-in", "amina@example.org")
    throttle.count("sign-in", "amina@example.org", at=NOW, limit=1)
    assert [row.count for row in rows()] == [1]


def test_nobodys_address_stands_in_the_table(app: Flask) -> None:
    throttle.count("sign-in", "amina@example.org", at=NOW, limit=1)
    assert "amina" not in rows()[0].key


def test_a_refused_change_still_counts(app: Flask) -> None:
    throttle.count("sign-in", "amina@example.org", at=NOW, limit=9)
    with pytest.raises(ZeroDivisionError), unit_of_work():
        raise ZeroDivisionError
    assert [row.count for row in rows()] == [1]


def test_of_many_at_once_exactly_the_limit_gets_through(app: Flask, real_time: None) -> None:
    at, through, refused = now(), [], []
    start = threading.Barrier(8)

    def try_it() -> None:
        with app.app_context():
            start.wait()
            for _ in range(5):
                try:
                    throttle.count("sign-in", "amina@example.org", at=at, limit=10)
                except TooMany:
                    refused.append(1)
                else:
                    through.append(1)

    threads = [threading.Thread(target=try_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(through), len(refused)) == (10, 30)
    assert [row.count for row in rows()] == [40]
