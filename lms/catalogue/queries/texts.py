"""The texts of units, ready for their pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.cache import Kept
from lms.catalogue.models import UnitRevision
from lms.catalogue.rules.scoring import Scoring, scoring_of
from lms.catalogue.stored import stored_html
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Section

_TEXT_BYTES_KEPT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class CitedSource:
    """An entry of a unit's list of sources; `source` is its id in the course's files.

    `marked` says that the page has a first mark to lead back to (#r and the number).
    """

    number: int
    source: str
    html: Markup
    marked: bool


@dataclass(frozen=True, slots=True)
class Term:
    """A glossary term as this unit uses it."""

    key: str
    term: str
    definition: str
    source: str


@dataclass(frozen=True, slots=True)
class UnitText:
    """One text of a unit, ready for the page; `data` is what its kind parsed and may hold answers."""

    revision_id: int
    unit_id: int
    kind: str
    language: str
    substance: str
    content_hash: str
    follows_id: int | None
    html: Markup
    sections: tuple[Section, ...]
    citations: tuple[CitedSource, ...]
    terms: tuple[Term, ...]
    key_points: tuple[Markup, ...]
    content_note: str
    written_alternative: str
    for_your_institution: Mapping[str, Markup]
    scoring: Scoring | None
    words: int
    data: Mapping[str, Any] = field(repr=False)

    def cited(self, source: str) -> CitedSource | None:
        """The entry of a source, for the explanation of a question; accepts a place after the id."""
        wanted = source.partition(" ")[0]
        return next((entry for entry in self.citations if entry.source == wanted), None)


_texts: Kept[UnitText] = Kept(_TEXT_BYTES_KEPT, lambda text: 4096 + 4 * len(text.html))


def unit_text(session: Session, revision_id: int) -> UnitText:
    """One text: one statement when cold, none when warm. Raises NotFound."""
    return _texts.get(session, revision_id, _read_text)


def _read_text(session: Session, revision_id: int) -> UnitText:
    revision = session.execute(select(UnitRevision).where(UnitRevision.id == revision_id)).scalar_one_or_none()
    if revision is None:
        raise NotFound("There is no such text.")
    return ready_text(
        revision.rendered,
        revision.document,
        revision_id=revision.id,
        unit_id=revision.unit_id,
        kind=revision.kind,
        language=revision.language,
        substance=revision.substance,
        content_hash=revision.content_hash,
        follows_id=revision.follows_id,
    )


def ready_text(page: Mapping[str, Any], data: Mapping[str, Any], **facts: Any) -> UnitText:
    """What was rendered of a unit, as its page takes it; `facts` are the other fields of a UnitText."""
    return UnitText(
        **facts,
        html=stored_html(page["html"]),
        sections=tuple(Section(**section) for section in page["sections"]),
        citations=tuple(_citations(page)),
        terms=tuple(Term(**term) for term in page["terms"]),
        key_points=tuple(stored_html(point) for point in page["key_points"]),
        content_note=page["content_note"],
        written_alternative=page.get("written_alternative", ""),
        for_your_institution={name: stored_html(text) for name, text in page["for_your_institution"]},
        scoring=scoring_of(page["scoring"]) if "scoring" in page else None,
        words=page["words"],
        data=data,
    )


def _citations(page: Mapping[str, Any]) -> Iterator[CitedSource]:
    shown = "".join([page["html"], *page["key_points"], *(text for _, text in page["for_your_institution"])])
    for entry in page["citations"]:
        marked = f'id="r{entry["number"]}"' in shown
        yield CitedSource(entry["number"], entry["source"], stored_html(entry["html"]), marked)
