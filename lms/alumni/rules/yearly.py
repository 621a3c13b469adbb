"""Once a year a member is asked whether everything is still right; whoever does not answer twice is hidden, never
deleted."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence

YEAR = dt.timedelta(days=365)
PATIENCE = dt.timedelta(days=30)
"""So long an answer is waited for."""
ASKED_TWICE = 2


class Next(enum.Enum):
    """What is to be done about a member."""

    NOTHING = "nothing"
    ASK = "ask"
    HIDE = "hide"


def next_step(
    confirmed_at: dt.datetime, asked: Sequence[dt.datetime], at: dt.datetime, *, hidden: bool = False
) -> Next:
    """What is due now; `asked` are the letters since the member last confirmed, none of them answered."""
    if hidden or at < confirmed_at + YEAR:
        return Next.NOTHING
    if asked and at < max(asked) + PATIENCE:
        return Next.NOTHING
    return Next.ASK if len(asked) < ASKED_TWICE else Next.HIDE
