"""What letters may be written to whom: which need no choice, which one may stop, how often one comes."""

from __future__ import annotations

import datetime as dt
import enum
from zoneinfo import ZoneInfo

PROVING = frozenset({"people/address", "people/back-in", "people/reset"})
"""Letters that somebody asked for with an address, and whose code proves it: they go also where others came back."""
WEEK = 7
URGENT = dt.timedelta(hours=72)
DAY = dt.timedelta(hours=24)


class FailureKind(enum.StrEnum):
    """Why a letter came back: for good, or for now."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


def digest_due(last_at: dt.datetime | None, deadlines: list[dt.datetime], at: dt.datetime, zone: str) -> bool:
    """Whether a person may get a digest now: one in seven days on the calendar of `zone`.

    Where one of `deadlines` lies within the next 72 hours, one day after the last digest is enough.
    """
    if last_at is None:
        return True
    if any(at <= due <= at + URGENT for due in deadlines):
        return at - last_at >= DAY
    place = ZoneInfo(zone)
    return (at.astimezone(place).date() - last_at.astimezone(place).date()).days >= WEEK
