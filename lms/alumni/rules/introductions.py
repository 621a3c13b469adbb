"""Introductions between members: who may ask whom how often, and what may be given in answer."""

from __future__ import annotations

import datetime as dt
import enum

from lms.kernel.values import dataclass

LONGEST_MESSAGE = 600
LONGEST_ANSWER = 1000
WINDOW = dt.timedelta(days=30)
ASKS_IN_WINDOW = 5
"""So many introductions one member may ask for within the window."""
ASKED_IN_WINDOW = 10
"""So many may reach one member within it."""
AGAIN_AFTER = dt.timedelta(days=180)
"""Before this has passed, nobody asks the same person again."""


class Hindrance(enum.Enum):
    """Why an introduction cannot be asked for now."""

    ONESELF = "oneself"
    ASKED_ALREADY = "asked-already"
    ASKS_MANY = "asks-many"
    IS_ASKED_BY_MANY = "is-asked-by-many"


@dataclass(frozen=True, slots=True)
class Before:
    """What there was before: when this person was last asked by this one; how many introductions the one has asked for
    within the window, and how many have reached the other."""

    last_at: dt.datetime | None = None
    asked_for: int = 0
    reached: int = 0


def hindrance(before: Before, at: dt.datetime, *, oneself: bool = False) -> Hindrance | None:
    """Whether something stands against asking now; never whether the one who is asked has shut the other out."""
    if oneself:
        return Hindrance.ONESELF
    if before.last_at is not None and at - before.last_at < AGAIN_AFTER:
        return Hindrance.ASKED_ALREADY
    if before.asked_for >= ASKS_IN_WINDOW:
        return Hindrance.ASKS_MANY
    return Hindrance.IS_ASKED_BY_MANY if before.reached >= ASKED_IN_WINDOW else None
