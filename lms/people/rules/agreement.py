"""Whether a name that somebody typed from paper is the one that stands there.

What does not count: capitals, accents and vowel points, hyphens, apostrophes and dots, and the order of the parts. What
counts: every part, and the script. A Cyrillic а is no Latin a, however alike they look; nothing is guessed, and a name
that is nearly the same is another name.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable

# Letters that Unicode does not take apart, as people type them who have no key for them.
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "þ": "th", "æ": "ae", "œ": "oe"}
)
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
    asked = _digest(typed)
    found = [hmac.compare_digest(asked, _digest(name)) for name in names if name.strip()]
    return any(found) and bool(_parts(typed))


def _digest(name: str) -> bytes:
    return hashlib.sha256("\0".join(_parts(name)).encode()).digest()


def _parts(name: str) -> list[str]:
    """The parts of a name in the order of the alphabet, each as far as it counts."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold()).translate(_PLAIN)
    kept = "".join(_kept(letter) for letter in plain)
    return sorted(unicodedata.normalize("NFC", part) for part in kept.split())


def _kept(letter: str) -> str:
    category = unicodedata.category(letter)
    if category in _BLANKS:
        return " "
    if category[0] in "LN":
        return "" if letter in _MODIFYING else letter
    return letter if category[0] == "M" and unicodedata.combining(letter) not in _SOUNDS else ""
