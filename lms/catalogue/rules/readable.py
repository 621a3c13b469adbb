"""The words of a text without the marks of its file's format, for people who never see the file."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .passages import Passage

# Every repetition has a bound or ends where its mark could begin anew: time grows with the text, not with its square.
_MARKS = (
    (re.compile(r"\[\[[^\[\]|]{0,200}\|([^\[\]]{0,500})\]\]"), r"\1"),
    (re.compile(r"\[\[([^\[\]]{0,500})\]\]"), r"\1"),
    (re.compile(r"\[@([^\[\]]{0,500})\]"), r"[\1]"),
    (re.compile(r"!?\[([^\[\]]{0,1000})\]\([^)\[\]]{0,2000}\)"), r"\1"),
    (re.compile(r"(\*\*|__|`)(.{1,1000}?)\1"), r"\2"),
    (re.compile(r"(?<!\w)[*_](\S(?:[^*_]{0,1000}\S)?)[*_](?!\w)"), r"\1"),
)


def readable(text: str) -> str:
    """Terms, links and emphasis as plain words; sources stay as they are cited, since a source is part of what is
    said."""
    for pattern, instead in _MARKS:
        text = pattern.sub(instead, text)
    return text


def all_readable(passages: Sequence[Passage]) -> list[Passage]:
    """The same for every passage and the heading it stands under."""
    return [Passage(readable(one.where), readable(one.text), one.place, one.name) for one in passages]
