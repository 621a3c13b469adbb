"""Whose place it is, and where they stand: the two reads of every page of the pre-reading."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion
from lms.catalogue.rules.outline import Outline
from lms.kernel.db import ask
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning.models import (
    EnrolmentProgress,
    ProgressEvent,
    QuizTry,
    UnitProgress,
)
from lms.learning.rules.changes import Reading
from lms.learning.rules.progress import ProgressKind, UnitState, UnitSummary
from lms.learning.rules.standing import NOT_BEGUN, Course, Key, Standing, standing_of
from lms.people.models import Institution, Sector
from lms.seminars.models import Edition, EditionVersion, Enrolment
from lms.seminars.rules import COUNTED


@dataclass(frozen=True, slots=True)
class OwnEnrolment:
    """A person's own place in an edition: everything a page of the pre-reading asks about it, from one row."""

    id: int
    person_id: int
    edition_id: int
    edition: str
    edition_title: str
    institution_zone: str
    state: str
    sector: Sector
    deadline: dt.datetime
    version_id: int
    published_at: dt.datetime
    reading: Reading
    course: Course


# Tables rather than classes on the two reads of every page: they are compiled once and pass the mapper by.
_enrolment, _progress, _unit = (kind.__table__ for kind in (Enrolment, EnrolmentProgress, UnitProgress))
_edition, _reads, _version = (kind.__table__ for kind in (Edition, EditionVersion, CourseVersion))
_institution = Institution.__table__
_COURSE = (_progress.c.started_at, _progress.c.completed_at, _progress.c.late, _progress.c.last_unit_id)
_IN_FORCE = (
    select(func.max(_reads.c.id))
    .where(_reads.c.edition_id == _enrolment.c.edition_id)
    .correlate(_enrolment)
    .scalar_subquery()
)
_OWN = (
    select(
        _enrolment.c.id, _enrolment.c.person_id, _enrolment.c.edition_id, _enrolment.c.state_code,
        _institution.c.sector, _enrolment.c.due_at, _edition.c.title,
        _institution.c.zone.label("institution_zone"), _reads.c.version_id, _reads.c.id.label("reads_id"),
        _reads.c.since, _version.c.published_at, *_COURSE,
    )
    .select_from(_enrolment)
    .join(_edition, _edition.c.id == _enrolment.c.edition_id)
    .join(_institution, _institution.c.id == _enrolment.c.institution_id)
    .join(_reads, _reads.c.id == _IN_FORCE)
    .join(_version, _version.c.id == _reads.c.version_id)
    .outerjoin(_progress, _progress.c.enrolment_id == _enrolment.c.id)
    .where(
        _edition.c.public_id == bindparam("edition"),
        _enrolment.c.person_id == bindparam("person_id"),
        _enrolment.c.state.in_(sorted(COUNTED)),
    )
)  # fmt: skip


def own_enrolment(session: Session, edition: str, person_id: int) -> OwnEnrolment:
    """A person's own place, invited or accepted, in the edition with this public id; raises NotFound."""
    row = session.execute(_OWN, {"edition": edition, "person_id": person_id}).first()
    if row is None:
        raise NotFound
    return OwnEnrolment(
        id=row.id,
        person_id=row.person_id,
        edition_id=row.edition_id,
        edition=edition,
        edition_title=row.title,
        institution_zone=row.institution_zone,
        state=row.state_code,
        sector=row.sector,
        deadline=row.due_at,
        version_id=row.version_id,
        published_at=row.published_at,
        reading=Reading(row.id, row.edition_id, row.reads_id, row.since),
        course=_course(row),
    )


def _course(row: Any) -> Course:
    return Course(row.started_at, row.completed_at, bool(row.late), row.last_unit_id)


_UNIT = (
    _unit.c.unit_id, _unit.c.substance, _unit.c.state, _unit.c.best_points, _unit.c.best_total,
    _unit.c.late.label("unit_late"), _unit.c.done_at,
)  # fmt: skip
_UNITS = select(*_UNIT).where(_unit.c.enrolment_id == bindparam("enrolment_id"))


def progress_of(session: Session, enrolment_id: int) -> dict[Key, UnitSummary]:
    """What an enrolment has done, by unit and substance; one statement."""
    rows = session.execute(_UNITS, {"enrolment_id": enrolment_id})
    return {(row.unit_id, row.substance): _summary(row) for row in rows}


def _summary(row: Any) -> UnitSummary:
    return UnitSummary(row.state, row.best_points, row.best_total, row.unit_late, row.done_at)


def standing(session: Session, enrolment_id: int, outline: Outline) -> Standing:
    """Where one enrolment stands on a version, and why; one statement."""
    return standings(session, [enrolment_id], outline)[enrolment_id]


def standings(session: Session, enrolment_ids: Sequence[int], outline: Outline) -> dict[int, Standing]:
    """Where each of these enrolments stands on a version; one statement for all of them."""
    return _standings(session, outline, enrolment_ids, _progress.c.enrolment_id.in_(enrolment_ids))


_DONE_BY = select(_unit.c.enrolment_id, _unit.c.unit_id, _unit.c.substance).where(_unit.c.state == UnitState.DONE)
_DONE = _DONE_BY.where(_unit.c.enrolment_id.in_(bindparam("enrolment_ids", expanding=True)))


def asked_done_among(session: Session, enrolments: Select[*tuple[int]], outline: Outline) -> Mapping[int, int]:
    """As `asked_done`, for so many enrolments that their ids would not fit into a statement."""
    return _asked_done(session, _DONE_BY.where(_unit.c.enrolment_id.in_(enrolments)), {}, outline)


def asked_done(session: Session, enrolment_ids: Sequence[int], outline: Outline) -> Mapping[int, int]:
    """How many of the units that the record asks for each of these enrolments has finished; one statement. Whoever is
    complete has finished them all, whatever this says."""
    return _asked_done(session, _DONE, {"enrolment_ids": list(enrolment_ids)}, outline)


def _asked_done(session: Session, found: Select[Any], values: Mapping[str, Any], outline: Outline) -> Mapping[int, int]:
    asked = {(unit.id, unit.substance) for module in outline.asked for unit in module.units}
    done = Counter[int]()
    for number, *key in ask(session, found, values):
        done[number] += tuple(key) in asked
    return done


def standings_in(
    session: Session, edition_id: int, outline: Outline, enrolment_ids: Sequence[int]
) -> dict[int, Standing]:
    """As `standings`, for so many enrolments of one edition that their ids would not fit into a statement."""
    return _standings(session, outline, enrolment_ids, _progress.c.enrolment_id.in_(_enrolments_of(edition_id)))


def _standings(
    session: Session, outline: Outline, enrolment_ids: Sequence[int], which: ColumnElement[bool]
) -> dict[int, Standing]:
    kept = _kept(session, which)
    return {number: standing_of(outline, *_turned(kept.get(number, NOTHING_KEPT))) for number in enrolment_ids}


Kept = tuple[Course, dict[Key, UnitSummary]]
NOTHING_KEPT: Kept = (NOT_BEGUN, {})


def _turned(kept: Kept) -> tuple[dict[Key, UnitSummary], Course]:
    return kept[1], kept[0]


def progress_in(session: Session, edition_id: int) -> dict[int, Kept]:
    """What everybody of an edition has done, by enrolment; nobody who has not begun need be there. One statement."""
    return _kept(session, _progress.c.enrolment_id.in_(_enrolments_of(edition_id)))


def _kept(session: Session, which: ColumnElement[bool]) -> dict[int, Kept]:
    rows = session.execute(
        select(_progress.c.enrolment_id.label("whose"), *_COURSE, *_UNIT)
        .select_from(_progress.outerjoin(_unit, _unit.c.enrolment_id == _progress.c.enrolment_id))
        .where(which)
    )
    found: dict[int, Kept] = {}
    for row in rows:
        _course_kept, units = found.setdefault(row.whose, (_course(row), {}))
        if row.unit_id is not None:
            units[row.unit_id, row.substance] = _summary(row)
    return found


def open_tries_in(session: Session, edition_id: int) -> dict[int, list[Key]]:
    """The tries of an edition's people that are not checked yet, as unit and substance by enrolment; one statement."""
    open_ones = (QuizTry.closed_at.is_(None), QuizTry.enrolment_id.in_(_enrolments_of(edition_id)))
    found = select(QuizTry.enrolment_id, QuizTry.unit_id, QuizTry.substance).where(*open_ones).order_by(QuizTry.id)
    tries: dict[int, list[Key]] = {}
    for row in session.execute(found):
        tries.setdefault(row.enrolment_id, []).append((row.unit_id, row.substance))
    return tries


def _enrolments_of(edition_id: int) -> Select[int]:
    return select(Enrolment.id).where(Enrolment.edition_id == edition_id)


def last_kind(session: Session, enrolment_id: int, unit_id: int, substance: str) -> ProgressKind | None:
    """What happened last on a unit."""
    return session.scalar(
        select(ProgressEvent.kind)
        .where(
            ProgressEvent.enrolment_id == enrolment_id,
            ProgressEvent.unit_id == unit_id,
            ProgressEvent.substance == substance,
        )
        .order_by(ProgressEvent.id.desc())
        .limit(1)
    )


def versions_read(session: Session) -> dict[int, int]:
    """Which version each enrolment reads; for checks over everybody."""
    rows = session.execute(select(_enrolment.c.id, _reads.c.version_id).join(_reads, _reads.c.id == _IN_FORCE))
    return {row.id: row.version_id for row in rows}
