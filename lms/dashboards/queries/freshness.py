"""What tells whether anything has changed that the desk shows: counts and highest ids, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, String, Table, bindparam, case, func, select, type_coerce
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion
from lms.kernel.db import UtcDateTime
from lms.kernel.models import Job, JobState
from lms.learning.models import EnrolmentProgress, ProgressEvent
from lms.people.models import Affiliation, Institution, MailFailure, NameConfirmation, Person, SensitiveMark, SentLetter
from lms.seminars.models import (
    AttendanceMark,
    ContactNote,
    Enrolment,
    EnrolmentEvent,
    Extension,
    ParticipantRequest,
    StageReached,
    Tally,
    TallyDelta,
)

from .attention import Watched

# Built once, of tables: see `lms.people.queries.viewers`.
_enrolment, _progress, _person, _job, _letter, _failure, _version, _institution = (
    cast(Table, model.__table__)
    for model in (Enrolment, EnrolmentProgress, Person, Job, SentLetter, MailFailure, CourseVersion, Institution)
)
_HERE = _enrolment.c.edition_id.in_(bindparam("editions", expanding=True))
# Of everybody: what they have finished, by whom; whether they were here, are overdue, have confirmed their name.
_PEOPLE = (
    select(
        func.count(_enrolment.c.id).label("people"),
        func.sum(_enrolment.c.id * (func.coalesce(_progress.c.units_done, 0) + 1)).label("done"),
        func.count(_progress.c.started_at).label("started"),
        func.max(_progress.c.completed_at).label("completed"),
        func.max(_enrolment.c.first_seen_at).label("seen"),
        func.max(_enrolment.c.invited_at).label("invited"),
        func.sum(case((_enrolment.c.due_at < bindparam("at", type_=UtcDateTime()), _enrolment.c.id), else_=0)).label(
            "overdue"
        ),
        func.max(_person.c.name_confirmed_at).label("confirmed"),
        func.count(_person.c.name_confirmed_at).label("names"),
        func.count(_person.c.erased_at).label("erased"),
    )
    .select_from(_enrolment.join(_person, _person.c.id == _enrolment.c.person_id))
    .outerjoin(_progress, _progress.c.enrolment_id == _enrolment.c.id)
    .where(_HERE)
    .subquery()
)


def _appended(model: type[Any], *more: Any) -> Any:
    """How many rows there are of people in these editions."""
    table = cast(Table, model.__table__)
    theirs = select(func.count()).select_from(table.join(_enrolment, _enrolment.c.id == table.c.enrolment_id))
    return theirs.where(_HERE, *more).scalar_subquery()


def _newest(model: type[Any]) -> ColumnElement[int]:
    return select(func.max(cast(Table, model.__table__).c.id)).scalar_subquery()


_NAMING = (SensitiveMark, Affiliation)
"""What decides whether somebody is named."""
_served_at = (
    select(
        (_institution.c.name + ", " + type_coerce(_institution.c.sector, String) + ", " + _institution.c.zone).label(
            "said"
        )
    )
    .where(_institution.c.id.in_(select(_enrolment.c.institution_id).where(_HERE)))
    .order_by(_institution.c.id)
    .subquery()
)
_HOUSES = select(func.aggregate_strings(_served_at.c.said, "; ")).scalar_subquery()
"""What their ministries and institutions are called, what they are there for and by which clocks they live: all
that is corrected where it stands."""
_FAILED = select(func.sum(_job.c.id)).where(_job.c.kind == "mail.send", _job.c.state == JobState.DEAD).scalar_subquery()
_FACTS: Select[*tuple[Any, ...]] = select(
    *_PEOPLE.c,
    *(
        _appended(model)
        for model in (EnrolmentEvent, StageReached, Extension, ContactNote, AttendanceMark, ParticipantRequest)
    ),
    _appended(ParticipantRequest, ParticipantRequest.__table__.c.answered_at.is_not(None)),
    _FAILED,
    # Where a letter failed, a later one to somebody may take its place.
    case((_FAILED.is_not(None), select(func.max(_letter.c.id)).scalar_subquery())),
    select(func.sum(_failure.c.id)).where(_failure.c.over_at.is_(None)).scalar_subquery(),
    select(func.max(_version.c.id)).scalar_subquery(),
    *(_newest(model) for model in _NAMING),
    _HOUSES,
).select_from(_PEOPLE)


MOST_READ = 1000
"""Of editions with more people than this it is not looked up who has done what, each minute for every open page."""
REPAIRED = dt.timedelta(minutes=5)
"""After this time the tag of a large edition changes by itself: for deadlines that pass, and since of two changes at
once the one with the lower id may be seen later."""

_tally, _tally_delta, _open = (cast(Table, model.__table__) for model in (Tally, TallyDelta, ParticipantRequest))


def _sum(table: Table, number: ColumnElement[int]) -> ColumnElement[int]:
    """A sum over these editions, nought where there is nothing."""
    here = table.c.edition_id.in_(bindparam("editions", expanding=True))
    return func.coalesce(select(func.sum(number)).where(here).scalar_subquery(), 0)


# The end of an index each, or the numbers that are kept: nothing here grows with the people.
_LATEST: Select[*tuple[Any, ...]] = select(
    _sum(_tally, _tally.c.count) + _sum(_tally_delta, _tally_delta.c.change),
    *(
        _newest(model)
        for model in (
            EnrolmentEvent, ProgressEvent, Extension, ContactNote, AttendanceMark, ParticipantRequest, NameConfirmation,
            MailFailure, CourseVersion, *_NAMING,
        )
    ),
    select(func.count()).where(_open.c.answered_at.is_(None)).scalar_subquery(),
    _FAILED,
    select(func.sum(_failure.c.id)).where(_failure.c.over_at.is_(None)).scalar_subquery(),
)  # fmt: skip


def freshness(session: Session, editions: Collection[Watched], at: dt.datetime) -> tuple[object, ...]:
    """Plain facts of which at least one changes when anything does that is shown of these editions' people to whoever
    coordinates them, whose door was passed before; one statement. Rows are only ever added to most of the tables, so a
    count tells of every new one, whichever transaction was first. Of many people it is told by what is kept of them:
    see `REPAIRED`."""
    ids, size = [one.id for one in editions], sum(one.people for one in editions)
    if size > MOST_READ:
        latest = session.execute(_LATEST, {"editions": ids}).one()
        return (size, int(at.timestamp() // REPAIRED.total_seconds()), *latest)
    return tuple(session.execute(_FACTS, {"editions": ids, "at": at}).one())
