"""Tries are counted in the database: over threads, apart from the request, by a veiled name."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from flask import Flask
from sqlalchemy import select

from lms.kernel import throttle
from lms.kernel.clock import now
from lms.kernel.errors import TooMany
from lms.kernel.models import Throttle
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from tests.conftest import NOW


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


def test_a_new_window_begins_from_nothing(app: Flask) -> None:
    throttle.count("sign-in", "amina@example.org", at=NOW, limit=1)
    throttle.count("sign-in", "amina@example.org", at=NOW + dt.timedelta(seconds=300), limit=1)
    assert [row.count for row in rows()] == [1, 1]


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
