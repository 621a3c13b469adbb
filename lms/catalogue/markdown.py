"""The Markdown of course texts: CommonMark without HTML, with citations [@S019 p. 3], terms [[pillar-two|shown]], and
places for figures, {{figure: key}} on a line of its own; pictures, ![what it shows](media/id), each a paragraph whose
further lines are its caption."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

NEEDS_REVIEW = "needs-review"
_CITATION = re.compile(r"\[@([^\]\n]{1,200})\]")
_TERM = re.compile(r"\[\[([^\]|\n]{1,80})(?:\|([^\]\n]{1,200}))?\]\]")
_FIGURE = re.compile(r"\{\{figure: *([^\s{}]{1,80})\}\}")
_ANCHOR = re.compile(r"(?<!\s)\s*\{#([^{}\s]*)\}$")


def parser(*, html: bool = False) -> MarkdownIt:
    """A new parser; with `html` it recognises raw HTML, for checks that refuse it."""
    made = MarkdownIt("commonmark", {"html": html, "typographer": False}).enable("table")
    made.disable(["lheading", "code", "autolink"] if not html else ["lheading", "code"])
    made.block.ruler.before("paragraph", "figure", _figure)
    made.inline.ruler.before("link", "citation", _citation)
    made.inline.ruler.before("citation", "term", _term)
    made.core.ruler.after("inline", "anchors", _anchors)
    made.core.ruler.after("anchors", "hanging", _hanging)
    made.core.ruler.after("hanging", "pictures", _pictures)
    return made


def cited(content: str) -> list[tuple[str, str]]:
    """The (source, place) pairs inside a citation: "S019 p. 3; S049" cites two."""
    pairs = (part.strip().partition(" ") for part in content.split(";"))
    return [(source.removeprefix("@"), place.strip()) for source, _, place in pairs]


def citations(text: str) -> list[tuple[str, str]]:
    """Every (source, place) that a text cites."""
    return [pair for match in _CITATION.finditer(text) for pair in cited(match[1])]


def without_citations(text: str) -> str:
    """The text alone."""
    return _CITATION.sub("", text)


def inner_tokens(tokens: Sequence[Token]) -> Iterator[Token]:
    """Every token, those inside lines of text included."""
    for token in tokens:
        yield token
        yield from token.children or ()


def _figure(state: StateBlock, start: int, _end: int, silent: bool) -> bool:
    """A figure's place: a line outside of lists and quotations that holds nothing else."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]]
    match = _FIGURE.fullmatch(line.rstrip())
    if match is None or state.level:
        return False
    if not silent:
        token = state.push("figure", "", 0)
        token.meta = {"id": match[1]}
        token.map = [start, start + 1]
        state.line = start + 1
    return True


def _citation(state: StateInline, silent: bool) -> bool:
    match = _CITATION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("citation", "", 0)
        token.content = match[1]
        token.meta = {"cites": cited(match[1])}
    state.pos = match.end()
    return True


def _term(state: StateInline, silent: bool) -> bool:
    match = _TERM.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    if not silent:
        token = state.push("term", "", 0)
        token.content = (match[2] or "").strip()
        token.meta = {"key": match[1].strip()}
    state.pos = match.end()
    return True


def _anchors(state: StateCore) -> None:
    for opening, inline in pairwise(state.tokens):
        if opening.type != "heading_open" or not inline.children:
            continue
        last = inline.children[-1]
        match = _ANCHOR.search(last.content) if last.type == "text" else None
        if match:
            opening.meta["anchor"] = match[1]
            last.content = last.content[: match.start()]


def _hanging(state: StateCore) -> None:
    """Take away the space before a citation: the mark hangs on the sentence it stands behind."""
    for token in state.tokens:
        for before, after in pairwise(token.children or ()):
            if after.type == "citation" and before.type == "text":
                before.content = before.content.rstrip(" ")


def _pictures(state: StateCore) -> None:
    """A paragraph outside of lists and quotations that begins with a picture is that picture, the rest its caption."""
    made: list[Token] = []
    tokens = iter(state.tokens)
    for token in tokens:
        made.append(token)
        if token.type == "paragraph_open" and not token.level:
            inline = next(tokens)
            if (picture := _picture_in(inline)) is None:
                made.append(inline)
            else:
                made[-1] = picture
                next(tokens)
    state.tokens = made


def _picture_in(inline: Token) -> Token | None:
    """The picture that a paragraph is; its children are the end of its line and the caption below."""
    first, *rest = inline.children or [inline]
    if first.type != "image" or (rest and rest[0].type not in {"softbreak", "hardbreak"}):
        return None
    picture = Token("picture", "figure", 0, content=inline.content, map=inline.map, block=True)
    picture.meta = {"address": str(first.attrs.get("src", "")), "alternative": plain(first.children or ())}
    picture.children = rest
    return picture


def plain(tokens: Sequence[Token]) -> str:
    """The words of some inline tokens, without marks."""
    return "".join(_words(token) for token in tokens)


def _words(token: Token) -> str:
    if token.type in {"text", "code_inline", "term"}:
        return token.content
    return " " if token.type in {"softbreak", "hardbreak"} else ""
