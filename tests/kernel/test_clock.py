"""One place asks the time."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from lms.kernel.clock import frozen, now
from tests.conftest import NOW


def test_the_present_is_in_utc(real_time: None) -> None:
    assert now().tzinfo is dt.UTC
    assert abs(now() - dt.datetime.now(dt.UTC)) < dt.timedelta(seconds=5)


def test_a_frozen_clock_stands_still_and_goes_on_afterwards() -> None:
    later = NOW + dt.timedelta(days=1)
    with frozen(later):
        assert now() == now() == later
    assert now() == NOW


def test_a_time_in_another_zone_is_the_same_instant_in_utc() -> None:
    with frozen(dt.datetime(2027, 4, 12, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=3)))):
        assert now() == NOW
        assert now().utcoffset() == dt.timedelta(0)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"), frozen(dt.datetime(2027, 4, 12)):  # noqa: DTZ001
        pass


def test_a_frozen_clock_does_not_reach_into_other_threads() -> None:
    seen: list[dt.datetime] = []
    thread = threading.Thread(target=lambda: seen.append(now()))
    thread.start()
    thread.join()
    assert seen != [NOW]
