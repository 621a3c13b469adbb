"""A name as its holder gives it: any script, no split into first and last."""

from __future__ import annotations

import enum
import json
import unicodedata

from lms.kernel.values import dataclass

LONGEST_NAME = 200
LONGEST_ADDRESS_FORM = 80

# They change the direction of what follows, so that one name could be read as another.
_TURNS = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Joiners that some scripts cannot be written without (Persian, Sinhala, Malayalam and others).
_JOINERS = frozenset("\u200c\u200d")


class NameOrder(enum.StrEnum):
    """Which part of the name comes first, so that lists and letters do not guess."""

    AS_WRITTEN = "as-written"
    FAMILY_FIRST = "family-first"
    GIVEN_FIRST = "given-first"


class TextMistake(enum.Enum):
    """What is wrong with a line somebody typed."""

    EMPTY = "empty"
    TOO_LONG = "too-long"
    CONTROL = "control"
    NO_LETTERS = "no-letters"


@dataclass(frozen=True)
class PersonName:
    """A name: `full` as it stands on a certificate, `latin` the same in Latin letters, `address` the form of address
    ("Dr Mfano"), `for_lists` what it is sorted under."""

    full: str
    latin: str = ""
    order: NameOrder = NameOrder.AS_WRITTEN
    address: str = ""
    for_lists: str = ""

    @property
    def called(self) -> str:
        """How the person wants to be spoken to."""
        return self.address or self.full

    @property
    def listed(self) -> str:
        """What lists show and sort by."""
        return self.for_lists or self.full

    def to_json(self) -> str:
        """The form that is sealed."""
        shown = {"full": self.full, "latin": self.latin, "order": self.order.value, "address": self.address}
        return json.dumps({**shown, "for_lists": self.for_lists}, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> PersonName:
        """The name that was sealed."""
        found = json.loads(text)
        return cls(**{**found, "order": NameOrder(found["order"])})


_written = json.JSONDecoder().raw_decode
"""Of a text that we wrote ourselves: `json.loads` looks for blanks around it first, which takes as long again."""


def listed_in(text: str) -> str:
    """What lists show, as `PersonName.listed`, of a name that was sealed: a long list opens thousands."""
    found, _end = _written(text)
    return str(found.get("for_lists") or found["full"])


def tidy_line(text: str) -> str:
    """One line in normal form NFC, with single blanks."""
    return " ".join(part for part in unicodedata.normalize("NFC", text).strip().split(" ") if part)


def folded(name: str) -> str:
    """What two ways to write one name have in common: neither case, nor spaces, nor the form of a letter counts."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def mistake_in_line(text: str, longest: int) -> TextMistake | None:
    """Control characters, marks that turn the direction, and overlong lines; blanks are not looked at."""
    if len(text) > longest:
        return TextMistake.TOO_LONG
    hidden = (char in _TURNS or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for char in text)
    allowed = (char in _JOINERS for char in text)
    return TextMistake.CONTROL if any(h and not a for h, a in zip(hidden, allowed, strict=True)) else None


def mistake_in_name(text: str) -> TextMistake | None:
    """What keeps a text from being a name; a letter of any script is needed."""
    if not text.strip():
        return TextMistake.EMPTY
    if not any(char.isalpha() for char in text):
        return TextMistake.NO_LETTERS
    return mistake_in_line(text, LONGEST_NAME)


def tidy_name(name: PersonName) -> PersonName:
    """The same name with every part in normal form."""
    parts = (tidy_line(part) for part in (name.full, name.latin, name.address, name.for_lists))
    full, latin, address, for_lists = parts
    return PersonName(full=full, latin=latin, order=name.order, address=address, for_lists=for_lists)


def mistake_in_parts(name: PersonName) -> TextMistake | None:
    """The first thing wrong with any part of a name."""
    others = (mistake_in_line(part, LONGEST_NAME) for part in (name.latin, name.for_lists))
    found = (mistake_in_name(name.full), *others, mistake_in_line(name.address, LONGEST_ADDRESS_FORM))
    return next((mistake for mistake in found if mistake), None)


def mistake_in_prose(text: str, longest: int) -> TextMistake | None:
    """As for a line, but there may be several of them."""
    return mistake_in_line(" ".join(text.split("\n")).replace("\r", ""), longest)
