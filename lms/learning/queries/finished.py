"""How many people of an edition have finished each module and unit: numbers, for who has no mandate over people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import Select, Subquery, Table, func, select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion, UnitRevision, VersionModule, VersionUnit
from lms.kernel.values import dataclass
from lms.learning.models import EnrolmentProgress, ModuleFinished, UnitProgress, UnitState
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


def finished_module(edition_id: int, key: str) -> Select[int]:
    """Who of an edition has finished a module of the version it reads, and is not complete."""
    noted = cast(Table, ModuleFinished.__table__)
    return select(noted.c.enrolment_id).where(noted.c.edition_id == edition_id, noted.c.module_key == key)


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


def whole_modules(edition_ids: Collection[int]) -> Select[int, int, str]:
    """Who of these editions has finished every unit of which module, of those who count and are not complete, from
    what they have read: (enrolment, edition, module's key)."""
    read = _read(edition_ids)
    place = (Enrolment.id, read.c.edition_id, read.c.module)
    found: Select[int, int, str] = _done(read, *place)
    return found.group_by(*place, read.c.total).having(func.count() == read.c.total)


def _modules(session: Session, edition_ids: Collection[int]) -> dict[int, dict[str, int]]:
    place = (ModuleFinished.edition_id, ModuleFinished.module_key)
    return _nested(session, select(*place, func.count()).where(place[0].in_(edition_ids)).group_by(*place))


def _nested(session: Session, rows: Any) -> dict[int, dict[Any, int]]:
    found: dict[int, dict[Any, int]] = {}
    for edition_id, key, number in session.execute(rows):
        found.setdefault(edition_id, {})[key] = number
    return found
