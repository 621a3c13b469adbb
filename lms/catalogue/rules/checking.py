"""Sources that somebody should look at again: what stands on the web changes, and is to be looked at once a year."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Any


def overdue(source: Mapping[str, Any], today: dt.date) -> bool:
    """Whether an entry of sources.yaml has a `url` that nobody has looked at for a year, or no day on which somebody
    did.

    `accessed` may be a year or a month: then it is read as its last day, so that only what is certain is said.
    """
    if not source.get("url"):
        return False
    until = check_by(source)
    return until is None or until < today


def check_by(source: Mapping[str, Any]) -> dt.date | None:
    """The last day on which looking at it again is in time; None where `accessed` is missing or no day."""
    day = last_day(str(source.get("accessed") or ""))
    if day is None or day.year == dt.MAXYEAR:
        return None
    return day.replace(year=day.year + 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def last_day(written: str) -> dt.date | None:
    """The last day of "2013", "2013-03" or "2013-03-20"; None for what is no day."""
    try:
        year, month, day = (int(part) for part in [*written.split("-"), "0", "0"][:3])
        month = month or 12
        return dt.date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return None
