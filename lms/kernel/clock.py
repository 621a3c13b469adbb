"""The only place that asks the time, so that a test can say what time it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_frozen: ContextVar[dt.datetime | None] = ContextVar("lms_frozen_clock", default=None)


def now() -> dt.datetime:
    """The present instant, in UTC, to the microsecond."""
    return _frozen.get() or dt.datetime.now(dt.UTC)


@contextmanager
def frozen(at: dt.datetime) -> Iterator[dt.datetime]:
    """Within the block the present is `at`; raises ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("a frozen clock needs a time with a zone")
    token = _frozen.set(at.astimezone(dt.UTC))
    try:
        yield at
    finally:
        _frozen.reset(token)
