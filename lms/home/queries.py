"""What the home page and "who can see what about me" read; each asks for the viewer's own rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, func, select, true
from sqlalchemy.orm import Session

from lms.catalogue.queries import published_of
from lms.catalogue.rules.texts import localised
from lms.dashboards.queries import Frozen, latest_tables
from lms.kernel.db import ask
from lms.kernel.values import dataclass
from lms.learning.models import EnrolmentProgress
from lms.learning.rules.changes import Reading
from lms.learning.rules.standing import Course
from lms.people.models import Institution, Person
from lms.people.queries import mandates_in_force
from lms.people.rules import Grant, Scope, ScopeKind
from lms.records.models import RecordAct, RecordSubject
from lms.records.queries import RecordState, states_of
from lms.seminars.models import AttendanceClosing, AttendanceResult, Edition, EditionVersion, Enrolment
from lms.seminars.rules import Attendance, EnrolmentState, Place

from .rules.watchers import Holding


@dataclass(frozen=True, slots=True)
class MyPlace:
    """One's own place in an edition, with everything the home page says of it."""

    enrolment_id: int
    state: EnrolmentState
    edition: str
    title: str
    where: str
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    institution_zone: str
    contact: str
    has_programme: bool
    deadline: dt.datetime
    has_more_time: bool
    version_id: int | None
    reading: Reading | None
    course: Course
    closed_at: dt.datetime | None
    attendance: Attendance
    name_confirmed: bool
    record: str | None
    record_dated: dt.date | None
    record_ended: RecordAct | None


def my_places(session: Session, person_id: int) -> list[MyPlace]:
    """Every place a person has or had, in one statement; in two for whoever holds records."""
    rows = ask(session, _PLACES, {"person_id": person_id}).all()
    records = [row.record for row in rows if row.record]
    states = states_of(session, records) if records else {}
    return [_place(row, states.get(row.record)) for row in rows]


# Built once, of tables: see `lms.people.queries.viewers`.
_enrolment, _edition, _version, _institution, _person, _progress, _closing, _result, _subject = (
    cast(Table, model.__table__)
    for model in (
        Enrolment, Edition, EditionVersion, Institution, Person, EnrolmentProgress,
        AttendanceClosing, AttendanceResult, RecordSubject,
    )
)  # fmt: skip
_later = _subject.alias()
_IN_FORCE = (
    select(func.max(_version.c.id))
    .where(_version.c.edition_id == _enrolment.c.edition_id)
    .correlate(_enrolment)
    .scalar_subquery()
)
_LAST = select(func.max(_later.c.correction)).where(_later.c.enrolment_id == _enrolment.c.id).scalar_subquery()
_PLACES = (
    select(
        _enrolment.c.id, _enrolment.c.state, _enrolment.c.due_at, _enrolment.c.deadline_at.label("own_deadline_at"),
        *(_edition.c[name] for name in (
            "public_id", "title", "place", "starts_on", "ends_on", "zone", "contact"
        )),
        (_edition.c.programme != "").label("has_programme"),
        _institution.c.zone.label("institution_zone"), _person.c.name_confirmed_at,
        _edition.c.id.label("edition_id"), _version.c.version_id, _version.c.id.label("reads_id"), _version.c.since,
        *(_progress.c[name] for name in ("started_at", "completed_at", "late", "last_unit_id")),
        _closing.c.at.label("closed_at"), _result.c.held, _result.c.present, _result.c.excused, _result.c.made_up,
        _subject.c.record,
    )
    .select_from(_enrolment)
    .join(_edition, _edition.c.id == _enrolment.c.edition_id)
    .join(_institution, _institution.c.id == _enrolment.c.institution_id)
    .join(_person, _person.c.id == _enrolment.c.person_id)
    .outerjoin(_version, _version.c.id == _IN_FORCE)
    .outerjoin(_progress, _progress.c.enrolment_id == _enrolment.c.id)
    .outerjoin(_closing, _closing.c.edition_id == _enrolment.c.edition_id)
    .outerjoin(_result, _result.c.enrolment_id == _enrolment.c.id)
    .outerjoin(_subject, (_subject.c.enrolment_id == _enrolment.c.id) & (_subject.c.correction == _LAST))
    .where(_enrolment.c.person_id == bindparam("person_id"))
)  # fmt: skip


def _place(row: Row[*tuple[Any, ...]], state: RecordState | None) -> MyPlace:
    return MyPlace(
        enrolment_id=row.id,
        state=row.state,
        edition=row.public_id,
        title=row.title,
        where=row.place,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        zone=row.zone,
        institution_zone=row.institution_zone,
        contact=row.contact,
        has_programme=row.has_programme,
        deadline=row.due_at,
        has_more_time=row.own_deadline_at == row.due_at,
        version_id=row.version_id,
        reading=Reading(row.id, row.edition_id, row.reads_id, row.since) if row.reads_id else None,
        course=Course(row.started_at, row.completed_at, bool(row.late), row.last_unit_id),
        closed_at=row.closed_at,
        attendance=Attendance(row.held or 0, row.present or 0, row.excused or 0, row.made_up or 0),
        name_confirmed=row.name_confirmed_at is not None,
        record=row.record if state else None,
        record_dated=state.issued_on if state else None,
        record_ended=None if state is None or state.valid else state.act,
    )


@dataclass(frozen=True, slots=True)
class SeenPlace:
    """What of one's place decides who sees it, with the words for it."""

    place: Place
    edition_title: str
    institution_name: str


def my_seen_places(session: Session, person_id: int) -> list[SeenPlace]:
    """Every place a person has or had, as `visible` looks at it; one statement."""
    rows = session.execute(
        select(
            Edition.public_id.label("edition"),
            Enrolment.state_code,
            Institution.public_id.label("institution"),
            Enrolment.person_id,
            Edition.title,
            Institution.name,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.person_id == person_id)
        .order_by(Edition.starts_on.desc(), Edition.id.desc())
    )
    return [
        SeenPlace(Place(row.edition, row.state_code, row.institution, row.person_id), row.title, row.name)
        for row in rows
    ]


def holdings(session: Session, at: dt.datetime) -> list[Holding]:
    """Every mandate in force, as the rule looks at it; one statement."""
    return [Holding(m.person_id, Grant(m.role, m.scope, m.scope_id)) for m in mandates_in_force(session, at)]


def names_of_reach(session: Session, grants: Iterable[Grant], language: str) -> dict[str, str]:
    """The titles of the editions and courses that mandates reach over, by public id or slug; a statement for either,
    where there are any."""
    held = tuple(grants)
    editions, courses = (
        {grant.scope_id for grant in held if grant.scope is kind and grant.scope_id}
        for kind in (ScopeKind.EDITION, ScopeKind.COURSE)
    )
    names: dict[str, str] = {}
    if editions:
        titles = session.execute(select(Edition.public_id, Edition.title).where(Edition.public_id.in_(editions)))
        names |= {row.public_id: row.title for row in titles}
    if courses:
        found = published_of(session, courses)
        names |= {slug: localised(version.title, language) for slug, version in found.items()}
    return names


def institution_names(session: Session, grants: Iterable[Grant]) -> dict[str, str]:
    """The names of the ministries and institutions that mandates reach over; a statement where there are any."""
    wanted = {grant.scope_id for grant in grants if grant.scope is ScopeKind.INSTITUTION and grant.scope_id}
    if not wanted:
        return {}
    rows = session.execute(select(Institution.public_id, Institution.name).where(Institution.public_id.in_(wanted)))
    return {row.public_id: row.name for row in rows}


@dataclass(frozen=True, slots=True)
class CountedEdition:
    """An edition of which somebody sees numbers only."""

    public_id: str
    title: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    frozen: Frozen | None
    """The numbers that were published last."""


def counted_editions(session: Session, scope: Scope) -> list[CountedEdition]:
    """The editions whose numbers a mandate shows, the latest first; two statements."""
    within = true() if scope.counts_everything else Edition.public_id.in_(scope.counts_editions)
    found = select(Edition.public_id, Edition.title, Edition.place, Edition.starts_on, Edition.ends_on).where(within)
    rows = session.execute(found.order_by(Edition.starts_on.desc(), Edition.id.desc())).all()
    tables = latest_tables(session, [row.public_id for row in rows])
    return [CountedEdition(*row, frozen=tables.get(row.public_id)) for row in rows]
