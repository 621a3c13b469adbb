"""Attesting that people completed an edition before this system was: two officers, neither of them concerned."""

from __future__ import annotations

import datetime as dt
import enum

SHORTEST_SOURCE = 20
LONGEST_SOURCE = 1000
LASTS = dt.timedelta(days=7)
"""Within which a second officer confirms, or the proposal lapses."""


class PastState(enum.StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    OVER = "over"


class PastRefusal(enum.Enum):
    """Why an edition cannot be attested so."""

    NOT_OVER = "not-over"
    NOBODY = "nobody"
    SOURCE = "source"
    WAITING = "waiting"
    NOT_PROPOSED = "not-proposed"
    LAPSED = "lapsed"
    PROPOSER = "proposer"
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


def has_lapsed(proposed_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether nobody confirmed in time."""
    return at >= proposed_at + LASTS


def may_confirm(
    state: PastState, *, proposed_at: dt.datetime, proposer: str, by: str, concerned: bool, at: dt.datetime
) -> PastRefusal | None:
    """Whether `by` may be the second officer."""
    if state is not PastState.PROPOSED:
        return PastRefusal.NOT_PROPOSED
    if has_lapsed(proposed_at, at):
        return PastRefusal.LAPSED
    if by == proposer:
        return PastRefusal.PROPOSER
    return PastRefusal.CONCERNED if concerned else None
