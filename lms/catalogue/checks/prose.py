"""One Markdown text: what it may hold, what it points to, and whether its facts cite a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field
from itertools import pairwise

from markdown_it.token import Token

from lms.catalogue.markdown import NEEDS_REVIEW, inner_tokens, parser, plain
from lms.catalogue.rules.facts import stated_fact
from lms.catalogue.rules.media import mentioned
from lms.kernel.values import dataclass

_ANCHOR = re.compile(r"[a-z0-9][a-z0-9-]*")
_SPACES = re.compile(r"[^a-z0-9]+")
_parse = parser(html=True).parse


@dataclass(frozen=True, slots=True)
class Remark:
    """A mistake at a line of the text (from 0)."""

    line: int
    what: str
    cure: str


@dataclass
class Prose:
    """What a text holds, for checks that need the rest of the course, with lines from 0."""

    remarks: list[Remark] = field(default_factory=list)
    cites: list[tuple[int, str]] = field(default_factory=list)
    terms: list[tuple[int, str]] = field(default_factory=list)
    links: list[tuple[int, str]] = field(default_factory=list)
    anchors: list[tuple[int, str]] = field(default_factory=list)
    figures: list[tuple[int, str]] = field(default_factory=list)
    pictures: list[tuple[int, str]] = field(default_factory=list)

    def wrong(self, line: int, what: str, cure: str) -> None:
        """Note a mistake."""
        self.remarks.append(Remark(line, what, cure))


def read_prose(markdown: str, language: str, *, one_paragraph: bool = False) -> Prose:
    """Everything a text holds and everything wrong with it by itself; `language` is the one it is in."""
    tokens = _parse(markdown)
    prose = Prose()
    if one_paragraph and [token.type for token in tokens] != ["paragraph_open", "inline", "paragraph_close"]:
        prose.wrong(0, "this field takes one paragraph", "leave lists, headings and blank lines out, or use the body")
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            _heading(prose, opening, inline)
    for line, token in _with_lines(tokens):
        _token(prose, line, token)
    for line, group in _groups(tokens):
        _cited(prose, line, group, language)
    return prose


def _with_lines(tokens: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    for token in tokens:
        line = token.map[0] if token.map else 0
        for inner in inner_tokens([token]):
            yield line, inner
            line += inner.type in {"softbreak", "hardbreak"}


def _heading(prose: Prose, opening: Token, inline: Token) -> None:
    line, anchor = (opening.map or [0])[0], opening.meta.get("anchor", "")
    words = plain(inline.children or ())
    if opening.tag not in {"h2", "h3"}:
        prose.wrong(line, f"“{words}” is a heading of level {opening.tag[1]}", "use ## or ###; the title is level 1")
    if not _ANCHOR.fullmatch(anchor):
        suggestion = _SPACES.sub("-", words.lower()).strip("-")[:40] or "name"
        prose.wrong(line, f"the heading “{words}” has no anchor", f"end it with {{#{suggestion}}}")
    elif anchor in (known for _, known in prose.anchors):
        prose.wrong(line, f"the anchor “{anchor}” stands here twice", "rename one")
    prose.anchors.append((line, anchor))


def _token(prose: Prose, line: int, token: Token) -> None:
    if token.type in {"html_block", "html_inline"}:
        prose.wrong(line, f"there is HTML: {token.content.strip()[:40]}", "use Markdown; write < as \\<")
    elif token.type == "picture":
        _picture(prose, line, token)
    elif token.type == "image":
        cure = "write ![what it shows](media/id) at the start of a paragraph of its own, and its caption below"
        prose.wrong(line, "there is a picture where none can stand", cure)
    elif token.type == "citation":
        prose.cites += [(line, source) for source, _ in token.meta["cites"]]
    elif token.type == "term":
        prose.terms.append((line, token.meta["key"]))
    elif token.type == "figure":
        prose.figures.append((line, token.meta["id"]))
    elif token.type == "link_open":
        prose.links.append((line, str(token.attrs.get("href", ""))))
    elif token.type == "text" and "{{" in token.content:
        cure = "write {{figure: its id}} at the start of a line, with a blank line before and after"
        prose.wrong(line, f"“{token.content.strip()[:40]}” is no place for a figure", cure)
    elif token.type == "text" and re.search(r"\]\(|\[@|\[\[", token.content):
        prose.wrong(
            line, f"“{token.content.strip()[:40]}” was not understood", "check brackets and the address of the link"
        )


def _picture(prose: Prose, line: int, token: Token) -> None:
    address = str(token.meta["address"])
    key = mentioned(address)
    if key is None:
        cure = "give the picture an entry in media.yaml, and write media/ and its id"
        prose.wrong(line, f"the picture “{address}” is none of this course", cure)
    else:
        prose.pictures.append((line, key))
    if not str(token.meta["alternative"]).strip():
        cure = "say between ![ and ] what it shows, for those who do not see it"
        prose.wrong(line, "the picture has no text alternative", cure)


def _groups(tokens: Sequence[Token]) -> Iterator[tuple[int, list[Token]]]:
    """Paragraphs, captions, rows of tables and whole quotations; each must cite what it states. Headings do not."""
    group: list[Token] = []
    inside = 0
    for before, token in zip([None, *tokens], tokens, strict=False):
        inside += (token.type in {"blockquote_open", "tr_open"}) - (token.type in {"blockquote_close", "tr_close"})
        if (
            token.type in {"inline", "picture"}
            and before is not None
            and before.type not in {"heading_open", "th_open"}
        ):
            group.append(token)
        if group and not inside:
            yield (group[0].map or [0])[0], group
            group = []


def _cited(prose: Prose, line: int, group: list[Token], language: str) -> None:
    fact = stated_fact(_without_source(group), language)
    if fact:
        prose.wrong(
            line,
            f"“{fact}” is stated without a source",
            f"cite one, such as [@S019 p. 3], or mark it [@{NEEDS_REVIEW}]",
        )


def _without_source(group: list[Token]) -> str:
    """What no citation stands behind: of a paragraph what follows the last one; of a row or a quotation that has one
    anywhere, nothing."""
    children = [child for token in group for child in token.children or ()]
    cites = [place for place, child in enumerate(children) if child.type == "citation"]
    if cites and len(group) > 1:
        return ""
    return " ".join(plain(token.children or ()) for token in group) if not cites else plain(children[cites[-1] + 1 :])
