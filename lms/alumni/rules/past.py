"""Attesting that people completed an edition before this system was: two officers, neither of them concerned."""

from __future__ import annotations

import datetime as dt
import enum

SHORTEST_SOURCE = 20
LONGEST_SOURCE = 1000


class PastRefusal(enum.Enum):
    """Why an edition cannot be attested so."""

    NOT_OVER = "not-over"
    HELD_HERE = "held-here"
    NOBODY = "nobody"
    SOURCE = "source"
    WAITING = "waiting"
    CONCERNED = "concerned"


def may_propose(
    *, ends_on: dt.date, today: dt.date, held_here: bool, places: int, source: str, waiting: bool, concerned: bool
) -> PastRefusal | None:
    """Whether an officer may propose it; `held_here` says whether anybody was offered a place here or the
    attendance was closed in this system, `waiting` whether a proposal for it is open."""
    if ends_on >= today:
        return PastRefusal.NOT_OVER
    if held_here:
        return PastRefusal.HELD_HERE
    if not places:
        return PastRefusal.NOBODY
    if concerned:
        return PastRefusal.CONCERNED
    if len(source.strip()) < SHORTEST_SOURCE:
        return PastRefusal.SOURCE
    return PastRefusal.WAITING if waiting else None
