"""What a calendar tells its reader: their own places, and whose address it is read under."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import Row, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import digest
from lms.people.models import Person
from lms.seminars.models import (
    CalendarAddress,
    CalledOff,
    Edition,
    Enrolment,
    EnrolmentEvent,
    Extension,
    HalfDay,
    OnSiteSession,
)
from lms.seminars.rules import COUNTED, ENDED
from lms.seminars.rules.calendar import KEPT_CANCELLED, CalendarPlace

Half = tuple[dt.date, HalfDay]


class CalendarReader(NamedTuple):
    """Whose calendar it is, and the language they chose."""

    person_id: int
    locale: str | None


def calendar_reader(session: Session, token: str) -> CalendarReader | None:
    """Whose calendar is read under this address; nobody's once it was ended, or its person erased or shut out."""
    found = (
        select(Person.id, Person.locale)
        .join(CalendarAddress, CalendarAddress.person_id == Person.id)
        .where(CalendarAddress.token_digest == digest(token), Person.erased_at.is_(None), Person.disabled_at.is_(None))
    )
    row = session.execute(found).first()
    return CalendarReader(*row) if row else None


def calendar_made_at(session: Session, person_id: int) -> dt.datetime | None:
    """Since when a person has an address for their calendar, if they have one."""
    return session.scalar(select(CalendarAddress.made_at).where(CalendarAddress.person_id == person_id))


def calendar_places(session: Session, person_id: int, at: dt.datetime) -> list[CalendarPlace]:
    """A person's own places, invited or accepted, and for a while those that were given up; three statements."""
    steps = _counted(EnrolmentEvent)
    more = _counted(Extension)
    rows = session.execute(
        select(
            Enrolment.public_id, Enrolment.edition_id, Enrolment.state, Enrolment.due_at, Edition.starts_on,
            Edition.ends_on, Edition.zone, Edition.revision, Edition.revised_at, steps.c.number.label("steps"),
            steps.c.last.label("stepped_at"), Edition.morning_from, Edition.morning_until, Edition.afternoon_from,
            Edition.afternoon_until, more.c.number.label("extensions"), more.c.last.label("extended_at"),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(steps, steps.c.enrolment_id == Enrolment.id)
        .outerjoin(more, more.c.enrolment_id == Enrolment.id)
        .where(
            Enrolment.person_id == person_id,
            or_(
                Enrolment.state.in_(COUNTED),
                and_(Enrolment.state.in_(ENDED), steps.c.last > at - KEPT_CANCELLED, Enrolment.invited_at.is_not(None)),
            ),
        )
        .order_by(Enrolment.id)
    ).all()  # fmt: skip
    editions = {row.edition_id for row in rows}
    halves, called_off = _halves(session, editions), _called_off(session, editions, at)
    return [
        CalendarPlace(
            key=row.public_id,
            left=row.state in ENDED,
            due_at=row.due_at,
            starts_on=row.starts_on,
            ends_on=row.ends_on,
            zone=row.zone,
            revision=row.revision + row.steps,
            changed=max(row.revised_at, row.stepped_at),
            extensions=row.extensions or 0,
            extended=row.extended_at,
            halves=halves[row.edition_id],
            called_off=called_off[row.edition_id],
            hours={
                HalfDay.MORNING: (row.morning_from, row.morning_until),
                HalfDay.AFTERNOON: (row.afternoon_from, row.afternoon_until),
            },
        )
        for row in rows
    ]


def _counted(kind: type[EnrolmentEvent] | type[Extension]) -> Subquery:
    return (
        select(kind.enrolment_id, func.count().label("number"), func.max(kind.at).label("last"))
        .group_by(kind.enrolment_id)
        .subquery()
    )


def _halves(session: Session, editions: Collection[int]) -> defaultdict[int, list[Half]]:
    found = select(OnSiteSession.edition_id, OnSiteSession.day, OnSiteSession.half)
    rows = session.execute(found.where(OnSiteSession.edition_id.in_(editions)).order_by(OnSiteSession.id))
    return _by_edition(rows.all())


def _called_off(session: Session, editions: Collection[int], at: dt.datetime) -> defaultdict[int, list[Half]]:
    found = select(CalledOff.edition_id, CalledOff.day, CalledOff.half).distinct()
    fresh = found.where(CalledOff.edition_id.in_(editions), CalledOff.at > at - KEPT_CANCELLED)
    return _by_edition(session.execute(fresh.order_by(CalledOff.day, CalledOff.half)).all())


def _by_edition(rows: Iterable[Row[int, dt.date, HalfDay]]) -> defaultdict[int, list[Half]]:
    found: defaultdict[int, list[Half]] = defaultdict(list)
    for edition_id, day, half in rows:
        found[edition_id].append((day, half))
    return found
