"""Whether a name that somebody typed from paper is the one that stands there.

What does not count: capitals, accents and vowel points, hyphens, apostrophes and dots, the order of the parts, whether
initials stand apart, the blanks of a name in Chinese, Japanese or Korean letters, and which of the codes that keyboards
have for one Arabic letter was typed. What counts: every part, and the script. A Cyrillic а is no Latin a, however alike
they look; nothing is guessed, and a name that is nearly the same is another name.
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
# One letter each, for which Arabic keyboards have one code and those of Iran, Afghanistan and Pakistan another.
_KEYS = str.maketrans({"\u06cc": "\u064a", "\u0649": "\u064a", "\u06a9": "\u0643", "\u06c1": "\u0647"})
# A mark of these classes says how a letter sounds (UAX 44: accents, points of Hebrew and Arabic). Those of other
# classes, and of none, are the vowels of scripts such as Khmer and Devanagari: without them it is another name.
_SOUNDS = frozenset({1, 202, 214, 216, 218, 220, 222, 224, 226, 228, 230, 232, 233, 234, 240, *range(10, 37)})
_TATWEEL = "\u0640"
# Of the letters that modify others (Lm) those that say how one sounds or stand for an apostrophe. The others repeat or
# lengthen, as in 佐々木 and ラーマン: without them it is another name.
_MODIFYING = frozenset({*map(chr, range(0x02B0, 0x0300)), "\u0559", _TATWEEL})
# How Unicode calls the letters of Chinese, Japanese and Korean.
_UNPARTED = ("CJK ", "IDEOGRAPHIC ", "HIRAGANA ", "KATAKANA", "HANGUL ", "COMBINING KATAKANA-HIRAGANA ")
_BLANKS = frozenset(["Zs", "Pd", "Pc"])


def names_agree(typed: str, names: Iterable[str]) -> bool:
    """Whether it is one of these names, told in the same time whichever it is or whether it is none."""
    asked = _digests(typed)
    known = [digest for name in names if name.strip() for digest in _digests(name)]
    found = [hmac.compare_digest(one, other) for one in asked for other in known]
    return any(found) and bool(_parts(typed))


def _digests(name: str) -> list[bytes]:
    """Of each way in which a name may be parted; as many for every name."""
    parts = _parts(name)
    ways = (parts, _initials_together(parts), ["".join(parts)] if _without_blanks(parts) else parts)
    return [hashlib.sha256("\0".join(sorted(way)).encode()).digest() for way in ways]


def _parts(name: str) -> list[str]:
    """The parts of a name in their order, each as far as it counts."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_PLAIN)
    kept = "".join(_kept(letter) for letter in plain).translate(_KEYS)
    return [unicodedata.normalize("NFC", part) for part in kept.split()]


def _initials_together(parts: Iterable[str]) -> list[str]:
    """J. R. Mfano is JR Mfano."""
    runs = groupby(parts, key=lambda part: len(part) == 1)
    return [part for single, run in runs for part in (["".join(run)] if single else run)]


def _without_blanks(parts: Iterable[str]) -> bool:
    """Whether a name is written in scripts that need no blank between its parts."""
    return all(unicodedata.name(letter, "").startswith(_UNPARTED) for part in parts for letter in part)


def _kept(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in _BLANKS:
        return " "
    if category[0] in "LN":
        return "" if letter in _MODIFYING else letter
    return letter if category[0] == "M" and unicodedata.combining(letter) not in _SOUNDS else ""
