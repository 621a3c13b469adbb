"""How words stand in order and how they are found, whatever their case, accents and punctuation.

The page's script folds in the same way (`fold` in app.js); a test holds the two together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

# Marks that only colour a letter: accents; points of Hebrew; vowels, signs and the stretch of Arabic; vowels of Syriac;
# last, what nobody sees. Marks that are letters, as the vowels of Devanagari, Khmer and others, are not among them.
MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670"
    r"\u06d6-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    r"\u00ad\u200b-\u200f\u2060\ufeff"
)
# Letters that Unicode does not take apart, and forms that are typed for one another.
ALIKE: Mapping[str, str] = {
    "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "þ": "th", "ß": "ss", "ı": "i",
    "ς": "σ", "ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا",
}  # fmt: skip
# Letters of their own in the alphabet of a language, each group after its first letter, as CLDR's collations have them.
_LETTERS: Mapping[str, str] = {
    "es": "nñ", "gl": "nñ", "eu": "nñ", "fil": "nñ", "sv": "zåäö", "fi": "zåäö", "da": "zæøå", "nb": "zæøå",
    "nn": "zæøå", "no": "zæøå", "is": "aá dð eé ií oó uú yý zþæö", "pl": "aą cć eę lł nń oó sś zźż",
    "cs": "cč rř sš zž", "sk": "aä cč oô sš zž", "sl": "cčć dđ sš zž", "hr": "cčć dđ sš zž", "bs": "cčć dđ sš zž",
    "hu": "oö uü", "ro": "aăâ iî sș tț", "tr": "cç gğ oö sş uü", "az": "cç eə gğ oö sş uü", "sq": "cç eë",
    "lt": "cč sš zž", "lv": "cč gģ kķ lļ nņ sš zž", "vi": "aăâ dđ eê oôơ uư", "ru": "ий", "bg": "ий",
    "uk": "гґ еє иіїй", "be": "зій уў", "sr": "дђ иј лљ нњ тћ чџ", "fa": "بپ جچ زژ كگ",
}  # fmt: skip
_MARK = re.compile(f"[{MARKS}]")

Letter = tuple[str, int]
"""A letter as it is ordered: the plain one, and the place after it for a letter of its own."""


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The words of a text as they are compared: plain small letters and digits, one blank between words."""
    plain = _MARK.sub("", unicodedata.normalize("NFKD", text).lower())
    alike = "".join(ALIKE.get(letter, letter) for letter in plain)
    return " ".join("".join(letter if unicodedata.category(letter)[0] in "LNM" else " " for letter in alike).split())


def holds(words: str, texts: tuple[str, ...]) -> bool:
    """Whether each word of a search stands in these texts, by itself or as part of a word."""
    folded = " ".join(fold(text) for text in texts)
    return all(word in folded for word in fold(words).split())


@lru_cache(maxsize=8192)
def order(text: str, language: str) -> tuple[tuple[Letter, ...], ...]:
    """What to sort by for a reader of `language`: word for word, accents and case aside, in its own alphabet."""
    words: list[list[Letter]] = [[]]
    for letter in _letters(text, language):
        if letter[0] != " ":
            words[-1].append(letter)
        elif words[-1]:
            words.append([])
    return tuple(tuple(word) for word in words if word)


def initial(text: str, language: str) -> str:
    """The letter of the alphabet under which a text stands; empty for a text without letters and digits."""
    own = {place: letter for letter, place in _own_letters(language).items()}
    first = next((letter for letter in _letters(text, language) if letter[0] != " "), None)
    return own.get(first, first[0]).upper() if first else ""


def _letters(text: str, language: str) -> Iterator[Letter]:
    own = _own_letters(language)
    for letter in unicodedata.normalize("NFC", text.lower()):
        if letter in own:
            yield own[letter]
        elif folded := fold(letter):
            yield from ((plain, 0) for plain in folded)
        elif _MARK.sub("", letter):
            yield " ", 0


@cache
def _own_letters(language: str) -> Mapping[str, Letter]:
    groups = _LETTERS.get(language.replace("-", "_").partition("_")[0], "").split()
    return {letter: (group[0], place) for group in groups for place, letter in enumerate(group[1:], 1)}
