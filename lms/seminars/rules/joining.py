"""Which of two places in one edition is kept when their holders turn out to be one person."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from . import Stage

PROGRESS = frozenset({Stage.READING, Stage.PRE_READING, Stage.ATTENDED, Stage.RECORDED})


@dataclass(frozen=True)
class Rival:
    """One of the two places."""

    enrolment_id: int
    counted: bool
    stages: frozenset[Stage]

    @property
    def has_progress(self) -> bool:
        """Whether anything would be lost with it."""
        return bool(self.stages & PROGRESS)


class MustChoose(ValueError):
    """Both places have progress, so somebody must say which one is kept."""


class RecordLost(ValueError):
    """The place that would be given up has a completion record."""


def place_to_keep(first: Rival, second: Rival, chosen: Collection[int]) -> Rival:
    """The one that was chosen; else the one with progress, with a place that counts, that came further; else the first.

    Raises MustChoose, RecordLost.
    """
    asked = [rival for rival in (first, second) if rival.enrolment_id in chosen]
    if len(asked) != 1 and first.has_progress and second.has_progress:
        raise MustChoose
    best = max(first, second, key=lambda rival: (rival.has_progress, rival.counted, len(rival.stages), rival is first))
    kept = asked[0] if len(asked) == 1 else best
    if Stage.RECORDED in (second if kept is first else first).stages:
        raise RecordLost
    return kept
