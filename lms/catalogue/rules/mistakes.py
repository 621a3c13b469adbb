"""A mistake in a course's files, in words its author can act on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from lms.kernel.values import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """What is wrong at a line of a file (lines count from 1), and how to put it right."""

    file: str
    line: int
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what} — {self.cure}"


def did_you_mean(word: str, known: Iterable[str], otherwise: str) -> str:
    """A cure that names the nearest known word, or `otherwise`."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"did you mean “{near[0]}”?" if near else otherwise
