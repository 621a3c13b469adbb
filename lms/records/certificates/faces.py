"""Which faces a text is set in. What we bring ourselves writes Latin, Greek, Cyrillic and Arabic letters, everywhere
alike; for any other script the machine must have the Noto faces, which Debian has in packages."""

from __future__ import annotations

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
    "Cjk": "Han", "Ideographic": "Han", "Hiragana": "Kana", "Katakana": "Kana", "Nko": "NKo",
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
    "Greek": "el", "Han": "zh", "Hangul": "ko", "Hebrew": "he", "Kana": "ja",
    "Khmer": "km", "Lao": "lo", "Myanmar": "my", "Sinhala": "si",
    "Tamil": "ta", "Thaana": "dv", "Thai": "th",
}  # fmt: skip
# Of the faces that hold all letters of East Asia, the one that draws those in common as the language does.
_EAST_ASIAN = {"Kana": "JP", "Hangul": "KR", "Han": "SC"}
# Letters of Urdu alone; letters of Persian that Arabic lacks, and letters of Arabic that Persian writes otherwise.
_URDU, _PERSIAN, _ARABIC = frozenset("ٹڈڑںےہھ"), frozenset("پچژگکی"), frozenset("يكىة")


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
    wanted = [face for script in _by_what_tells(text) for face in _noto(script)]
    return [*ours, *(face for face in dict.fromkeys([*wanted, "Noto Serif", "Noto Sans"]) if face in installed)]


def _by_what_tells(text: str) -> list[str]:
    """The scripts of a text; those that tell shape and sound of the Chinese letters beside them come before these."""
    found = scripts_in(text)
    return sorted(found, key=lambda script: script == "Han" and not {"Kana", "Hangul"}.isdisjoint(found))


def _noto(script: str) -> tuple[str, ...]:
    region = _EAST_ASIAN.get(script)
    return tuple(f"Noto {kind} CJK {region}" if region else f"Noto {kind} {script}" for kind in ("Serif", "Sans"))


def package_for(script: str) -> str:
    """The package of Debian that has the letters of a script."""
    return CJK if script in _EAST_ASIAN else CORE


def language_of(text: str, otherwise: str) -> str:
    """The language a name is read aloud in, as far as its letters tell: Chinese letters alone are taken for Chinese."""
    found = next((_LANGUAGES[script] for script in _by_what_tells(text) if script in _LANGUAGES), otherwise)
    return _with_arabic_letters(set(text)) if found == "ar" else found


def _with_arabic_letters(letters: set[str]) -> str:
    if letters & _URDU:
        return "ur"
    return "fa" if letters & _PERSIAN and not letters & _ARABIC else "ar"


def right_to_left(text: str) -> bool:
    """Whether a text begins with a letter that is written from right to left."""
    turns = (unicodedata.bidirectional(letter) for letter in text)
    return next((turn != "L" for turn in turns if turn in ("L", "R", "AL")), False)
