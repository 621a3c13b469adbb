"""What is known of people by which it is judged whether somebody has to look after them: in few statements for many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import ColumnElement, Select, Table, and_, case, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session, aliased

from lms.catalogue.rules.outline import Outline
from lms.dashboards.rules.attention import Facts
from lms.kernel.db import UtcDateTime, ask
from lms.learning.models import EnrolmentProgress, UnitProgress, UnitState
from lms.people.models import Institution, Person
from lms.people.queries.sensitive import not_to_be_named
from lms.seminars.models import Edition, EditionVersion, Enrolment, ParticipantRequest
from lms.seminars.queries import last_contact_day
from lms.seminars.rules import COUNTED, Deadline, RequestKind, told_without_zone

from .undelivered import Undelivered

AT_ONCE = 2000


class OnCalendar(Protocol):
    """An edition, as far as its people's days are counted on its calendar."""

    @property
    def zone(self) -> str: ...
    @property
    def starts_on(self) -> dt.date: ...
    @property
    def version_id(self) -> int: ...


LAST = (
    select(func.max(EditionVersion.id))
    .where(EditionVersion.edition_id == Edition.id)
    .correlate(Edition)
    .scalar_subquery()
)
_person_id = cast(Table, Person.__table__).c.id
_more_time, _cannot_attend = aliased(ParticipantRequest), aliased(ParticipantRequest)


def _open(asked: Any, kind: RequestKind) -> ColumnElement[bool]:
    return and_(asked.enrolment_id == Enrolment.id, asked.kind == kind, asked.answered_at.is_(None))


class Known(NamedTuple):
    """What is read of somebody, in the order of `_people`. What has a name in a row of SQLAlchemy's takes ten times as
    long to get at."""

    enrolment_id: int
    public_id: str
    edition_id: int
    person_id: int
    state_code: str
    invited_at: dt.datetime | None
    first_seen_at: dt.datetime | None
    deadline_at: dt.datetime | None
    due_at: dt.datetime
    name_confirmed_at: dt.datetime | None
    completed_at: dt.datetime | None
    hidden: bool
    institution_name: str
    institution_zone: str
    more_time: str | None
    more_time_at: dt.datetime | None
    cannot_attend: str | None
    cannot_attend_at: dt.datetime | None
    contacted_on: dt.date | None
    last: dt.datetime | None
    done: int | None


@cache
def _people() -> Select[*tuple[Any, ...]]:
    """Built once: it is asked whenever anybody comes to stand otherwise, and building it takes as long as asking it."""
    return (
        select(
            Enrolment.id, Enrolment.public_id, Enrolment.edition_id, Enrolment.person_id, Enrolment.state_code,
            Enrolment.invited_at, Enrolment.first_seen_at, Enrolment.deadline_at, Enrolment.due_at,
            Person.name_confirmed_at, EnrolmentProgress.completed_at, not_to_be_named(_person_id),
            Institution.name, Institution.zone,
            _more_time.public_id, _more_time.at, _cannot_attend.public_id, _cannot_attend.at,
            last_contact_day().scalar_subquery(), _finished(func.max(UnitProgress.done_at, type_=UtcDateTime())),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .outerjoin(_more_time, _open(_more_time, RequestKind.MORE_TIME))
        .outerjoin(_cannot_attend, _open(_cannot_attend, RequestKind.CANNOT_ATTEND))
        .where(Enrolment.state.in_(COUNTED), Person.erased_at.is_(None))
    )  # fmt: skip


def _finished(what: ColumnElement[Any], *which: ColumnElement[bool]) -> ColumnElement[Any]:
    """Of the units that somebody who is not complete has finished."""
    mine = (UnitProgress.enrolment_id == Enrolment.id, UnitProgress.state == UnitState.DONE, *which)
    found = select(what).where(*mine).correlate(Enrolment).scalar_subquery()
    return case((EnrolmentProgress.completed_at.is_(None), found))


def _asked(editions: Mapping[int, OnCalendar], outlines: Mapping[int, Outline]) -> ColumnElement[bool]:
    """Whether a unit is asked for in the edition, in the substance it has there."""
    reading: dict[int, list[int]] = {}
    for number, edition in editions.items():
        reading.setdefault(edition.version_id, []).append(number)
    unit = tuple_(UnitProgress.unit_id, UnitProgress.substance)
    asked = (
        (there, [(one.id, one.substance) for module in outlines[version].asked for one in module.units])
        for version, there in reading.items()
    )
    return or_(false(), *(and_(Enrolment.edition_id.in_(there), unit.in_(units)) for there, units in asked if units))


def known(
    session: Session,
    editions: Mapping[int, OnCalendar],
    outlines: Mapping[int, Outline],
    failed: Mapping[int, Undelivered],
    who: ColumnElement[bool],
    *,
    told: bool = True,
) -> Iterator[tuple[Known, Facts]]:
    """Of everybody who counts and for whom `who` holds, in these editions and no other: a line about each, and what is
    known of them, in one statement; as it may be `told` of those who are not to be named, or as it is."""
    done = _finished(func.count(), _asked(editions, outlines))
    several = _people().add_columns(done).where(who).execution_options(yield_per=AT_ONCE)
    for row in map(Known._make, ask(session, several)):
        edition = editions[row.edition_id]
        yield row, _facts(row, edition, outlines[edition.version_id].asked_units, failed, told)


def may_need_it(failed: Collection[int]) -> ColumnElement[bool]:
    """Whoever is complete, was here, and has confirmed their name asks for nothing unless they do so themselves or a
    letter to them failed: in a large edition that is most people in the end."""
    if len(failed) > AT_ONCE:
        return true()
    return or_(
        EnrolmentProgress.completed_at.is_(None),
        Enrolment.first_seen_at.is_(None),
        Person.name_confirmed_at.is_(None),
        _more_time.id.is_not(None),
        _cannot_attend.id.is_not(None),
        Enrolment.person_id.in_(failed),
    )


def _facts(
    row: Known,
    edition: OnCalendar,
    asked: int,
    failed: Mapping[int, Undelivered],
    told: bool,
) -> Facts:
    complete = row.completed_at is not None
    letter = failed.get(row.person_id)
    if letter and not letter.still(row.first_seen_at):
        letter = None
    hidden = told and row.hidden
    due = told_without_zone(row.due_at, row.institution_zone, edition.zone) if hidden else Deadline(row.due_at)
    return Facts(
        enrolment_id=row.enrolment_id,
        zone=edition.zone,
        starts_on=edition.starts_on,
        deadline=due.at,
        deadline_on=due.day,
        invited_at=row.invited_at,
        first_seen_at=row.first_seen_at,
        finished_at=row.completed_at or row.last,
        complete=complete,
        units_left=0 if complete else asked - (row.done or 0),
        name_confirmed=row.name_confirmed_at is not None,
        more_time_at=row.more_time_at,
        cannot_attend_at=row.cannot_attend_at,
        mail_failed_at=letter.at if letter else None,
        contacted_on=row.contacted_on,
    )
