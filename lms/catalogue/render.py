"""Course texts to HTML, once, when they are published. What comes out is sanitised and stays as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from lms.plugins.unit_kind import Citation, DefinedTerm, RenderedUnit, Section

from .figures.figure import figure_html
from .labels import label
from .markdown import NEEDS_REVIEW, parser, plain
from .media import html as media
from .rules.media import mentioned
from .rules.texts import localised
from .sanitising import sanitise as sanitise
from .stored import source_html as source_html

_WORD = re.compile(r"\w+(?:[’'-]\w+)*")
# Browsers break a line on either side of a button. What touches a term stays with it: marks of opening before it; marks
# of closing and footnotes after it.
_TOUCHING = re.compile(
    r"((?:[«“‘(¿¡][\u202f\xa0]?){0,9})"
    r'(<button class="term"[^>]*>[^<]*</button>)'
    r"((?:[\u202f\xa0]?[»”’).,;:!?…]){0,9}(?:[\xa0]?<a class=\"ref\"[^>]*>[0-9]+</a>)*)"
)


class PageContext:
    """One unit on its way to the page: renders its texts and remembers citations, terms and sections in order."""

    def __init__(
        self,
        language: str,
        sources: Mapping[str, Mapping[str, Any]],
        terms: Mapping[str, Mapping[str, Any]],
        media: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        for_trainers: bool = False,
        beside: str = "",
    ) -> None:
        self.language = language
        self.beside = beside
        """What leads from the address of the page to where other units stand, for a page that does not stand there."""
        self.sources, self.glossary, self.for_trainers = sources, terms, for_trainers
        self.media = media or {}
        self.numbers: dict[str, int] = {}
        self.uses: dict[str, int] = {}
        self.defined: list[str] = []
        self.sections: list[Section] = []
        self.figures: Mapping[str, Mapping[str, Any]] = {}
        self.words = 0
        self.tables = 0
        self.needs_review = 0
        self._markdown = parser()
        self._renderer = _Renderer(self)

    def prose(self, markdown: str) -> str:
        """Paragraphs, lists, tables, headings, and the unit's figures at their places."""
        tokens = self._markdown.parse(markdown)
        self.words += sum(len(_WORD.findall(plain(token.children))) for token in tokens if token.children)
        return _held_together(self._renderer.render(tokens, self._markdown.options, {}))

    def inline(self, markdown: str) -> str:
        """One line of text without a paragraph around it."""
        tokens = self._markdown.parseInline(markdown)
        self.words += sum(len(_WORD.findall(plain(token.children))) for token in tokens if token.children)
        return _held_together(self._renderer.render(tokens, self._markdown.options, {}))

    def figure(self, key: str) -> str:
        """One of the unit's figures, drawn and in words; nothing for one that an outdated translation still names."""
        data = self.figures.get(key)
        return figure_html(data, self.language, self.inline(data["text"])) if data else ""

    def medium(self, address: str) -> Mapping[str, Any]:
        """What the course says of the picture or document that a text names by media/<id>; nothing for any other."""
        return self.media.get(mentioned(address) or "", {})

    def heading(self, anchor: str, label: str) -> str:
        """A second-level heading from the catalogue of labels."""
        title = self.label(label)
        self.sections.append(Section(anchor, title))
        return f'<h2 id="{escape(anchor)}">{escape(title)}</h2>\n'

    def label(self, key: str) -> str:
        """A few words of ours in the language of the text."""
        return label(key, self.language)

    def rendered(self, html: str) -> RenderedUnit:
        """Sanitise `html` and hand it back with everything remembered."""
        return RenderedUnit(
            html=sanitise(html),
            sections=tuple(self.sections),
            citations=tuple(
                Citation(number, key, source_html(self.sources[key], self.language))
                for key, number in self.numbers.items()
            ),
            terms=tuple(self._definition(key) for key in self.defined),
            words=self.words,
            needs_review=self.needs_review,
        )

    def cite(self, source: str, place: str) -> str:
        """A footnote mark; the first of a source is r1, the next r1b, r1c, …"""
        number = self.number(source)
        self.uses[source] = use = self.uses.get(source, 0) + 1
        spoken = self.label("source").format(number) + (f", {place}" if place else "")
        place_of = f'id="r{number}{_letters(use)}" href="#s{number}"'
        return f'<a class="ref" {place_of} role="doc-noteref" aria-label="{escape(spoken)}">{number}</a>'

    def number(self, source: str) -> int:
        """The number of a source on this page, given at its first mention."""
        return self.numbers.setdefault(source, len(self.numbers) + 1)

    def review(self) -> str:
        """A mark that only trainers see: this has no source yet."""
        self.needs_review += 1
        mark = f'<span class="review">{escape(self.label("needs-review"))}</span>'
        return mark if self.for_trainers else ""

    def term(self, key: str, shown: str) -> str:
        """A glossary term: a button at its first use in a unit, plain words after that."""
        words = escape(shown or localised(self.glossary[key]["term"], self.language))
        if key in self.defined:
            return words
        self.defined.append(key)
        return f'<button class="term" type="button" popovertarget="t-{escape(key)}">{words}</button>'

    def _definition(self, key: str) -> DefinedTerm:
        entry = self.glossary[key]
        cites = [str(cite).partition(" ")[0] for cite in entry.get("cites", ())]
        titles = "; ".join(str(self.sources[cite]["title"]) for cite in cites)
        term, definition = (localised(entry[part], self.language) for part in ("term", "definition"))
        return DefinedTerm(key, term, definition, titles)


class _Renderer(RendererHTML):
    """HTML of our tokens; the names of the methods are the types of the tokens."""

    def __init__(self, page: PageContext) -> None:
        super().__init__()
        self.page = page
        self._links: list[str] = []

    def citation(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """Footnote marks, one for each source, on one line."""
        pairs = tokens[at].meta["cites"]
        return "\xa0".join(
            self.page.review() if source == NEEDS_REVIEW else self.page.cite(source, place) for source, place in pairs
        )

    def term(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A glossary term."""
        return self.page.term(tokens[at].meta["key"], tokens[at].content)

    def figure(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A figure at its place."""
        return self.page.figure(tokens[at].meta["id"])

    def heading_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A heading with its anchor, noted for the contents list."""
        token, anchor = tokens[at], tokens[at].meta.get("anchor", "")
        if not anchor:
            return f"<{token.tag}>"
        self.page.sections.append(Section(anchor, plain(tokens[at + 1].children or ()), int(token.tag[1])))
        return f'<{token.tag} id="{escape(anchor)}">'

    def link_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A link; one that leaves the house does not say where the reader came from."""
        address = str(tokens[at].attrs.get("href", ""))
        document = media.document_link(self.page.medium(address), self.page.language)
        self._links.append(document[1] if document else "")
        if document:
            return f'<a href="{escape(document[0])}">'
        if "://" in address:
            return f'<a href="{escape(address)}" rel="noreferrer">'
        return f'<a href="{escape(address if address.startswith("#") else self.page.beside + address)}">'

    def link_close(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """The end of a link; one to a document says its type and size first."""
        return f"{escape(self._links.pop())}</a>"

    def image(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A picture where none can stand, in a text that is not in order yet: what it shows, in words."""
        return escape(plain(tokens[at].children or ()))

    def picture(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A picture with its caption."""
        token = tokens[at]
        entry = self.page.medium(token.meta["address"])
        caption = self.renderInline((token.children or [])[1:], options, env)
        return media.picture_html(entry, token.meta["alternative"], caption, self.page.language)

    def table_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A table in a box that scrolls by itself on a narrow screen; the second of a text and those after it are told
        apart by their number."""
        self.page.tables += 1
        number = f" {self.page.tables}" if self.page.tables > 1 else ""
        name = escape(self.page.label("scroll") + number)
        return f'<div class="scroll" role="region" tabindex="0" aria-label="{name}"><table>\n'

    def table_close(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """The end of the box."""
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A column's heading."""
        return '<th scope="col">'

    def td_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """A cell; alignment would need inline style, which pages refuse."""
        return "<td>"

    def blockquote_open(self, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType) -> str:
        """Exact words of somebody."""
        return '<blockquote class="pull">\n'


def _held_together(html: str) -> str:
    return _TOUCHING.sub(
        lambda found: f'<span class="whole">{found[0]}</span>' if found[1] or found[3] else found[0], html
    )


def _letters(use: int) -> str:
    """ "" for the first use, then b … z, ba, bb …"""
    if use == 1:
        return ""
    letters = ""
    while use:
        use, rest = divmod(use - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
