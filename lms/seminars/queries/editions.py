"""Editions, the version each reads, and the people in them who are no participants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, Table, bindparam, exists, false, or_, select, true
from sqlalchemy import cast as cast_as
from sqlalchemy.orm import Session

from lms.catalogue.models import ChangeKind, Course, CourseVersion
from lms.catalogue.rules.texts import localised
from lms.kernel.db import ask
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.models import Institution, Person
from lms.people.rules import Scope
from lms.people.rules.names import folded
from lms.seminars.models import AttendanceClosing, Edition, EditionCompanion, EditionVersion, Enrolment
from lms.seminars.rules import COUNTED, AttendanceStands, Companion, EditionKind, attendance_asked, coordinates
from lms.seminars.rules.deadlines import is_over

from .enrolments import visible_to


@dataclass(frozen=True)
class EditionRow:
    """An edition as lists and headings show it."""

    id: int
    public_id: str
    title: str
    kind: EditionKind
    place: str
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    deadline_at: dt.datetime
    closed_at: dt.datetime | None

    def attendance(self, at: dt.datetime) -> AttendanceStands:
        """How its attendance stands at an instant."""
        if self.closed_at is not None:
            return AttendanceStands.CLOSED
        return AttendanceStands.NOT_CLOSED if is_over(self.ends_on, self.zone, at) else AttendanceStands.OPEN


_COLUMNS = (
    Edition.id,
    Edition.public_id,
    Edition.title,
    Edition.kind,
    Edition.place,
    Edition.starts_on,
    Edition.ends_on,
    Edition.zone,
    Edition.deadline_at,
    AttendanceClosing.at.label("closed_at"),
)


def may_be_running(at: dt.datetime) -> ColumnElement[bool]:
    """What holds of every edition that is not over, wherever it is held; `rules.deadlines.is_over` tells of one."""
    return Edition.ends_on >= (at - dt.timedelta(days=1)).date()


def _rows() -> Select[*tuple[Any, ...]]:
    return select(*_COLUMNS).outerjoin(AttendanceClosing, AttendanceClosing.edition_id == Edition.id)


def editions_visible(session: Session, scope: Scope) -> list[EditionRow]:
    """The editions in which this scope shows anyone, and those it coordinates; the latest first."""
    counts = () if scope.counts_only else (Enrolment.state.in_(COUNTED),)  # as on the edition's own page
    seen = Edition.id.in_(select(Enrolment.edition_id).where(visible_to(scope), *counts))
    found = _rows().where(or_(_coordinated(scope), seen)).order_by(Edition.starts_on.desc(), Edition.id.desc())
    return [EditionRow(**row) for row in session.execute(found).mappings()]


def later_editions(session: Session, edition: Edition, scope: Scope) -> list[EditionRow]:
    """The editions that begin after this one, are coordinated by this scope and open; the next one first."""
    after = _rows().where(_coordinated(scope), Edition.starts_on > edition.starts_on, AttendanceClosing.at.is_(None))
    return [EditionRow(**row) for row in session.execute(after.order_by(Edition.starts_on, Edition.id)).mappings()]


def editions_of_course(session: Session, course_id: int) -> list[EditionRow]:
    """The editions of a course, the latest first, without their people: for whoever works on its texts."""
    found = _rows().where(Edition.course_id == course_id).order_by(Edition.starts_on.desc(), Edition.id.desc())
    return [EditionRow(**row) for row in session.execute(found).mappings()]


def _coordinated(scope: Scope) -> ColumnElement[bool]:
    if scope.counts_only:
        return false()
    return true() if scope.everything else Edition.public_id.in_(scope.editions)


def edition_by_public_id(session: Session, public_id: str) -> Edition:
    """The edition; raises NotFound."""
    found = session.scalar(select(Edition).where(Edition.public_id == public_id))
    if found is None:
        raise NotFound
    return found


def edition_of(session: Session, public_id: str, scope: Scope) -> Edition:
    """The edition for somebody who coordinates it; for everyone else there is none (NotFound)."""
    if not coordinates(scope, public_id):
        raise NotFound
    return edition_by_public_id(session, public_id)


def edition_to_read(session: Session, public_id: str, scope: Scope) -> Edition:
    """The edition for somebody who is in it, as participant or companion, or coordinates it; raises NotFound."""
    edition = edition_by_public_id(session, public_id)
    theirs = (Enrolment.edition_id == edition.id, Enrolment.person_id == scope.person_id, Enrolment.state.in_(COUNTED))
    beside = (EditionCompanion.edition_id == edition.id, EditionCompanion.person_id == scope.person_id)
    inside = or_(exists().where(*theirs), exists().where(*beside))
    if not coordinates(scope, public_id) and not session.scalar(select(inside)):
        raise NotFound
    return edition


# Built once, of tables, as the pages of an edition ask it each time: see `lms.people.queries.viewers`.
_reads, _newer = (cast(Table, model.__table__) for model in (EditionVersion, CourseVersion))
_LAST = (
    select(_reads.c.version_id)
    .where(_reads.c.edition_id == bindparam("edition_id"))
    .order_by(_reads.c.id.desc())
    .limit(1)
)


def version_in_force(session: Session, edition_id: int) -> int:
    """The course version this edition reads now: the last one written down. Editorial ones are by `follow_editorial`.

    Raises NotFound for an edition that is not there.
    """
    version: int | None = ask(session, _LAST, {"edition_id": edition_id}).scalar()
    if version is None:
        raise NotFound
    return version


def asked_in(session: Session, edition_id: int) -> int:
    """Percent of half-days that the version an edition reads now asks for; 0 where it asks for none."""
    return attendance_asked(session.get_one(CourseVersion, version_in_force(session, edition_id)).rule)


def course_versions(session: Session, course_id: int) -> list[CourseVersion]:
    """Every version of a course, the latest first."""
    every = select(CourseVersion).where(CourseVersion.course_id == course_id)
    return list(session.scalars(every.order_by(CourseVersion.major.desc(), CourseVersion.minor.desc())))


_present = _newer.alias()


def version_waiting(present: ColumnElement[int]) -> ColumnElement[str | None]:
    """The number of the newest version that an edition which reads this one reads only by its coordinator's act, if
    there is one: as a part of the statement that speaks of the edition."""
    return (
        select(cast_as(_newer.c.major, String) + "." + cast_as(_newer.c.minor, String))
        .join(_present, (_present.c.course_id == _newer.c.course_id) & (_newer.c.major > _present.c.major))
        .where(_present.c.id == present)
        .order_by(_newer.c.major.desc(), _newer.c.minor.desc())
        .limit(1)
        .scalar_subquery()
    )


@dataclass(frozen=True, slots=True)
class VersionRead:
    """That an edition reads a version since then; the last row is in force. `id` is the row's own."""

    id: int
    version_id: int
    number: str
    change: ChangeKind
    summary: Mapping[str, str]
    published_at: dt.datetime
    since: dt.datetime
    by: str | None


def versions_so_far(session: Session, edition_id: int) -> list[VersionRead]:
    """Every version that an edition has read, in order; one statement."""
    version = CourseVersion
    rows = session.execute(
        select(EditionVersion, version.major, version.minor, version.change, version.summary, version.published_at)
        .join(version, version.id == EditionVersion.version_id)
        .where(EditionVersion.edition_id == edition_id)
        .order_by(EditionVersion.id)
    )
    return [
        VersionRead(
            row.EditionVersion.id, row.EditionVersion.version_id, f"{row.major}.{row.minor}", row.change,
            row.summary, row.published_at, row.EditionVersion.since, row.EditionVersion.by,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True)
class VersionRow:
    """A version an edition could read; `newer` than the one it reads."""

    number: str
    published_at: dt.datetime
    changelog: str
    summary: Mapping[str, str]
    in_force: bool
    newer: bool

    def line(self, language: str) -> str:
        """What its authors say of it to everybody, else every difference as the files show it."""
        return localised(self.summary, language) if any(self.summary.values()) else self.changelog


def versions_for(session: Session, edition: Edition) -> list[VersionRow]:
    """The version an edition reads and those after it, the latest first."""
    now = version_in_force(session, edition.id)
    rows = course_versions(session, edition.course_id)
    present = next((row.major, row.minor) for row in rows if row.id == now)
    return [
        VersionRow(
            f"{row.major}.{row.minor}", row.published_at, row.changelog, row.summary, row.id == now, number > present
        )
        for row in rows
        if (number := (row.major, row.minor)) >= present
    ]


def version_numbered(session: Session, course_id: int, number: str) -> int:
    """The version of a course with this number, such as "2.0"; raises NotFound."""
    rows = course_versions(session, course_id)
    found = next((row.id for row in rows if f"{row.major}.{row.minor}" == number), None)
    if found is None:
        raise NotFound
    return found


def course_choices(session: Session, locale: str) -> dict[str, str]:
    """The courses that have a version, by slug, each with the title of its latest."""
    every = select(Course.slug, CourseVersion.title).join(CourseVersion, CourseVersion.course_id == Course.id)
    rows = session.execute(every.order_by(Course.slug, CourseVersion.major, CourseVersion.minor))
    return {slug: title.get(locale) or title.get("en") or slug for slug, title in rows}


@dataclass(frozen=True)
class CompanionRow:
    """Somebody in an edition who is no participant; `subject` is the person's public id."""

    person_id: int
    subject: str
    role: Companion


def companions_of(session: Session, edition: Edition, scope: Scope) -> list[CompanionRow]:
    """Fellows, instructors, observers and speakers, for those who coordinate the edition."""
    if not coordinates(scope, edition.public_id):
        return []
    found = select(EditionCompanion.person_id, Person.subject, EditionCompanion.role).join(
        Person, Person.id == EditionCompanion.person_id
    )
    rows = session.execute(found.where(EditionCompanion.edition_id == edition.id).order_by(EditionCompanion.id))
    return [CompanionRow(*row) for row in rows]


def institutions_named(session: Session, state_code: str, name: str) -> tuple[Institution | None, list[str]]:
    """The institution of a state that goes by this name, whatever its case, and the names of all that we know there."""
    rows = session.scalars(select(Institution).where(Institution.state_code == state_code).order_by(Institution.name))
    known = {folded(row.name): row for row in rows}
    return known.get(folded(name)), [row.name for row in known.values()]
