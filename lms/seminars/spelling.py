"""What the spellings of one word have in common, and what is left of a cell when nobody's keyboard is blamed."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
# Nothing before it is written with joiners: Latin, Greek, Cyrillic, Armenian and Hebrew stand below.
_FIRST_JOINED = "\u0600"
_ERRORS = frozenset(
    {"#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#n/d", "#¡ref!", "#¡valor!", "#valeur!"}
)


def letters_of(text: str) -> str:
    """Letters and digits without case and accents: equal where a reader would say it is the same word."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if letter.isalnum())


def tidy_cell(text: str) -> str:
    """One line in normal form: any blank is a blank, what cannot be seen is gone, and what a spreadsheet says of its
    own mistakes is nothing."""
    if text.isascii() and text.isprintable():
        line = text.strip() if "  " not in text else " ".join(text.split())
    else:
        line = " ".join("".join(_seen(unicodedata.normalize("NFC", text))).split())
    if line.startswith('="') and line.endswith('"'):
        line = line[2:-1].strip()
    return "" if line.casefold() in _ERRORS else line


def _seen(text: str) -> list[str]:
    found: list[str] = []
    for at, letter in enumerate(text):
        kind = unicodedata.category(letter)
        if kind in ("Zs", "Zl", "Zp", "Cc"):
            found.append(" ")
        elif letter in _JOINERS:
            found += [letter] if found and found[-1] >= _FIRST_JOINED and text[at + 1 :].strip() else []
        elif kind != "Cf" and letter != "\ufffe":
            found.append(letter)
    return found


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as `letters_of` has them, in the order of the alphabet: offices exchange given and family
    names."""
    words = (letters_of(word) for word in name.replace("-", " ").split())
    return tuple(sorted(word for word in words if word))
