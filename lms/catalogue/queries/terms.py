"""The glossary of a version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.cache import Kept
from lms.catalogue.models import UnitRevision
from lms.catalogue.rules.glossary import Glossary, GlossaryTerm, TermSource
from lms.catalogue.stored import source_html, stored_html

from .versions import outline

_GLOSSARIES_KEPT = 64

_glossaries: Kept[Glossary] = Kept(_GLOSSARIES_KEPT)


def glossary(session: Session, version_id: int) -> Glossary:
    """The terms of a version: one statement more than its outline when cold, none when warm. Raises NotFound."""
    return _glossaries.get(session, version_id, _read_glossary)


def _read_glossary(session: Session, version_id: int) -> Glossary:
    course = outline(session, version_id)
    units = {unit.revision_id: unit.key for _module, unit in course.units()}
    defined = select(UnitRevision.id, UnitRevision.rendered["terms"]).where(UnitRevision.id.in_(units))
    used = {units[number]: {term["key"] for term in terms} for number, terms in session.execute(defined)}
    sources = {source["id"]: stored_html(source_html(source, course.language)) for source in course.sources}
    return Glossary(
        tuple(
            GlossaryTerm(
                key=entry["key"],
                names=entry["term"],
                standings=entry.get("status", {}),
                definitions=entry["definition"],
                sources=tuple(TermSource(sources[cite], where) for cite, where in _cites(entry)),
                units=tuple(key for key in units.values() if entry["key"] in used.get(key, ())),
            )
            for entry in course.terms
        )
    )


def _cites(entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for cite in entry.get("cites", ()):
        source, _, where = str(cite).partition(" ")
        yield source, where
