"""How many people of an edition have finished each module and unit: numbers, for who has no mandate over people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion, UnitRevision, VersionModule, VersionUnit
from lms.learning.models import EnrolmentProgress, UnitProgress, UnitState
from lms.people.rules.groups import in_fives
from lms.seminars.models import Edition, EditionVersion, Enrolment
from lms.seminars.rules import COUNTED


@dataclass(frozen=True, slots=True)
class RunningEdition:
    """An edition that is not over, and the version it reads."""

    id: int
    public_id: str
    title: str
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    deadline_at: dt.datetime
    version_id: int
    version: str


@dataclass(frozen=True)
class Finished:
    """How many people are in an edition and have finished what, each number rounded down to fives; nought is fewer
    than five, or nobody."""

    people: int
    complete: int
    modules: Mapping[str, int]
    units: Mapping[int, int]

    def module(self, key: str) -> int:
        """How many have finished a module."""
        return self.modules.get(key, self.complete)

    def unit(self, unit_id: int) -> int:
        """How many have finished a unit."""
        return self.units.get(unit_id, self.complete)


_IN_FORCE = (
    select(EditionVersion.edition_id, func.max(EditionVersion.id).label("id"))
    .group_by(EditionVersion.edition_id)
    .subquery()
)


def running_editions(session: Session, course_id: int, today: dt.date) -> list[RunningEdition]:
    """The editions of a course that are not over, the first to begin first; one statement."""
    rows = session.execute(
        select(
            Edition.id, Edition.public_id, Edition.title, Edition.starts_on, Edition.ends_on, Edition.zone,
            Edition.deadline_at, EditionVersion.version_id, CourseVersion.major, CourseVersion.minor,
        )
        .join(_IN_FORCE, _IN_FORCE.c.edition_id == Edition.id)
        .join(EditionVersion, EditionVersion.id == _IN_FORCE.c.id)
        .join(CourseVersion, CourseVersion.id == EditionVersion.version_id)
        .where(Edition.course_id == course_id, Edition.ends_on >= today)
        .order_by(Edition.starts_on, Edition.id)
    )  # fmt: skip
    return [RunningEdition(*row[:8], f"{row.major}.{row.minor}") for row in rows]


def finished(session: Session, edition_ids: Collection[int]) -> dict[int, Finished]:
    """How far the people of several editions are in the versions they read; three statements.

    Whoever has completed the pre-reading has finished everything, whatever a later version asks.
    """
    people, complete = _people(session, edition_ids)
    modules, units = _modules(session, edition_ids), _units(session, edition_ids)
    return {
        number: Finished(
            in_fives(people.get(number, 0)),
            in_fives(complete.get(number, 0)),
            {key: in_fives(done + complete.get(number, 0)) for key, done in modules.get(number, {}).items()},
            {key: in_fives(done + complete.get(number, 0)) for key, done in units.get(number, {}).items()},
        )
        for number in edition_ids
    }


def finished_exactly(session: Session, edition_id: int) -> Mapping[str, int]:
    """How many people of an edition have finished each module of the version it reads, by its key, for those who are
    responsible for them; three statements."""
    complete = _people(session, [edition_id])[1].get(edition_id, 0)
    modules = _modules(session, [edition_id]).get(edition_id, {})
    return Counter(modules) + Counter(dict.fromkeys(_keys(session, edition_id), complete))


def _keys(session: Session, edition_id: int) -> list[str]:
    read = _read([edition_id])
    return list(session.scalars(select(read.c.module).distinct()))


def finished_module(
    enrolment_id: ColumnElement[int], edition_id: int, version_id: int, key: str
) -> ColumnElement[bool]:
    """The condition that an enrolment of an edition has finished a module of a version, or the whole pre-reading: the
    list behind `finished_exactly`."""
    units = (
        select(VersionUnit.unit_id, UnitRevision.substance)
        .join(VersionModule, VersionModule.id == VersionUnit.module_id)
        .join(UnitRevision, UnitRevision.id == VersionUnit.revision_id)
        .where(VersionModule.version_id == version_id, VersionModule.key == key)
        .cte("asked_units")
    )
    whole = (
        select(UnitProgress.enrolment_id)
        .join(units, (UnitProgress.unit_id == units.c.unit_id) & (UnitProgress.substance == units.c.substance))
        .where(UnitProgress.state == UnitState.DONE)
        .where(UnitProgress.enrolment_id.in_(select(Enrolment.id).where(Enrolment.edition_id == edition_id)))
        .group_by(UnitProgress.enrolment_id)
        .having(func.count() == select(func.count()).select_from(units).scalar_subquery())
    )
    complete = exists().where(
        EnrolmentProgress.enrolment_id == enrolment_id, EnrolmentProgress.completed_at.is_not(None)
    )
    return or_(complete, enrolment_id.in_(whole))


def _people(session: Session, edition_ids: Collection[int]) -> tuple[dict[int, int], dict[int, int]]:
    """How many are in each edition, and how many of them have completed the pre-reading."""
    rows = session.execute(
        select(Enrolment.edition_id, func.count(), func.count(EnrolmentProgress.completed_at))
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(Enrolment.edition_id.in_(edition_ids), Enrolment.state.in_(COUNTED))
        .group_by(Enrolment.edition_id)
    ).all()
    everyone = {edition_id: people for edition_id, people, _complete in rows}
    return everyone, {edition_id: complete for edition_id, _people, complete in rows}


def _read(edition_ids: Collection[int]) -> Subquery:
    """Every unit of the version that each edition reads, in the substance it has there."""
    return (
        select(
            _IN_FORCE.c.edition_id, VersionModule.key.label("module"), VersionUnit.unit_id, UnitRevision.substance,
            func.count().over(partition_by=(_IN_FORCE.c.edition_id, VersionModule.id)).label("total"),
        )
        .join(EditionVersion, EditionVersion.id == _IN_FORCE.c.id)
        .join(VersionModule, VersionModule.version_id == EditionVersion.version_id)
        .join(VersionUnit, VersionUnit.module_id == VersionModule.id)
        .join(UnitRevision, UnitRevision.id == VersionUnit.revision_id)
        .where(_IN_FORCE.c.edition_id.in_(edition_ids))
        .subquery()
    )  # fmt: skip


def _done(read: Subquery, *columns: Any) -> Any:
    """What people who are not complete have finished of it, a row for each person and unit."""
    return (
        select(*columns)
        .select_from(read)
        .join(UnitProgress, (UnitProgress.unit_id == read.c.unit_id) & (UnitProgress.substance == read.c.substance))
        .join(Enrolment, (Enrolment.id == UnitProgress.enrolment_id) & (Enrolment.edition_id == read.c.edition_id))
        .join(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(
            UnitProgress.state == UnitState.DONE,
            Enrolment.state.in_(COUNTED),
            EnrolmentProgress.completed_at.is_(None),
        )
    )


def _units(session: Session, edition_ids: Collection[int]) -> dict[int, dict[int, int]]:
    read = _read(edition_ids)
    place = (read.c.edition_id, read.c.unit_id)
    return _nested(session, _done(read, *place, func.count()).group_by(*place))


def _modules(session: Session, edition_ids: Collection[int]) -> dict[int, dict[str, int]]:
    read = _read(edition_ids)
    place = (read.c.edition_id, read.c.module, Enrolment.id, read.c.total)
    whole = _done(read, *place).group_by(*place).having(func.count() == read.c.total).subquery()
    counted = select(whole.c.edition_id, whole.c.module, func.count()).group_by(whole.c.edition_id, whole.c.module)
    return _nested(session, counted)


def _nested(session: Session, rows: Any) -> dict[int, dict[Any, int]]:
    found: dict[int, dict[Any, int]] = {}
    for edition_id, key, number in session.execute(rows):
        found.setdefault(edition_id, {})[key] = number
    return found
