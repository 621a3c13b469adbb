"""Errors that readers report: what becomes of a report, and whether what it speaks of still stands."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence

from lms.catalogue.rules.passages import Passage

LONGEST_REASON = 300
_QUOTED = 4
_WORD = re.compile(r"\w+")
# What stands in a file and not on the page: citations, and the keys of terms.
_UNSEEN = re.compile(r"\[@[^\[\]]*\]|\[\[[^\[\]|]*\||\[\[|\]\]|\{#[^{}]*\}")


class ReportOutcome(enum.StrEnum):
    """What a trainer answers to a report; as long as there is none it waits."""

    MENDED = "mended"
    NO_ERROR = "no-error"


class Stands(enum.StrEnum):
    """What the newest text has to do with the one that was read."""

    SAME = "same"
    """It is the text that was read."""
    QUOTED = "quoted"
    """The text is another, but the words that the report quotes still stand in it."""
    QUOTED_CHANGED = "quoted-changed"
    """The words that the report quotes do not stand in it any more."""
    CHANGED = "changed"
    """The text is another, and the report quotes nothing of it word for word."""
    GONE = "gone"
    """The course does not have this text any more."""


def stands(report: str, read: Sequence[Passage], newest: Sequence[Passage]) -> Stands:
    """How a text stands now that differs from the one a report was made of.

    A report quotes what it shares with the text it was made of, at least four words in a row.
    """
    quoted = _runs(report) & _runs_in(read)
    if not quoted:
        return Stands.CHANGED
    return Stands.QUOTED if quoted <= _runs_in(newest) else Stands.QUOTED_CHANGED


def _runs_in(passages: Iterable[Passage]) -> set[tuple[str, ...]]:
    return set[tuple[str, ...]]().union(*(_runs(passage.text) for passage in passages))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = [word.casefold() for word in _WORD.findall(_UNSEEN.sub("", text))]
    return {tuple(words[place : place + _QUOTED]) for place in range(len(words) - _QUOTED + 1)}
