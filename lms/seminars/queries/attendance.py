"""The attendance sheet: half-days, people, the mark in force of each, and what was closed."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people import queries as people
from lms.people.models import Institution
from lms.people.rules import Scope
from lms.seminars.models import (
    AttendanceClosing,
    AttendanceMark,
    AttendanceResult,
    Edition,
    Enrolment,
    EnrolmentEvent,
    MakeUp,
    OnSiteSession,
    StageReached,
)
from lms.seminars.rules import Attendance, EnrolmentState, HalfDay, Mark, SheetSession, Stage, coordinates

from .editions import asked_in


@dataclass(frozen=True)
class SheetPerson:
    """One person on the sheet; `invited` for one who has not accepted yet."""

    enrolment_id: int
    public_id: str
    person_id: int
    name: str
    state_code: str
    institution_name: str
    invited: bool = False


@dataclass(frozen=True)
class MarkRow:
    """A mark in force."""

    enrolment_id: int
    session_id: int
    mark: Mark


@dataclass(frozen=True)
class Closing:
    """When attendance was closed, and by whom (a subject)."""

    at: dt.datetime
    by: str


def sessions_of(session: Session, edition_id: int) -> list[SheetSession]:
    """The half-days of an edition in order."""
    marked = select(AttendanceMark.id).where(AttendanceMark.session_id == OnSiteSession.id).exists()
    found = select(OnSiteSession.id, OnSiteSession.day, OnSiteSession.half, OnSiteSession.title, marked).where(
        OnSiteSession.edition_id == edition_id
    )
    rows = [SheetSession(*row) for row in session.execute(found)]
    return sorted(rows, key=lambda row: (row.day, row.half is HalfDay.AFTERNOON))


def on_sheet(edition_id: int) -> ColumnElement[bool]:
    """The condition that a place of this edition stands on its sheet: taken, or until the closing offered, since a late
    substitute comes before anybody has noted that they accept."""
    closed = exists().where(AttendanceClosing.edition_id == edition_id)
    offered = and_(Enrolment.state == EnrolmentState.INVITED, ~closed)
    return and_(Enrolment.edition_id == edition_id, or_(Enrolment.state == EnrolmentState.ACCEPTED, offered))


def offered_still(session: Session, edition_id: int) -> dict[int, int]:
    """The person of each place of an edition that is offered and not taken yet, by enrolment."""
    found = select(Enrolment.id, Enrolment.person_id).where(Enrolment.edition_id == edition_id)
    return {row.id: row.person_id for row in session.execute(found.where(Enrolment.state == EnrolmentState.INVITED))}


def sheet_people(session: Session, edition: Edition, scope: Scope) -> list[SheetPerson]:
    """Everyone on the sheet, alphabetically, for those who coordinate the edition; two statements."""
    if not coordinates(scope, edition.public_id):
        return []
    found = (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.person_id,
            Enrolment.state_code,
            Institution.name,
            Enrolment.state,
        )
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(on_sheet(edition.id))
    )
    rows = session.execute(found).all()
    names = people.names_of(session, [row.person_id for row in rows])
    listed = [
        SheetPerson(
            row.id,
            row.public_id,
            row.person_id,
            names[row.person_id],
            *people.beside(names[row.person_id], row.state_code, row.name),
            invited=row.state is EnrolmentState.INVITED,
        )
        for row in rows
    ]
    return sorted(listed, key=lambda person: (person.name.casefold(), person.public_id))


def places_by_public_id(session: Session, edition: Edition, scope: Scope) -> dict[str, int]:
    """Every place of an edition, also of who has left, for those who coordinate it."""
    if not coordinates(scope, edition.public_id):
        return {}
    found = select(Enrolment.public_id, Enrolment.id).where(Enrolment.edition_id == edition.id)
    return {row.public_id: row.id for row in session.execute(found)}


def marks_of(session: Session, edition_id: int) -> list[MarkRow]:
    """The mark in force of each person and half-day: the last one written down."""
    last = (
        select(func.max(AttendanceMark.id))
        .join(OnSiteSession, OnSiteSession.id == AttendanceMark.session_id)
        .where(OnSiteSession.edition_id == edition_id)
        .group_by(AttendanceMark.enrolment_id, AttendanceMark.session_id)
    )
    rows = select(AttendanceMark.enrolment_id, AttendanceMark.session_id, AttendanceMark.mark)
    return [MarkRow(*row) for row in session.execute(rows.where(AttendanceMark.id.in_(last)))]


def without_every_mark(session: Session, edition_id: int) -> frozenset[int]:
    """The accepted places of an edition that have a half-day without a mark; one statement."""
    sheet = (OnSiteSession.edition_id == Enrolment.edition_id, Enrolment.state == EnrolmentState.ACCEPTED)
    written = select(AttendanceMark.id).where(
        AttendanceMark.enrolment_id == Enrolment.id, AttendanceMark.session_id == OnSiteSession.id
    )
    found = select(Enrolment.id).distinct().join(OnSiteSession, sheet[0])
    return frozenset(session.scalars(found.where(Enrolment.edition_id == edition_id, sheet[1], ~written.exists())))


def confirmed_make_ups(session: Session, edition_id: int) -> dict[int, list[int]]:
    """The half-days for which work was done and confirmed, by enrolment."""
    found = select(MakeUp.enrolment_id, MakeUp.session_id).join(OnSiteSession, OnSiteSession.id == MakeUp.session_id)
    rows = session.execute(found.where(OnSiteSession.edition_id == edition_id, MakeUp.confirmed_at.is_not(None)))
    made_up: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        made_up[row.enrolment_id].append(row.session_id)
    return made_up


def closing_of(session: Session, edition_id: int) -> Closing | None:
    """Whether and when the edition's attendance was closed."""
    found = select(AttendanceClosing.at, AttendanceClosing.by).where(AttendanceClosing.edition_id == edition_id)
    row = session.execute(found).first()
    return Closing(*row) if row else None


def settled(session: Session, edition_id: int) -> bool:
    """Whether whoever is only invited to an edition stays so for good: its attendance is closed, and was asked for."""
    return closing_of(session, edition_id) is not None and asked_in(session, edition_id) > 0


def held_here(session: Session, edition_id: int) -> bool:
    """Whether the edition is one of this system: anybody was ever offered a place in it, or its attendance was closed.
    Nothing is read and nobody is marked as present before a place was offered."""
    begun = (EnrolmentState.INVITED, EnrolmentState.ACCEPTED)
    offered = select(EnrolmentEvent.id).join(Enrolment, Enrolment.id == EnrolmentEvent.enrolment_id)
    offered = offered.where(Enrolment.edition_id == edition_id, EnrolmentEvent.state.in_(begun))
    return session.scalar(offered.limit(1)) is not None or closing_of(session, edition_id) is not None


def from_before(session: Session, edition_id: int) -> bool:
    """Whether the edition is one from before this system: somebody has a record who was never offered a place in it."""
    recorded = select(StageReached.enrolment_id).join(Enrolment, Enrolment.id == StageReached.enrolment_id)
    recorded = recorded.where(StageReached.edition_id == edition_id, StageReached.stage == Stage.RECORDED)
    return session.scalar(recorded.where(Enrolment.invited_at.is_(None)).limit(1)) is not None


def attendance_result(session: Session, enrolment_id: int) -> Attendance | None:
    """What the sheet said of one person when it was closed; None while it is open."""
    found = select(AttendanceResult.held, AttendanceResult.present, AttendanceResult.excused, AttendanceResult.made_up)
    row = session.execute(found.where(AttendanceResult.enrolment_id == enrolment_id)).first()
    return Attendance(*row) if row else None


def session_titles(session: Session, edition: Edition) -> dict[tuple[int, str], str]:
    """The titles of an edition's half-days by number of the day and half, to be copied to the next edition."""
    rows = sessions_of(session, edition.id)
    return {((row.day - edition.starts_on).days, str(row.half)): row.title for row in rows}
