"""What a draft goes through: written, read by reviewers, published or given up."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

LONGEST_TITLE = 120


class DraftState(enum.StrEnum):
    """Where a draft stands; its events say how it came there."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    ABANDONED = "abandoned"


class DraftOrigin(enum.StrEnum):
    """Where the texts of a draft came from at first."""

    BROWSER = "browser"
    FILES = "files"


class DraftAct(enum.StrEnum):
    """What was done to a draft as a whole."""

    OPENED = "opened"
    RENAMED = "renamed"
    SENT = "sent"
    TAKEN_BACK = "taken-back"
    BROUGHT_UP = "brought-up"
    ABANDONED = "abandoned"
    TAKEN_UP = "taken-up"
    PUBLISHED = "published"


OPEN = frozenset({DraftState.DRAFT, DraftState.IN_REVIEW})
"""The states in which texts can be changed."""

_FROM: Mapping[DraftAct, frozenset[DraftState]] = {
    DraftAct.RENAMED: OPEN,
    DraftAct.SENT: frozenset({DraftState.DRAFT}),
    DraftAct.TAKEN_BACK: frozenset({DraftState.IN_REVIEW}),
    DraftAct.BROUGHT_UP: OPEN,
    DraftAct.ABANDONED: OPEN,
    DraftAct.TAKEN_UP: frozenset({DraftState.ABANDONED}),
    DraftAct.PUBLISHED: frozenset({DraftState.IN_REVIEW}),
}
STATE_AFTER: Mapping[DraftAct, DraftState] = {
    DraftAct.SENT: DraftState.IN_REVIEW,
    DraftAct.TAKEN_BACK: DraftState.DRAFT,
    DraftAct.ABANDONED: DraftState.ABANDONED,
    DraftAct.TAKEN_UP: DraftState.DRAFT,
    DraftAct.PUBLISHED: DraftState.PUBLISHED,
}
"""The state an act leads to; acts that are not here leave it as it is."""


def state_after(acts: Iterable[str]) -> DraftState | None:
    """Where a draft stands after these acts, in order; None where it was never begun."""
    state: DraftState | None = None
    for act in map(DraftAct, acts):
        state = DraftState.DRAFT if act is DraftAct.OPENED else STATE_AFTER.get(act, state or DraftState.DRAFT)
    return state


def may(act: DraftAct, state: DraftState) -> bool:
    """Whether the act is possible in this state."""
    return state in _FROM[act]
