"""The places of a text that have no source yet: each sentence that is marked with [@needs-review]."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from markdown_it.token import Token

from lms.catalogue.files.schemas import texts_marked
from lms.catalogue.markdown import NEEDS_REVIEW, parser, plain
from lms.kernel.values import dataclass

_ENDS = re.compile(r"(?<=[.!?…])[”»\"’)]*\s+")


@dataclass(frozen=True, slots=True)
class Marked:
    """A sentence that needs a source, and the anchor of the heading it stands under, if any."""

    sentence: str
    anchor: str


def marks_in(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[Marked]:
    """Every mark of a unit, as its kind parsed it: in its fields, then in its body."""
    fields = [text for _where, text in texts_marked(document, schema, "prose")]
    body = str(document.get("body", ""))
    return [mark for text in (*fields, body) if NEEDS_REVIEW in text for mark in _marks(text)]


def _marks(markdown: str) -> Iterator[Marked]:
    anchor = ""
    for opening, inline in pairwise(parser().parse(markdown)):
        if opening.type == "heading_open":
            anchor = opening.meta.get("anchor", "")
        elif inline.type == "inline":
            yield from (Marked(sentence, anchor) for sentence in _sentences(inline.children or ()))


def _sentences(tokens: Sequence[Token]) -> Iterator[str]:
    for place, token in enumerate(tokens):
        if token.type == "citation" and any(source == NEEDS_REVIEW for source, _ in token.meta["cites"]):
            yield _last_sentence(plain(tokens[:place]))


def _last_sentence(words: str) -> str:
    return _ENDS.split(words.strip())[-1]
