"""Which of two places in one edition is kept when their holders turn out to be one person."""

from __future__ import annotations

from collections.abc import Collection

from lms.kernel.values import dataclass

from . import Stage

PROGRESS = frozenset({Stage.READING, Stage.PRE_READING, Stage.ATTENDED, Stage.RECORDED})
FOR_GOOD = frozenset({Stage.ATTENDED, Stage.RECORDED})
"""What hangs on one place and is never written anew for another one."""


@dataclass(frozen=True)
class Rival:
    """One of the two places."""

    enrolment_id: int
    counted: bool
    stages: frozenset[Stage]


class RecordLost(ValueError):
    """The place that would be given up has attended, or has a completion record, and the other one has not; or both
    have a record."""


def place_to_keep(first: Rival, second: Rival, chosen: Collection[int]) -> Rival:
    """The one that was chosen; else the one with a record, that attended, that counts, that came further; else the
    first. What was finished at the other one counts here too, so nothing but a record and attendance decides.

    Raises RecordLost.
    """
    asked = [rival for rival in (first, second) if rival.enrolment_id in chosen]
    best = max(first, second, key=lambda rival: (_rank(rival), rival is first))
    kept = asked[0] if len(asked) == 1 else best
    lost = (second if kept is first else first).stages & FOR_GOOD
    if Stage.RECORDED in lost or lost - kept.stages:
        raise RecordLost
    return kept


def _rank(rival: Rival) -> tuple[bool, bool, bool, int]:
    return Stage.RECORDED in rival.stages, Stage.ATTENDED in rival.stages, rival.counted, len(rival.stages)
