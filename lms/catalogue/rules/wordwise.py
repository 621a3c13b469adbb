"""The one word diff: which words two texts share, in runs that can be read.

Words are never cut; a citation, a term, a figure's place, an anchor and the target of a link count as one word each.
What was found by matching is then joined, after the semantic clean-up of diff-match-patch (Fraser, "Diff Strategies",
2006): words that both texts have are shown as changed where they are no longer than what changed on both sides of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from difflib import SequenceMatcher
from itertools import groupby

from lms.kernel.values import dataclass

# Beyond this many pairs of words, matching would take seconds: one text is then shown out, the other in.
MOST_PAIRS = 4_000_000
_WHOLE = re.compile(
    r"\[@[^\]\n]{1,200}\]|\[\[[^\]\n]{1,282}\]\]|\{\{figure: *[^\s{}]{1,80}\}\}|\{#[^}\s]*\}|\]\([^)\s]*\)|\s+"
)
# Writing without spaces: a character is as much as a word. And what stands between words even without a space.
_ALONE = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u2013-\u2015/…])")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both versions have ("same"), only the earlier ("del") or only the later one ("ins")."""

    kind: str
    text: str


def tokens(text: str) -> list[str]:
    """A text as words, single marks and spaces; joined they are the text."""
    found: list[str] = []
    place = 0
    for whole in _WHOLE.finditer(text):
        found += _chunk(text[place : whole.start()])
        found.append(whole.group())
        place = whole.end()
    return [*found, *_chunk(text[place:])]


def _chunk(chunk: str) -> Iterator[str]:
    for part in _ALONE.split(chunk):
        start, end = 0, len(part)
        while start < end and _is_mark(part[start]):
            start += 1
        while end > start and _is_mark(part[end - 1]):
            end -= 1
        for marks, word in ((part[:start], part[start:end]), (part[end:], "")):
            yield from ("".join(run) for _mark, run in groupby(marks))
            if word:
                yield word


def _is_mark(letter: str) -> bool:
    """Punctuation and signs stand apart from the word they hang on; accents and vowel signs are part of it."""
    return unicodedata.category(letter)[0] in "PS"


def key_of(text: str) -> str:
    """What of a text counts when two are compared: not where its lines break."""
    return " ".join(text.split())


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """From 0 (no word in common) to 1 (the same words): Dice's coefficient."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def bag(text: str) -> Counter[str]:
    """The words of a text, each as often as it stands there."""
    return Counter(token.casefold() for token in tokens(text) if not token.isspace() and not _is_mark(token[0])) or (
        Counter(tokens(text))
    )


@dataclass
class _Run:
    """A stretch of both texts on the way to pieces."""

    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    same: bool = False

    @property
    def weight(self) -> int:
        """How many letters, of the longer side."""
        return max(sum(len(token.strip()) for token in side) for side in (self.old, self.new))


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as one: joining "same" and "del" gives the words of the old, "same" and "ins" those of the new."""
    if key_of(old) == key_of(new):
        return (Piece("same", new),) if new else ()
    return tuple(_as_pieces(_joined(_runs(tokens(old), tokens(new)))))


def _runs(old: Sequence[str], new: Sequence[str]) -> list[_Run]:
    one, other = ([" " if token.isspace() else token for token in side] for side in (old, new))
    if len(one) * len(other) > MOST_PAIRS:
        return [_Run(list(old), list(new))]
    matched = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return [_Run(list(old[a:b]), list(new[c:d]), kind == "equal") for kind, a, b, c, d in matched]


def _joined(runs: list[_Run]) -> list[_Run]:
    """Short common stretches between changes become part of them, until each that is left stands by itself."""
    while (at := _too_short(runs)) is not None:
        left, middle, right = runs[at - 1 : at + 2]
        whole = _Run([*left.old, *middle.old, *right.old], [*left.new, *middle.new, *right.new])
        runs = [*runs[: at - 1], whole, *runs[at + 2 :]]
    return runs


def _too_short(runs: Sequence[_Run]) -> int | None:
    for at in range(1, len(runs) - 1):
        run = runs[at]
        if run.same and run.weight <= min(runs[at - 1].weight, runs[at + 1].weight):
            return at
    return None


def _as_pieces(runs: Sequence[_Run]) -> Iterator[Piece]:
    for run in runs:
        if run.same:
            yield Piece("same", "".join(run.new))
            continue
        for kind, side in (("del", run.old), ("ins", run.new)):
            if side:
                yield Piece(kind, "".join(side))
