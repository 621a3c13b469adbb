"""Where places in editions stand against their course's rule: what the closing page, the home page and issuing ask."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, exists, func, literal, select
from sqlalchemy.orm import Session, aliased

from lms.catalogue.models import UnitRevision, VersionModule, VersionUnit
from lms.catalogue.queries import outline
from lms.catalogue.rules.outline import Outline
from lms.kernel.undertakings import going_on
from lms.kernel.values import dataclass
from lms.learning.models import EnrolmentProgress, UnitProgress, UnitState
from lms.people.models import Person
from lms.people.rules.mandates import Scope
from lms.records.models import RecordSubject
from lms.records.rules.completion import Facts, ModuleFact, Verdict, judge
from lms.seminars.models import (
    AttendanceClosing,
    AttendanceMark,
    AttendanceResult,
    Edition,
    EditionVersion,
    Enrolment,
    EnrolmentState,
    MakeUp,
    Mark,
    OnSiteSession,
)
from lms.seminars.queries import visible_to
from lms.seminars.rules import Attendance, attendance_of

ISSUING = "records.issue"
"""The long work of issuing the records of a large edition."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One accepted place: the version that counts for it, its record if it has one, and what the rule says of it."""

    enrolment_id: int
    enrolment: str
    person_id: int
    edition_id: int
    version_id: int
    institution_id: int
    state_code: str
    record: str | None
    verdict: Verdict


def conditions_for(session: Session, enrolment_id: int, scope: Scope) -> Verdict | None:
    """The conditions of one place, met or not, as far as this scope shows it; None for a place that is not taken."""
    found = standings(session, Enrolment.id == enrolment_id, visible_to(scope))
    return found[0].verdict if found else None


def standings_in(session: Session, edition_id: int, scope: Scope) -> list[Standing]:
    """Every place taken in an edition that this scope shows, as it would stand if attendance were closed now."""
    return standings(session, Enrolment.edition_id == edition_id, visible_to(scope), as_if_closed=True)


def own_standings(session: Session, person_id: int) -> list[Standing]:
    """A person's own places that have no record yet."""
    return standings(session, Enrolment.person_id == person_id, without_record())


def standings(
    session: Session, *conditions: ColumnElement[bool], as_if_closed: bool = False, under: int | None = None
) -> list[Standing]:
    """Every accepted place that meets the conditions, in the order of persons; six statements for any number.

    With `under`, as if their edition read that version; whoever is complete keeps the one they completed.
    """
    places = _places_today() if under is None else _places(literal(under))
    rows = session.execute(places.where(*conditions)).all()
    outlines = {version: outline(session, version) for version in {row.version for row in rows}}
    passed = dict(_passed(session, [row for row in rows if row.completed_at is None], outlines, conditions))
    sheets = _open_sheets(session, rows, conditions)
    return [
        _standing(row, outlines[row.version], passed.get(row.id, ()), sheets, as_if_closed=as_if_closed) for row in rows
    ]


@cache
def _places_today() -> Any:
    """Under the version that their edition reads now. Built once: whatever brings somebody further asks it."""
    return _places(
        select(EditionVersion.version_id)
        .where(EditionVersion.edition_id == Enrolment.edition_id)
        .order_by(EditionVersion.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _places(in_force: ColumnElement[int]) -> Any:
    return (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.person_id,
            Enrolment.edition_id,
            Enrolment.institution_id,
            Enrolment.state_code,
            func.coalesce(EnrolmentProgress.version_id, in_force).label("version"),
            EnrolmentProgress.completed_at,
            AttendanceClosing.at.label("closed_at"),
            AttendanceResult.held,
            AttendanceResult.present,
            AttendanceResult.excused,
            AttendanceResult.made_up,
            Person.name_confirmed_at,
            RecordSubject.record,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .outerjoin(AttendanceClosing, AttendanceClosing.edition_id == Enrolment.edition_id)
        .outerjoin(AttendanceResult, AttendanceResult.enrolment_id == Enrolment.id)
        .outerjoin(RecordSubject, (RecordSubject.enrolment_id == Enrolment.id) & _the_last())
        .where(Enrolment.state == EnrolmentState.ACCEPTED, Person.erased_at.is_(None))
        .order_by(Enrolment.person_id, Enrolment.id)
    )


def _the_last() -> ColumnElement[bool]:
    """The condition that a record is the newest of its place: no other one corrects it."""
    later = aliased(RecordSubject)
    return ~exists().where(
        later.enrolment_id == RecordSubject.enrolment_id, later.correction > RecordSubject.correction
    ).correlate(RecordSubject)


def _standing(
    row: Row[Any], course: Outline, passed: Collection[str], sheets: dict[int, Attendance], *, as_if_closed: bool
) -> Standing:
    sheet = sheets.get(row.id) or Attendance(row.held or 0, row.present or 0, row.excused or 0, row.made_up or 0)
    facts = Facts(
        modules=tuple(ModuleFact(m.key, m.title, m.key in passed) for m in course.modules),
        pre_reading_completed_at=row.completed_at,
        attendance_closed=as_if_closed or row.closed_at is not None,
        held=sheet.held,
        present=sheet.present,
        excused=sheet.excused,
        made_up=sheet.made_up,
        name_confirmed=row.name_confirmed_at is not None,
    )
    return Standing(
        enrolment_id=row.id,
        enrolment=row.public_id,
        person_id=row.person_id,
        edition_id=row.edition_id,
        version_id=row.version,
        institution_id=row.institution_id,
        state_code=row.state_code,
        record=row.record,
        verdict=judge(course.rule, facts),
    )


def _passed(
    session: Session,
    rows: Collection[Row[Any]],
    outlines: dict[int, Outline],
    conditions: Iterable[ColumnElement[bool]],
) -> Iterator[tuple[int, set[str]]]:
    """The modules of which a person has finished every unit, for those whose pre-reading is not complete."""
    if not rows:
        return
    version_of = {row.id: row.version for row in rows}
    finished = (
        select(UnitProgress.enrolment_id, VersionModule.version_id, VersionModule.key, func.count().label("units"))
        .join(Enrolment, Enrolment.id == UnitProgress.enrolment_id)
        .join(VersionUnit, VersionUnit.unit_id == UnitProgress.unit_id)
        .join(UnitRevision, UnitRevision.id == VersionUnit.revision_id)
        .join(VersionModule, VersionModule.id == VersionUnit.module_id)
        .where(VersionModule.version_id.in_(set(version_of.values())), UnitProgress.state == UnitState.DONE)
        .where(UnitRevision.substance == UnitProgress.substance, *conditions)
        .group_by(UnitProgress.enrolment_id, VersionModule.version_id, VersionModule.key)
    )
    passed: dict[int, set[str]] = defaultdict(set)
    for row in session.execute(finished):
        module = outlines[row.version_id].module(row.key)
        if version_of.get(row.enrolment_id) == row.version_id and module and row.units == len(module.units):
            passed[row.enrolment_id].add(row.key)
    yield from passed.items()


def _open_sheets(
    session: Session, rows: Collection[Row[Any]], conditions: Iterable[ColumnElement[bool]]
) -> dict[int, Attendance]:
    """What the sheet says until now, for places in editions whose attendance is not closed."""
    waiting = {row.id: row.edition_id for row in rows if row.closed_at is None}
    if not waiting:
        return {}
    held = _held(session, set(waiting.values()))
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    made_up: dict[int, list[int]] = defaultdict(list)
    last = (
        select(func.max(AttendanceMark.id))
        .join(Enrolment, Enrolment.id == AttendanceMark.enrolment_id)
        .where(*conditions)
        .group_by(AttendanceMark.enrolment_id, AttendanceMark.session_id)
    )
    for row in session.execute(_in_force().where(AttendanceMark.id.in_(last))):
        marks[row.enrolment_id][row.session_id] = row.mark
        if row.confirmed_at is not None:
            made_up[row.enrolment_id].append(row.session_id)
    return {
        place: attendance_of(held.get(edition, 0), marks[place], made_up[place]) for place, edition in waiting.items()
    }


def _in_force() -> Any:
    """Marks with the work that makes up for their half-day, if there is any."""
    same = (MakeUp.enrolment_id == AttendanceMark.enrolment_id) & (MakeUp.session_id == AttendanceMark.session_id)
    return select(
        AttendanceMark.enrolment_id, AttendanceMark.session_id, AttendanceMark.mark, MakeUp.confirmed_at
    ).outerjoin(MakeUp, same)


def _held(session: Session, edition_ids: Collection[int]) -> dict[int, int]:
    counted = select(OnSiteSession.edition_id, func.count()).where(OnSiteSession.edition_id.in_(edition_ids))
    rows = session.execute(counted.group_by(OnSiteSession.edition_id))
    return {row[0]: row[1] for row in rows}


def without_record() -> ColumnElement[bool]:
    """The condition that an enrolment has no record yet."""
    return ~exists().where(RecordSubject.enrolment_id == Enrolment.id).correlate(Enrolment)


def being_issued(session: Session) -> frozenset[int]:
    """The editions whose records are being issued now, portion by portion."""
    here = going_on(session, ISSUING)
    return frozenset(session.scalars(select(Edition.id).where(Edition.public_id.in_(here)))) if here else frozenset()
