"""Words that readers propose for a term in their own language: what can be kept, and which say the same."""

from __future__ import annotations

import enum
import re
import unicodedata

LONGEST_WORD = 120
LONGEST_REMARK = 1_000
LONGEST_REASON = 300

# Overrides of direction, which turn round what stands beside them; the joiners that many scripts need are kept.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_KEPT = frozenset({"\u200c", "\u200d"})


class Outcome(enum.StrEnum):
    """What became of a proposal; as long as there is none it is open."""

    WITHDRAWN = "withdrawn"
    TAKEN_UP = "taken-up"
    DECLINED = "declined"


ANSWERS = frozenset({Outcome.TAKEN_UP, Outcome.DECLINED})


class WordFault(enum.Enum):
    """Why a word cannot be kept."""

    EMPTY = "empty"
    LONG = "long"
    NO_LETTERS = "no-letters"
    UNKEEPABLE = "unkeepable"


def tidy(text: str) -> str:
    """A word as it is kept: composed letters, single blanks, nothing that turns the line round."""
    return " ".join(unicodedata.normalize("NFC", _TURNING.sub("", text)).split())


def fault(word: str) -> WordFault | None:
    """What stands against keeping a tidied word."""
    if not word:
        return WordFault.EMPTY
    if len(word) > LONGEST_WORD:
        return WordFault.LONG
    kinds = {unicodedata.category(letter) for letter in word if letter not in _KEPT}
    if kinds & {"Cc", "Cf", "Cn", "Co", "Cs"}:
        return WordFault.UNKEEPABLE
    return None if any(kind.startswith("L") for kind in kinds) else WordFault.NO_LETTERS


def sameness(word: str) -> str:
    """What two proposals have in common when they say the same: case and width aside, accents not."""
    return unicodedata.normalize("NFKC", tidy(word)).casefold()
