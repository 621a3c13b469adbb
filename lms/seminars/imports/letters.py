"""How words look in the languages that were written in each encoding of Latin letters, as far as it tells these apart:
which letters a language has beside those of ASCII, and where those stand that others have elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

_PLAIN = "a-z'`’‘ʼ\\-–ªº´"
_WEST = (
    "[{}âæçéèêëîïôœûüÿ]|[àù]$",  # French
    "[{}áéíñóúü]",  # Spanish
    "[{}àçèéíïñòóúü·]",  # Catalan
    "[{}áâàãçéêíóôú]|õ(?=e)",  # Portuguese
    "[{}éóíú]|[àèìòù](?=$|['’-])",  # Italian
    "[{}äöüßé]",  # German
    "[{}åøæéóô]",  # Danish, Norwegian
    "[{}äöåéõüšž]",  # Swedish, Finnish, Estonian
    "[{}áéíóúýðæö]|(?:^|(?<=-))þ|þ(?=ó)",  # Icelandic
    "[{}áíóúýðæø]",  # Faroese
)
SPELLINGS: Mapping[str, Sequence[str]] = {
    "cp1252": _WEST,
    "cp1250": (
        "[{}ąćęłńóśźż]",  # Polish
        "[{}áčďéěíňóřšťúůýž]",  # Czech
        "[{}áäčďéíĺľňóôŕšťúýž]",  # Slovak
        "[{}áéíóöőúüű]",  # Hungarian
        "[{}čćđšž]",  # Croatian, Slovene
        "[{}ăâîşţ]",  # Romanian
        *_WEST,
    ),
    "cp1254": (
        "[{}çğıöşüâîû\u0307]",  # Turkish
        *_WEST,
    ),
    "cp1257": (
        "[{}ąčęėįšųūž]",  # Lithuanian
        "[{}āčēģīķļņšūž]",  # Latvian
        *_WEST,
    ),
    "mac_roman": _WEST,
}
"""By encoding, the likeliest first; the letters of most western languages stand in the others too."""


@lru_cache(maxsize=8)
def _ways(encoding: str) -> Sequence[re.Pattern[str]]:
    return [re.compile(f"(?:{way.format(_PLAIN)})*") for way in SPELLINGS[encoding]]


def languages_of(word: str, encoding: str) -> frozenset[int]:
    """In which of the encoding's languages this can be a word, by their numbers."""
    small = word.lower()
    return frozenset(number for number, way in enumerate(_ways(encoding)) if way.fullmatch(small))
