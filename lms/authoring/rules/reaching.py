"""Which running editions a new version reaches by itself, and which only by a coordinator's act."""

from __future__ import annotations

import enum


class Reached(enum.StrEnum):
    """How an edition comes to a new version."""

    BY_ITSELF = "by-itself"
    BY_ACT = "by-act"
    """It reads the version before; the new one changes what counts."""
    BEHIND = "behind"
    """It stayed on an earlier version on purpose, and stays there until somebody acts."""


def reached(reads: tuple[int, int], new: tuple[int, int]) -> Reached:
    """How an edition that reads one version comes to a new one: `major.minor` as pairs."""
    if reads[0] == new[0]:
        return Reached.BY_ITSELF
    return Reached.BY_ACT if reads[0] == new[0] - 1 and new[1] == 0 else Reached.BEHIND
