"""Deadlines: more time for one person, and everybody's own deadline kept in line with what it follows from."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import case, literal, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.people.models import Institution
from lms.seminars.models import Edition, Enrolment, Extension
from lms.seminars.rules import Deadline, due_at


def extend(
    session: Session,
    *,
    enrolment: Enrolment,
    deadline_at: dt.datetime,
    deadline_on: dt.date | None = None,
    at: dt.datetime,
    by: str,
) -> None:
    """Give one person more time, until an instant or, with `deadline_on`, until the end of that day where they serve.

    Raises Refused unless it is later than now and than the edition's deadline for this person.
    """
    edition, zone = _deadline_held(session, enrolment)
    extension = Deadline(deadline_at, deadline_on)
    until = extension.within(zone)
    if until <= at:
        raise Refused(_("This moment has passed already."))
    if until <= edition.within(zone):
        raise Refused(_("This is no later than the deadline of the edition."))
    enrolment.deadline_at, enrolment.due_at = until, due_at(edition, extension, zone)
    session.add(Extension(enrolment_id=enrolment.id, deadline_at=deadline_at, deadline_on=deadline_on, by=by, at=at))
    audit.record(session, at=at, actor=by, act="extension.granted", about=enrolment.public_id)


def _deadline_held(session: Session, enrolment: Enrolment) -> tuple[Deadline, str]:
    """The deadline of the edition, which nobody changes until the transaction ends, and the institution's zone."""
    found = (
        select(Edition.deadline_at, Edition.deadline_on, Institution.zone)
        .select_from(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.id == enrolment.id)
    )
    row = session.execute(found.with_for_update(read=True, of=Edition)).one()
    return Deadline(row.deadline_at, row.deadline_on), row.zone


def fit_deadlines(session: Session, *, edition: Edition) -> None:
    """After a change of an edition's deadline: everybody's own is what it says now, or their extension where that is
    later. A statement for each zone that the institutions of the edition live by."""
    zones = select(Institution.zone).join(Enrolment, Enrolment.institution_id == Institution.id)
    kind = Enrolment.due_at.type
    for zone in session.scalars(zones.where(Enrolment.edition_id == edition.id).distinct()).all():
        ends = literal(edition.deadline.within(zone), kind)
        there = select(Institution.id).where(Institution.zone == zone)
        theirs = update(Enrolment).where(Enrolment.edition_id == edition.id, Enrolment.institution_id.in_(there))
        later = case((Enrolment.deadline_at > ends, Enrolment.deadline_at), else_=ends)
        session.execute(theirs.values(due_at=later), execution_options={"synchronize_session": False})
    for kept in session.identity_map.values():
        if isinstance(kept, Enrolment) and kept.edition_id == edition.id:
            session.expire(kept, ["due_at"])
