"""What is true of nominations by focal points."""

from __future__ import annotations

import enum

MOST_WAITING = 20
"""Nominations of one focal point for one edition that may wait at once."""
NOMINATIONS_WAITING = "nominations-waiting"
"""How many wait for their coordinator is counted beside the people of an edition, under this name."""


class NominationState(enum.StrEnum):
    """Where a nomination stands."""

    WAITING = "waiting"
    TAKEN = "taken"
    """Its person has a place in the edition now."""
    LEFT = "left"
    """The coordinator did not take it over."""


def nomination_place(nomination: str) -> str:
    """Where the words of a nomination are sealed; `nomination` is its public id."""
    return f"lms_nomination:words:{nomination}"
