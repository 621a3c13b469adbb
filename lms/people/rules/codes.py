"""Mailed links and the codes typed with them."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping

MOST_WRONG_CODES = 5


class TokenPurpose(enum.StrEnum):
    """What a mailed link and its code are for; one is never good for another."""

    INVITATION = "invitation"
    RESET = "reset"
    ADDRESS = "address"


class Outcome(enum.Enum):
    """What came of typing a code."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    """The link is unknown, used, replaced, too old, or was tried wrongly too often."""


GOOD_FOR: Mapping[TokenPurpose, dt.timedelta] = {
    TokenPurpose.INVITATION: dt.timedelta(days=7),
    TokenPurpose.RESET: dt.timedelta(hours=1),
    TokenPurpose.ADDRESS: dt.timedelta(days=1),
}


def usable(
    *, expires_at: dt.datetime, used_at: dt.datetime | None, void_at: dt.datetime | None, wrong: int, at: dt.datetime
) -> bool:
    """Whether the code of a link may still be typed."""
    return used_at is None and void_at is None and at < expires_at and wrong < MOST_WRONG_CODES


def tidy_code(text: str) -> str:
    """What somebody typed, without the blanks and dashes that make a code easier to read."""
    return "".join(char for char in text.upper() if char.isascii() and char.isalnum())


def spaced(code: str) -> str:
    """A code as it is written in a letter: "ABCD EFGH"."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
