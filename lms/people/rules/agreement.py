"""Whether a name that somebody typed from paper is the one that stands there.

What does not count: capitals, accents and vowel points, hyphens, apostrophes and dots, the order of the parts, blanks
between initials, and those in a name of Chinese, Japanese or Korean letters alone. What counts: every part, and the
script. A Cyrillic а is no Latin a, however alike they look; nothing is guessed, and a name that is nearly the same is
another name. But where the keyboards of two countries have two codes for one letter, it is one letter.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from itertools import groupby

# Letters that Unicode does not take apart, as people type them who have no key for them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
)
# Yeh, kaf and heh as keyboards of Arab states, of Iran and of Pakistan have them (as in Lucene's ArabicNormalizer and
# PersianNormalizer).
_ONE_LETTER = str.maketrans({"\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647"})
_WRITTEN_TOGETHER = ("CJK ", "HIRAGANA ", "KATAKANA ", "KATAKANA-HIRAGANA ", "HANGUL ", "IDEOGRAPHIC ")
# A mark of these classes says how a letter sounds (UAX 44: accents, points of Hebrew and Arabic). Those of other
# classes, and of none, are the vowels of scripts such as Khmer and Devanagari: without them it is another name.
_SOUNDS = frozenset({1, 202, 214, 216, 218, 220, 222, 224, 226, 228, 230, 232, 233, 234, 240, *range(10, 37)})
_TATWEEL = "\u0640"
# Of the letters that modify others (Lm) those that say how one sounds or stand for an apostrophe. The others repeat or
# lengthen, as in 佐々木 and ラーマン: without them it is another name.
_MODIFYING = frozenset({*map(chr, range(0x02B0, 0x0300)), "\u0559", _TATWEEL})
_BLANKS = frozenset(["Zs", "Pd", "Pc"])


def names_agree(typed: str, names: Iterable[str]) -> bool:
    """Whether it is one of these names, told in the same time whichever it is or whether it is none."""
    asked = _digests(typed)
    found = [
        hmac.compare_digest(one, other) for name in names if name.strip() for one in asked for other in _digests(name)
    ]
    return any(found) and bool(_parts(typed))


def _digests(name: str) -> list[bytes]:
    """One for each way to part the name, always as many: as it is, with its initials together, without blanks."""
    parts = _parts(name)
    together = "".join(parts)
    alone = all(unicodedata.name(letter, "").startswith(_WRITTEN_TOGETHER) for letter in together)
    ways = (parts, _initials_together(parts), [together] if alone else parts)
    return [hashlib.sha256("\0".join(sorted(way)).encode()).digest() for way in ways]


def _initials_together(parts: list[str]) -> list[str]:
    """J R Mfano as JR Mfano."""
    groups = groupby(parts, key=lambda part: len(part) == 1)
    return [part for initials, group in groups for part in (["".join(group)] if initials else group)]


def _parts(name: str) -> list[str]:
    """The parts of a name in their order, each as far as it counts."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_PLAIN)
    kept = "".join(_kept(letter) for letter in plain.translate(_ONE_LETTER))
    return [unicodedata.normalize("NFC", part) for part in kept.split()]


def _kept(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in _BLANKS:
        return " "
    if category[0] in "LN":
        return "" if letter in _MODIFYING else letter
    return letter if category[0] == "M" and unicodedata.combining(letter) not in _SOUNDS else ""
