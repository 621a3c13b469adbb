"""Every question about published courses. Versions and revisions never change, so the answers are kept in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.plugins.unit_kind import Section

from .cache import Kept
from .models import (
    ConfirmationAct,
    Course,
    CourseVersion,
    TranslationConfirmation,
    Unit,
    UnitRevision,
    VersionModule,
    VersionUnit,
)
from .render import source_html, stored_html
from .rules.glossary import Glossary, GlossaryTerm, TermSource
from .rules.outline import Outline, OutlineModule, OutlineUnit, Translation, completion_rule
from .rules.scoring import Scoring, scoring_of

_OUTLINES_KEPT = 64
_TEXT_BYTES_KEPT = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Published:
    """The newest version of a course."""

    course_id: int
    version_id: int
    number: str
    title: Mapping[str, str]
    published_at: dt.datetime


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


_outlines: Kept[Outline] = Kept(_OUTLINES_KEPT)
_glossaries: Kept[Glossary] = Kept(_OUTLINES_KEPT)
_texts: Kept[UnitText] = Kept(_TEXT_BYTES_KEPT, lambda text: 4096 + 4 * len(text.html))


def published(session: Session, course_slug: str) -> Published | None:
    """The newest version of a course."""
    row = session.execute(
        select(
            CourseVersion.course_id,
            CourseVersion.id,
            CourseVersion.major,
            CourseVersion.minor,
            CourseVersion.title,
            CourseVersion.published_at,
        )
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == course_slug)
        .order_by(CourseVersion.major.desc(), CourseVersion.minor.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    return Published(row.course_id, row.id, f"{row.major}.{row.minor}", row.title, row.published_at)


def courses(session: Session) -> list[tuple[str, Published]]:
    """Every course with its newest version, by slug."""
    slugs = session.scalars(select(Course.slug).order_by(Course.slug)).all()
    found = ((slug, published(session, slug)) for slug in slugs)
    return [(slug, version) for slug, version in found if version]


def reusable_modules(session: Session) -> dict[str, int]:
    """Modules other courses may reuse, as "course/module" → row of the newest version that has it."""
    newest: dict[str, int] = {}
    rows = session.execute(
        select(Course.slug, VersionModule.key, VersionModule.id)
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .join(Course, Course.id == CourseVersion.course_id)
        .order_by(CourseVersion.major, CourseVersion.minor)
    )
    for slug, key, module_id in rows:
        newest[f"{slug}/{key}"] = module_id
    return newest


def outline(session: Session, version_id: int) -> Outline:
    """A version from end to end: two statements when cold, none when warm. Raises NotFound."""
    return _outlines.get(session, version_id, _read_outline)


def unit_text(session: Session, revision_id: int) -> UnitText:
    """One text: one statement when cold, none when warm. Raises NotFound."""
    return _texts.get(session, revision_id, _read_text)


def is_confirmed(session: Session, translation: Translation) -> bool:
    """Whether a native reader stands behind a translation: said in its file, or here and not taken back. One statement
    on an index, and none where the file says it."""
    return translation.confirmed_in_file or last_word(session, translation.revision_id) is ConfirmationAct.CONFIRMED


def last_word(session: Session, revision_id: int) -> ConfirmationAct | None:
    """What was last said here of a translation's text."""
    said = select(TranslationConfirmation.act).where(TranslationConfirmation.revision_id == revision_id)
    return session.scalar(said.order_by(TranslationConfirmation.id.desc()).limit(1))


def reason_place(revision_id: int, at: dt.datetime) -> str:
    """Where the reason for taking a confirmation back belongs."""
    return f"lms_translation_confirmation:reason:{revision_id}:{at.astimezone(dt.UTC).isoformat()}"


def glossary(session: Session, version_id: int) -> Glossary:
    """The terms of a version: one statement more than its outline when cold, none when warm. Raises NotFound."""
    return _glossaries.get(session, version_id, _read_glossary)


def unit_sources(session: Session, version_id: int) -> dict[str, str]:
    """The files of a version's own units, by path."""
    documents = session.scalars(select(VersionModule.document).where(VersionModule.version_id == version_id)).all()
    listings = [unit for document in documents if not document["used_from"] for unit in document["units"].values()]
    texts = [text for unit in listings for text in (unit, *unit["translations"].values())]
    paths = {text["revision_id"]: text["path"] for text in texts}
    query = select(UnitRevision.id, UnitRevision.source).where(UnitRevision.id.in_(paths))
    return {paths[revision_id]: source for revision_id, source in session.execute(query)}


def _read_outline(session: Session, version_id: int) -> Outline:
    head = session.execute(
        select(CourseVersion, Course.slug)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(CourseVersion.id == version_id)
    ).first()
    if head is None:
        raise NotFound("There is no such version of a course.")
    version, slug = head
    modules = tuple(_modules(session, version_id))
    course = version.document["course"]
    return Outline(
        version_id=version.id,
        course_id=version.course_id,
        slug=slug,
        number=f"{version.major}.{version.minor}",
        content_hash=version.content_hash,
        language=course["language"],
        title=version.title,
        description=course["description"],
        pass_mark=version.document["pass_mark"],
        rule=completion_rule(version.rule, tuple(module.key for module in modules)),
        modules=modules,
        terms=tuple(version.document["terms"]),
        sources=tuple(version.document["sources"]),
    )


def _modules(session: Session, version_id: int) -> list[OutlineModule]:
    rows = session.execute(
        select(
            VersionModule.id, VersionModule.key, VersionModule.document,
            Unit.id.label("unit_id"), Unit.key.label("unit"),
            UnitRevision.id.label("revision_id"), UnitRevision.kind, UnitRevision.substance, UnitRevision.language,
        )
        .join(VersionUnit, VersionUnit.module_id == VersionModule.id)
        .join(Unit, Unit.id == VersionUnit.unit_id)
        .join(UnitRevision, UnitRevision.id == VersionUnit.revision_id)
        .where(VersionModule.version_id == version_id)
        .order_by(VersionModule.position, VersionUnit.position)
    )  # fmt: skip
    by_module: dict[int, list[Any]] = {}
    for row in rows:
        by_module.setdefault(row.id, []).append(row)
    return [_module(rows) for rows in by_module.values()]


def _module(rows: list[Any]) -> OutlineModule:
    document = rows[0].document
    return OutlineModule(
        key=rows[0].key,
        title=document["title"],
        objectives=tuple(document["objectives"]),
        pass_mark=document["pass_mark"],
        after=tuple(document["after"]),
        units=tuple(_unit(row, document["units"][row.unit]) for row in rows),
        used_from=document["used_from"],
    )


def _unit(row: Any, listing: Mapping[str, Any]) -> OutlineUnit:
    return OutlineUnit(
        id=row.unit_id,
        key=row.unit,
        kind=row.kind,
        title=listing["title"],
        minutes=listing["minutes"],
        substance=row.substance,
        pass_mark=listing["pass_mark"],
        questions=listing["questions"],
        revision_id=row.revision_id,
        language=row.language,
        translations={
            language: Translation(found["revision_id"], found["stale"], found["status"])
            for language, found in listing["translations"].items()
        },
    )


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


def _read_text(session: Session, revision_id: int) -> UnitText:
    revision = session.execute(select(UnitRevision).where(UnitRevision.id == revision_id)).scalar_one_or_none()
    if revision is None:
        raise NotFound("There is no such text.")
    page = revision.rendered
    return UnitText(
        revision_id=revision.id,
        unit_id=revision.unit_id,
        kind=revision.kind,
        language=revision.language,
        substance=revision.substance,
        content_hash=revision.content_hash,
        follows_id=revision.follows_id,
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
        data=revision.document,
    )


def _citations(page: Mapping[str, Any]) -> Iterator[CitedSource]:
    shown = "".join([page["html"], *page["key_points"], *(text for _, text in page["for_your_institution"])])
    for entry in page["citations"]:
        marked = f'id="r{entry["number"]}"' in shown
        yield CitedSource(entry["number"], entry["source"], stored_html(entry["html"]), marked)
