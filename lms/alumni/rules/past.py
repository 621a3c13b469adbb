"""Attesting that people completed an edition before this system was: two officers, neither of them concerned."""

from __future__ import annotations

import datetime as dt
import enum

SHORTEST_SOURCE = 20
LONGEST_SOURCE = 1000


class PastRefusal(enum.Enum):
    """Why an edition cannot be attested so."""

    NOT_OVER = "not-over"
    NOBODY = "nobody"
    SOURCE = "source"
    WAITING = "waiting"
    CONCERNED = "concerned"


def may_propose(
    *, ends_on: dt.date, today: dt.date, places: int, source: str, waiting: bool, concerned: bool
) -> PastRefusal | None:
    """Whether an officer may propose it; `waiting` says whether a proposal for the edition is open."""
    if ends_on >= today:
        return PastRefusal.NOT_OVER
    if not places:
        return PastRefusal.NOBODY
    if concerned:
        return PastRefusal.CONCERNED
    if len(source.strip()) < SHORTEST_SOURCE:
        return PastRefusal.SOURCE
    return PastRefusal.WAITING if waiting else None
