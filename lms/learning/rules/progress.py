"""Progress on one unit: the fold of its events. Only the person's own Undo takes anything back."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from lms.kernel.values import dataclass


class ProgressKind(enum.StrEnum):
    """What happened to a person's progress on a unit."""

    STARTED = "started"
    READ = "read"
    UNDONE = "undone"
    PASSED = "passed"
    NOT_PASSED = "not-passed"
    WRITTEN = "written"


class UnitState(enum.StrEnum):
    """Where a person stands on a unit; `done` is read, written or passed, as the kind asks."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"


FINISHING = frozenset({ProgressKind.READ, ProgressKind.PASSED, ProgressKind.WRITTEN})


@dataclass(frozen=True, slots=True)
class Step:
    """One progress event, as far as the rules ask."""

    kind: ProgressKind
    at: dt.datetime
    late: bool = False
    points: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class UnitSummary:
    """What the events of one unit come to; `late` says that it was finished after the deadline in force."""

    state: UnitState = UnitState.OPEN
    best_points: int | None = None
    best_total: int | None = None
    late: bool = False
    done_at: dt.datetime | None = None

    @property
    def done(self) -> bool:
        """Whether it is finished."""
        return self.state is UnitState.DONE

    @property
    def percent(self) -> int | None:
        """The best try in whole percent, rounded down; nothing before the first try is closed."""
        if self.best_points is None or self.best_total is None:
            return None
        return 100 * self.best_points // self.best_total if self.best_total else 100


NOTHING_YET = UnitSummary()


def step(before: UnitSummary, event: Step) -> UnitSummary:
    """The summary after one more event."""
    after = _better(before, event)
    if event.kind is ProgressKind.UNDONE:
        return replace(after, state=UnitState.OPEN, late=False, done_at=None)
    if before.done:
        return after
    if event.kind in FINISHING:
        return replace(after, state=UnitState.DONE, late=event.late, done_at=event.at)
    return replace(after, state=UnitState.STARTED)


def fold(events: Iterable[Step]) -> UnitSummary:
    """The summary of events in the order in which they happened."""
    summary = NOTHING_YET
    for event in events:
        summary = step(summary, event)
    return summary


def gains(mine: UnitSummary, theirs: UnitSummary) -> bool:
    """Whether one place gains by what was done on a unit at another place of the same person."""
    order = list(UnitState)
    return order.index(theirs.state) > order.index(mine.state) or _share(theirs) > _share(mine)


def _share(summary: UnitSummary) -> tuple[Fraction, int]:
    """How good the best try was; of equal ones the one with more questions."""
    if summary.best_points is None or summary.best_total is None:
        return Fraction(-1), 0
    return Fraction(summary.best_points, summary.best_total or 1), summary.best_total


def _better(before: UnitSummary, event: Step) -> UnitSummary:
    """The best try counts: the greater share, and of equal shares the one with more questions."""
    if event.points is None or event.total is None:
        return before
    if before.best_points is not None and before.best_total is not None:
        best, new = before.best_points * event.total, event.points * before.best_total
        if (new, event.total) <= (best, before.best_total):
            return before
    return replace(before, best_points=event.points, best_total=event.total)


def finished_by(kind: str, questions: int) -> ProgressKind:
    """How a unit of this kind, with so many scored questions, is finished: read, written or passed."""
    if kind == "quiz" or questions:
        return ProgressKind.PASSED
    return ProgressKind.WRITTEN if kind == "reflection" else ProgressKind.READ


def can_undo(summary: UnitSummary, last: ProgressKind | None) -> bool:
    """Only a mark that the person set by hand can be taken back; what was passed or written stays."""
    return summary.done and last is ProgressKind.READ


def passes(points: int, total: int, pass_mark: int) -> bool:
    """Whether a try reaches the pass mark, in percent; one with nothing scored does."""
    return points * 100 >= total * pass_mark


def is_late(at: dt.datetime, deadline: dt.datetime) -> bool:
    """Whether it came after the deadline; the very instant is in time."""
    return at > deadline
