"""What has changed of a text since somebody finished it, as far as they may be told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from lms.catalogue.rules.outline import OutlineUnit
from lms.catalogue.rules.passages import Changed, Passage, changes
from lms.catalogue.rules.readable import readable
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Question

from .progress import UnitSummary
from .standing import Key

MARGIN = dt.timedelta(minutes=10)
"""A version counts from the moment its publication began; whoever finished a text meanwhile had the one before."""


class Read(Protocol):
    """A version that an edition reads since some time."""

    @property
    def version_id(self) -> int:
        """The version."""

    @property
    def since(self) -> dt.datetime:
        """From when on."""


@dataclass(frozen=True, slots=True)
class Reading:
    """By which row of its history an edition reads the version in force, and since when; and whose page asks."""

    enrolment_id: int
    edition_id: int
    row: int
    since: dt.datetime


@dataclass(frozen=True, slots=True)
class Known:
    """The version under which somebody last finished a unit, or said later that they had seen what had changed."""

    version_id: int
    finished_at: dt.datetime
    seen_at: dt.datetime | None = None
    answering: bool = False
    """A try is open, so nothing may be shown that tells an answer."""


def finished_at(progress: Mapping[Key, UnitSummary]) -> dict[int, dt.datetime]:
    """When each unit was finished last, whatever its substance was then."""
    found: dict[int, dt.datetime] = {}
    for (unit_id, _substance), summary in progress.items():
        if summary.done_at is not None:
            found[unit_id] = max(summary.done_at, found.get(unit_id, summary.done_at))
    return found


def version_at(history: Sequence[Read], at: dt.datetime) -> int:
    """The version that was in force at that time; the first one for any time before."""
    return next((read.version_id for read in reversed(history) if read.since <= at), history[0].version_id)


def version_finished(history: Sequence[Read], at: dt.datetime, has: Callable[[int], bool]) -> int:
    """The version that somebody finished a text under: the last one until then that has the revision they had."""
    fits = [read for read in history if has(read.version_id)]
    return version_at(fits or history, at)


def another(then: OutlineUnit | None, unit: OutlineUnit, language: str) -> bool:
    """Whether a reader of this language finds another text under this unit than then."""
    return then is None or (
        (then.revision_id, then.substance, then.revision_for(language))
        != (unit.revision_id, unit.substance, unit.revision_for(language))
    )


def to_compare(then: OutlineUnit, unit: OutlineUnit, language: str) -> Iterator[tuple[int, int, str]]:
    """The pairs of revisions in which to look for what changed, each with its language: first the reader's own where
    both versions have it, then the original, which a translation may not follow yet."""
    own = unit.shown_in(language)
    if own == then.shown_in(language) != unit.language:
        yield then.revision_for(language), unit.revision_for(language), own
    yield then.revision_id, unit.revision_id, unit.language


def questions_changed(before: Sequence[Question], after: Sequence[Question], *, explained: bool) -> tuple[Changed, ...]:
    """What changed of the words of questions. Options and the sides of pairs stand in the order of the alphabet: their
    own order tells which belong together, and which comes first. Explanations only for whoever may read them."""
    old, new = ({question.id: question for question in side} for side in (before, after))
    names = [question.id for question in after] + [name for name in old if name not in new]
    found: list[Changed] = []
    for number, name in enumerate(names, 1):
        was, now = (_parts(side.get(name), explained) for side in (old, new))
        for part in sorted({*was, *now}, key=lambda part: (part[0], now.get(part, was.get(part, "")).casefold())):
            at = (f"questions {number}", ("questions", number), ("questions", name))
            texts = ([Passage(at[0], side[part], at[1], at[2])] if side.get(part) else [] for side in (was, now))
            found += changes(*texts)
    return tuple(found)


def _parts(question: Question | None, explained: bool) -> dict[tuple[int, str], str]:
    return dict(_said(question, explained)) if question else {}


def _said(question: Question, explained: bool) -> Iterator[tuple[tuple[int, str], str]]:
    yield (0, ""), readable(question.prompt)
    for option in question.options:
        yield (1, f"option {option.id}"), readable(option.text)
    for target in question.targets:
        yield (1, f"target {target.id}"), readable(target.text)
    if explained:
        yield (2, ""), readable(question.explanation)
