"""A text of a draft as its readers would see it, whatever state it is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog

from lms.catalogue.figures.field import figures_of
from lms.catalogue.figures.figure import drawings
from lms.catalogue.publication import render_unit
from lms.catalogue.queries import UnitText, ready_text
from lms.catalogue.render import PageContext
from lms.catalogue.rules.course_files import UnitFile
from lms.catalogue.rules.translation import OF_ITS_OWN, merged
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Question, UnitKind, UnitRefused, UnitSource

from .manuscript import UnitDraft
from .rules.blanks import completed

log = structlog.get_logger("lms.authoring")


@dataclass(frozen=True)
class Preview:
    """The text, its questions with their answers, and the figures that cannot be drawn yet."""

    text: UnitText
    questions: tuple[Question, ...]
    undrawn: tuple[str, ...] = ()


class _Sources(dict[str, Mapping[str, Any]]):
    """A source that is not in the list yet is shown by its id."""

    def __missing__(self, key: str) -> Mapping[str, Any]:
        return {"id": key, "title": key}


class _Terms(dict[str, Mapping[str, Any]]):
    """A term that is not in the glossary yet is shown by its key."""

    def __missing__(self, key: str) -> Mapping[str, Any]:
        return {"key": key, "term": {"en": key}, "definition": {"en": "…"}}


def preview(unit: UnitDraft, file: UnitFile, kind: UnitKind, beside: str = "") -> Preview | None:
    """A file of the unit as it stands or is being typed; None where its kind cannot show it in this state. `beside`
    leads from the page to where other units stand."""
    of = file if file.language == unit.language else merged(unit.original.file, file)
    front = completed(kind.schema, of.front, unit.language)
    undrawn = _undrawn(front, kind, file.language)
    try:
        data = _parsed(kind, UnitFile(file.path, file.key, file.language, front, of.body))
        page = render_unit(kind, data, context_of(unit, file.language, beside))
        questions = tuple(kind.questions(data))
    except Exception as error:  # a plugin's kind may not be ready for a text that is not finished
        log.info("preview.failed", kind=kind.key, error=type(error).__name__)
        return None
    facts = {"revision_id": 0, "unit_id": 0, "substance": "", "content_hash": "", "follows_id": None}
    return Preview(ready_text(page, data, kind=kind.key, language=file.language, **facts), questions, undrawn)


def context_of(unit: UnitDraft, language: str, beside: str = "") -> PageContext:
    """What a text of the unit refers to, as the draft has it."""
    sources = _Sources({str(source["id"]): {"title": source["id"], **source} for source in unit.sources})
    blank: Mapping[str, Any] = {"term": {}, "definition": {}}
    terms = _Terms({str(term["key"]): {**blank, **term} for term in unit.terms})
    for key, term in terms.items():
        if not term["definition"]:
            terms[key] = {**term, "definition": {"en": "…"}}
    media = {str(entry["id"]): entry for entry in unit.media}
    return PageContext(language, sources, terms, media, for_trainers=True, beside=beside)


def _parsed(kind: UnitKind, file: UnitFile) -> dict[str, Any]:
    front = {name: value for name, value in file.front.items() if name not in OF_ITS_OWN}
    try:
        return kind.parse(UnitSource(file.key, file.language, front, file.body))
    except UnitRefused:
        return {**front, "body": file.body} if kind.suffix == ".md" else front


def _undrawn(front: dict[str, Any], kind: UnitKind, language: str) -> tuple[str, ...]:
    """Take out the figures whose data are not complete, and say which."""
    figures = figures_of(front, kind.schema)
    bad = tuple(str(figure.get("id", "")) for figure in figures if not _can_be_drawn(figure, language))
    if bad:
        front["figures"] = [figure for figure in figures if figure.get("id") not in bad]
    return bad


def _can_be_drawn(figure: Mapping[str, Any], language: str) -> bool:
    try:
        drawings(figure, language)
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError):
        return False
    return True
