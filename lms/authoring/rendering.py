"""A text as trainers read it: what participants see, the places that need review marked, in one language or two."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from lms.catalogue.publication import render_unit
from lms.catalogue.queries import Term
from lms.catalogue.render import PageContext, sanitise
from lms.catalogue.stored import stored_html
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Question, UnitKind

from .queries import StoredText

_SECTION = re.compile(r'(?=<h2 id="([^"]*)")')


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a text, from its heading to the next; the anchor is empty before the first heading."""

    anchor: str
    html: Markup


@dataclass(frozen=True, slots=True)
class Source:
    """An entry of the list of sources; `marked` says that the text has a mark to lead back to."""

    number: int
    key: str
    html: Markup
    marked: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One text on the page. `ids` stands before every id in it."""

    language: str
    ids: str
    content_note: str
    written_alternative: str
    key_points: Sequence[Markup]
    parts: Sequence[Part]
    institutions: Mapping[str, Markup]
    sources: Sequence[Source]
    terms: Sequence[Term]
    questions: Sequence[Question]
    marks: int

    def source(self, cite: str) -> Source | None:
        """The entry that a question cites; a place may stand after the id."""
        return next((source for source in self.sources if source.key == cite.partition(" ")[0]), None)


def show(
    kind: UnitKind,
    text: StoredText,
    sources: Iterable[Mapping[str, Any]],
    terms: Iterable[Mapping[str, Any]],
    ids: str = "",
    *,
    media: Iterable[Mapping[str, Any]] = (),
) -> Shown:
    """Render a text anew from what was stored of it; raises KeyError for a source or term that is not given."""
    known = (
        {str(source["id"]): source for source in sources},
        {str(term["key"]): term for term in terms},
        {str(entry["id"]): entry for entry in media},
    )
    page = render_unit(kind, text.document, PageContext(text.language, *known, for_trainers=True))
    said = [page["html"], *page["key_points"], *(words for _name, words in page["for_your_institution"])]
    whole = "".join(said)
    return Shown(
        language=text.language,
        ids=ids,
        content_note=page["content_note"],
        written_alternative=page["written_alternative"],
        key_points=[_safe(point, ids) for point in page["key_points"]],
        parts=_parts(page["html"], ids),
        institutions={name: _safe(words, ids) for name, words in page["for_your_institution"]},
        sources=[
            Source(cited["number"], cited["source"], stored_html(cited["html"]), f'id="r{cited["number"]}"' in whole)
            for cited in page["citations"]
        ],
        terms=[Term(**term) for term in page["terms"]],
        questions=tuple(kind.questions(text.document)),
        marks=page["needs_review"],
    )


def _safe(html: str, ids: str) -> Markup:
    return stored_html(sanitise(html, ids))


def _parts(html: str, ids: str) -> list[Part]:
    """A piece that a plugin's markup leaves open at a heading is closed by being sanitised."""
    pieces = _SECTION.split(html)
    anchors, texts = ["", *pieces[1::2]], pieces[0::2]
    return [Part(anchor, _safe(text, ids)) for anchor, text in zip(anchors, texts, strict=True) if text.strip()]


@dataclass(frozen=True, slots=True)
class Beside:
    """The same place of a text in both languages; a side is empty where it has no such place."""

    source: Markup | str
    translation: Markup | str


def parts_beside(source: Shown, translation: Shown) -> list[Beside]:
    """Section by section: by anchor, which is the same in both; a section of the translation alone comes last."""
    theirs = {part.anchor: part.html for part in translation.parts}
    rows = [Beside(part.html, theirs.pop(part.anchor, "")) for part in source.parts]
    return [*rows, *(Beside("", html) for html in theirs.values())]


def beside(source: Sequence[Markup], translation: Sequence[Markup]) -> list[Beside]:
    """Entry by entry of two lists."""
    return [Beside(*pair) for pair in zip_longest(source, translation, fillvalue="")]


def questions_beside(source: Shown, translation: Shown) -> list[tuple[Question, Question | None]]:
    """Question by question."""
    theirs = {question.id: question for question in translation.questions}
    return [(question, theirs.get(question.id)) for question in source.questions]
