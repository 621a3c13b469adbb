"""Which faces a text is set in. What we bring ourselves writes Latin, Greek, Cyrillic and Arabic letters, everywhere
alike; for any other script the machine must have the Noto faces, which Debian has in packages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from functools import lru_cache

READING = "Lemkin Paper"
MARKS = "Libertinus Serif"
"""Comes with typst; it has the marks that a letter may carry besides those it is written with in one piece."""
ARABIC = "Amiri"
OURS = (READING, MARKS, ARABIC)
CORE, CJK = "fonts-noto-core", "fonts-noto-cjk"

_WRITTEN_BY_US = frozenset({"Latin", "Greek", "Cyrillic", "Arabic"})
# The first words of a character's name in Unicode, where they are not what the script is called in the faces' names.
_CALLED = {
    "Cjk": "Han", "Ideographic": "Han", "Hiragana": "Han", "Katakana": "Han", "Hangul": "Han", "Nko": "NKo",
    "Canadian": "Canadian Aboriginal", "Phags": "PhagsPa", "Nyiakeng": "Hmong Nyiakeng",
}  # fmt: skip
# Scripts in use whose own name is of two words or three.
_LONGER = (
    "Bassa Vah", "Gunjala Gondi", "Hanifi Rohingya", "Kayah Li", "Masaram Gondi", "Meetei Mayek", "Mende Kikakui",
    "New Tai Lue", "Ol Chiki", "Pahawh Hmong", "Pau Cin Hau", "Sora Sompeng", "Syloti Nagri", "Tai Le", "Tai Tham",
    "Tai Viet", "Warang Citi",
)  # fmt: skip
_LANGUAGES = {
    "Arabic": "ar", "Armenian": "hy", "Bengali": "bn", "Devanagari": "hi", "Ethiopic": "am", "Georgian": "ka",
    "Greek": "el", "Han": "zh", "Hebrew": "he", "Khmer": "km", "Lao": "lo", "Myanmar": "my", "Sinhala": "si",
    "Tamil": "ta", "Thaana": "dv", "Thai": "th",
}  # fmt: skip

# Letters that one language alone of those with this script writes, the narrower first.
_TELLING = (
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("ja", re.compile(r"[\u3005\u3041-\u30ff]")),
    ("ps", re.compile("[ټډړښږځڅڼۍ]")),
    ("ckb", re.compile("[ڕڵێ]")),
    ("ur", re.compile("[ٹڈڑںےہ]")),
    ("fa", re.compile("^(?!.*[يكة]).*[یکگپچژ]", re.DOTALL)),
)
_WITH_HAN = frozenset({"zh", "ja", "ko"})


@lru_cache(maxsize=4096)
def script_of(letter: str) -> str | None:
    """The script a letter or mark belongs to, as in "Khmer"; none for digits, punctuation and marks of any script."""
    if unicodedata.category(letter)[0] not in "LM":
        return None
    name = unicodedata.name(letter, "UNKNOWN").title()
    longer = next((script for script in _LONGER if name.startswith(f"{script} ")), None)
    if longer:
        return longer
    word = name.split()[0].split("-")[0]
    return None if word in ("Combining", "Modifier", "Zero") else _CALLED.get(word, word)


def scripts_in(text: str) -> list[str]:
    """The scripts of a text, in the order in which they come."""
    return list(dict.fromkeys(filter(None, map(script_of, text))))


def beyond_ours(texts: Iterable[str]) -> list[str]:
    """The scripts for which the machine's own faces are needed."""
    return [script for script in scripts_in("".join(texts)) if script not in _WRITTEN_BY_US]


def faces_for(text: str, installed: Collection[str] = ()) -> list[str]:
    """The faces a text is set in, the one to try first at the beginning; of the machine's only those it has."""
    carried = any(unicodedata.combining(letter) for letter in text if script_of(letter) is None)
    ours = [MARKS, READING, ARABIC] if carried else list(OURS)
    wanted = [face for script in scripts_in(text) for face in _noto(script)]
    return [*ours, *(face for face in dict.fromkeys([*wanted, "Noto Serif", "Noto Sans"]) if face in installed)]


def _noto(script: str) -> tuple[str, ...]:
    if script == "Han":
        return ("Noto Serif CJK SC", "Noto Sans CJK SC")
    return (f"Noto Serif {script}", f"Noto Sans {script}")


def package_for(script: str) -> str:
    """The package of Debian that has the letters of a script."""
    return CJK if script == "Han" else CORE


def language_of(text: str, otherwise: str) -> str:
    """The language a name is read aloud in, where its script or its letters tell; Chinese letters alone are read as
    Chinese, unless `otherwise` is another language that has them."""
    told = next((language for language, letters in _TELLING if letters.search(text)), None)
    if told or (otherwise in _WITH_HAN and "Han" in scripts_in(text)):
        return told or otherwise
    return next((_LANGUAGES[script] for script in scripts_in(text) if script in _LANGUAGES), otherwise)


def right_to_left(text: str) -> bool:
    """Whether a text begins with a letter that is written from right to left."""
    turns = (unicodedata.bidirectional(letter) for letter in text)
    return next((turn != "L" for turn in turns if turn in ("L", "R", "AL")), False)
