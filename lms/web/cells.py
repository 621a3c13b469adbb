"""What a cell of a list may hold when the list leaves the house: text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What makes a spreadsheet take a cell for a formula, after OWASP's "CSV injection": the four signs, also in their
# full-width forms, and characters that some programs skip before they look.
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_AT_THE_BEGINNING = rf"'*\s*[{_SIGNS}\t\r\n\0]"
# A program told to split at another sign than ours begins a cell in the middle of one.
_AFTER_A_SEPARATOR = rf"'*[^\S\t\r\n]*[{_SIGNS}]"
# Most texts have none of it: to look is quicker than to rewrite.
_SUSPECT = re.compile(rf"\A{_AT_THE_BEGINNING}|[;,|\t\r\n]{_AFTER_A_SEPARATOR}")
_LIVE = re.compile(rf"\A(?={_AT_THE_BEGINNING})|(?<=[;,|\t\r\n])(?={_AFTER_A_SEPARATOR})")
_KEPT_QUIET = re.compile(rf"\A'(?={_AT_THE_BEGINNING})|(?<=[;,|\t\r\n])'(?={_AFTER_A_SEPARATOR})")
_GUARD = "'"


# The first character of every text that is guarded at its beginning; and what else there must be.
_FIRST = frozenset("=+-@\uff1d\uff0b\uff0d\uff20'\0") | {chr(code) for code in range(0x3001) if chr(code).isspace()}
_SEPARATOR = re.compile(r"[;,|\t\r\n]")


def none_live(texts: Sequence[str]) -> bool:
    """Whether no cell of a line needs a guard, in one look at all of them. It may err by saying no."""
    if not _FIRST.isdisjoint([text[:1] for text in texts]):
        return False
    return _SEPARATOR.search("".join(texts)) is None


def guarded(text: str) -> str:
    """The text with an apostrophe before whatever a spreadsheet would take for a formula; most texts as they are."""
    return _LIVE.sub(_GUARD, text) if _SUSPECT.search(text) else text


def bare(text: str) -> str:
    """The text as it was before `guarded`: `bare(guarded(text)) == text` for every text."""
    return _KEPT_QUIET.sub("", text)
