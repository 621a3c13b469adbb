"""Published courses as those who work on them see them: which they are, and their texts one by one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.rules.reach import TEACHING, Reach, reach_of
from lms.catalogue import queries as catalogue
from lms.catalogue.models import (
    ConfirmationAct,
    Course,
    CourseVersion,
    TranslationConfirmation,
    Unit,
    UnitRevision,
    VersionModule,
    VersionUnit,
)
from lms.catalogue.queries import Published
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.rules.mandates import Grant, Role
from lms.people.sealing import keys_of, open_if_there
from lms.seminars.models import Edition, EditionVersion


def taught_courses(
    session: Session, grants: Iterable[Grant], roles: Collection[Role] = TEACHING
) -> list[tuple[str, Published]]:
    """The courses that somebody's mandates of these roles reach over, with their newest versions, by slug."""
    reach = reach_of(grants, roles)
    found = catalogue.courses(session)
    if reach.everything:
        return found
    reached = reach.courses | (_read_by(session, reach.editions) if reach.editions else frozenset())
    return [(slug, version) for slug, version in found if slug in reached]


def _read_by(session: Session, editions: frozenset[str]) -> frozenset[str]:
    read = (
        select(Course.slug)
        .join(CourseVersion, CourseVersion.course_id == Course.id)
        .join(EditionVersion, EditionVersion.version_id == CourseVersion.id)
        .join(Edition, Edition.id == EditionVersion.edition_id)
    )
    return frozenset(session.scalars(read.where(Edition.public_id.in_(editions))))


def taught(session: Session, grants: Iterable[Grant], slug: str, roles: Collection[Role] = TEACHING) -> Published:
    """One of those courses; raises NotFound for any other."""
    reach = reach_of(grants, roles)
    reached = _holds(reach, slug) or (bool(reach.editions) and slug in _read_by(session, reach.editions))
    found = catalogue.published(session, slug) if reached else None
    if found is None:
        raise NotFound
    return found


def written(session: Session, grants: Iterable[Grant], slug: str) -> Published:
    """The same of a course that somebody may write; raises NotFound for one that they only read."""
    if not reaches(grants, slug):
        raise NotFound
    return taught(session, grants, slug)


def reaches(grants: Iterable[Grant], slug: str) -> bool:
    """Whether somebody's mandates as trainer or reviewer reach over a course itself, published or not: who has one for
    an edition reads the course and writes nothing in it."""
    return _holds(reach_of(grants), slug)


def _holds(reach: Reach, slug: str) -> bool:
    return reach.everything or slug in reach.courses


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What is counted of a text: its words, and the places that need a source."""

    words: int
    marks: int


def facts_of(session: Session, revision_ids: Iterable[int]) -> dict[int, TextFacts]:
    """The same of several texts by revision, in one statement."""
    words, marks = (UnitRevision.rendered[name].as_integer() for name in ("words", "needs_review"))
    rows = session.execute(select(UnitRevision.id, words, marks).where(UnitRevision.id.in_(set(revision_ids))))
    return {revision_id: TextFacts(words or 0, marks or 0) for revision_id, words, marks in rows}


@dataclass(frozen=True, slots=True)
class StoredText:
    """One text of a unit as it was published: its file, and what its kind parsed from it."""

    revision_id: int
    unit_id: int
    language: str
    content_hash: str
    source: str
    created_at: dt.datetime
    document: Mapping[str, Any] = field(repr=False)


_TEXT = (
    UnitRevision.id, UnitRevision.unit_id, UnitRevision.language, UnitRevision.content_hash, UnitRevision.source,
    UnitRevision.created_at, UnitRevision.document,
)  # fmt: skip


def stored_texts(session: Session, revision_ids: Iterable[int]) -> dict[int, StoredText]:
    """Several texts by revision, in one statement."""
    rows = session.execute(select(*_TEXT).where(UnitRevision.id.in_(set(revision_ids))))
    return {row.id: StoredText(*row) for row in rows}


def originals_of(session: Session, unit_ids: Iterable[int]) -> dict[int, list[StoredText]]:
    """Every text that units ever had in the language they are written in, newest first; one statement."""
    whose = (UnitRevision.unit_id.in_(set(unit_ids)), UnitRevision.follows_id.is_(None))
    found: dict[int, list[StoredText]] = {}
    for row in session.execute(select(*_TEXT).where(*whose).order_by(UnitRevision.id.desc())):
        found.setdefault(row.unit_id, []).append(StoredText(*row))
    return found


def published_with(session: Session, revision_id: int) -> int:
    """The newest version of the course that wrote a text, of those that have it; raises NotFound."""
    own = (
        select(func.max(VersionModule.version_id))
        .join(VersionUnit, VersionUnit.module_id == VersionModule.id)
        .join(CourseVersion, CourseVersion.id == VersionModule.version_id)
        .join(Unit, (Unit.id == VersionUnit.unit_id) & (Unit.course_id == CourseVersion.course_id))
    )
    found = session.scalar(own.where(VersionUnit.revision_id == revision_id))
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Cited:
    """A source as a text cites it: its id in the course's files, and its number on the page."""

    source: str
    number: int


def cited_in(session: Session, revision_ids: Iterable[int]) -> dict[int, list[Cited]]:
    """What several texts cite, by revision, in one statement."""
    cited = select(UnitRevision.id, UnitRevision.rendered["citations"]).where(UnitRevision.id.in_(set(revision_ids)))
    return {
        revision_id: [Cited(one["source"], one["number"]) for one in found or ()]
        for revision_id, found in session.execute(cited)
    }


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody with the mandate for it said of one text of a translation."""

    act: ConfirmationAct
    person_id: int
    at: dt.datetime
    reason: str


def said_of(session: Session, revision_ids: Iterable[int]) -> dict[int, list[Said]]:
    """Everything that was said of several texts, in order; the reasons of whoever is erased are gone."""
    said = TranslationConfirmation
    rows = session.scalars(select(said).where(said.revision_id.in_(set(revision_ids))).order_by(said.id)).all()
    keys = keys_of(session, {row.person_id for row in rows if row.sealed_reason}) if rows else {}
    found: dict[int, list[Said]] = {}
    for row in rows:
        place = catalogue.reason_place(row.revision_id, row.at)
        reason = open_if_there(keys.get(row.person_id), row.sealed_reason, place)
        found.setdefault(row.revision_id, []).append(Said(row.act, row.person_id, row.at, reason))
    return found
