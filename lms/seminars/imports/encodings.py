"""In which encoding a text file was saved: what it says itself, else what its bytes make likely, else nothing.

Windows-1252 is what most offices' spreadsheets write where they do not write Unicode. Its neighbours are told apart by
what would stand inside words: in the wrong one a letter becomes a sign such as "³", or a word becomes one that no
language has whose letters the encoding holds. Where two make good words of them, the file is not guessed at.
Cyrillic, Greek and Arabic words have no ASCII letters in them and are recognised by the letters that are most common in
them.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable

from lms.kernel.apart import Rejected

from .letters import SPELLINGS, languages_of

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COMMON = {"cp1251": "оеаинтср", "koi8_u": "оеаинтср", "cp1253": "αοιετσνρ", "cp1256": "اليمونرة"}
_SAMPLE = 200_000
_WORD = re.compile(rb"[A-Za-z\x80-\xff'`-]+")
_HIGH = re.compile(rb"[\x80-\xff]")
# What may stand inside a word without being a letter.
_BETWEEN = frozenset("'`’‘ʼ-–ªº´")
_AROUND = "".join(sorted(_BETWEEN)) + "«»“”„‚…·•°©®"
_LIKELY = 0.45
_RIVALS = {"cp1252": {"cp1254"}}
"""Western Europe is so much the likeliest that it gives way only to the one that differs from it in six letters."""


def decoded(data: bytes) -> tuple[str, str]:
    """The text and the encoding it was read in; raises Rejected("encoding") where that cannot be told."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding), encoding
    wide = _wide(data)
    if wide:
        return _strictly(data, wide), wide
    data = data.rstrip(b"\0")
    if b"\0" in data:
        raise Rejected("not-a-table")
    if b"\x1b" in data:  # by which ISO 2022 changes between alphabets
        raise Rejected("encoding")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        encoding = _legacy(data)
        return _strictly(data, encoding), encoding


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding).rstrip("\0")
    except UnicodeDecodeError:
        raise Rejected("encoding") from None


def _wide(data: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of what is common in any table is zero, and few of those between, which
    are of letters such as U+4E00."""
    sample = data[:4000]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    least = len(sample) // 2 * 0.1
    if odd > max(least, even * 4):
        return "utf-16-le"
    return "utf-16-be" if even > max(least, odd * 4) else None


def _legacy(data: bytes) -> str:
    words = [word for word in _WORD.findall(data[:_SAMPLE]) if _HIGH.search(word)]
    foreign = [word for word in words if len(_HIGH.findall(word)) == len(word) and len(word) > 2]
    if len(foreign) * 2 > len(words):
        return _script(b"".join(foreign))
    likely = [encoding for encoding in SPELLINGS if all(_is_word(word, encoding) for word in words)]
    if not likely:
        raise Rejected("encoding")
    costs = {encoding: _cost(words, encoding) for encoding in likely}
    best = [encoding for encoding in likely if costs[encoding] == min(costs.values())]
    if any(_differ(words, best[0], other) for other in best[1:] if other in _RIVALS.get(best[0], SPELLINGS)):
        raise Rejected("encoding")
    return best[0]


def _cost(words: Iterable[bytes], encoding: str) -> tuple[float, int, int]:
    """How unlikely an encoding is: by what looks out of place, by the words of no language that is written in it, and
    by how many languages it takes for the others."""
    told = [word.decode(encoding) for word in words]
    spelt = [languages_of(word.strip(_AROUND), encoding) for word in dict.fromkeys(told)]
    return sum(map(_oddness, told)), sum(not found for found in spelt), _fewest([found for found in spelt if found])


def _fewest(spelt: list[frozenset[int]]) -> int:
    """How many languages it takes at least, or hardly more, that each word is of one of them."""
    number = 0
    while spelt:
        [(most, _count)] = Counter(language for found in spelt for language in found).most_common(1)
        spelt, number = [found for found in spelt if most not in found], number + 1
    return number


def _differ(words: Iterable[bytes], one: str, other: str) -> bool:
    return any(word.decode(one) != word.decode(other) for word in words)


def _is_word(word: bytes, encoding: str) -> bool:
    try:
        text = word.decode(encoding)
    except UnicodeDecodeError:
        return False
    return all(letter.isalpha() or letter in _BETWEEN for letter in text.strip(_AROUND))


def _oddness(word: str) -> float:
    """How much looks out of place: a capital within a word of small letters, and half as much a sign within a word."""
    inside = word.strip(_AROUND)
    capitals = sum(b.isupper() and not b.isascii() and (a.islower() or c.islower()) for a, b, c in _threes(inside))
    return capitals + sum(letter in _BETWEEN and not letter.isascii() for letter in inside) / 2


def _threes(word: str) -> Iterable[tuple[str, str, str]]:
    return zip(word, word[1:], f"{word[2:]} ", strict=False)


def _script(letters: bytes) -> str:
    """The encoding in which most letters are those that are common in its script."""
    scores = {}
    for encoding, common in _COMMON.items():
        text = letters.decode(encoding, "replace")
        counts = Counter(text)
        scores[encoding] = sum(counts[letter] for letter in common) / len(text)
    best = max(scores, key=lambda encoding: scores[encoding])
    if scores[best] < _LIKELY:
        raise Rejected("encoding")
    return best
