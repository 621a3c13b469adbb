"""Deadlines: more time for one person, and everybody's own deadline kept in line with what it follows from."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import case, literal, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Conflict, Refused
from lms.kernel.events import publish
from lms.people.models import Institution
from lms.people.rules import Scope
from lms.people.services import write_to
from lms.seminars.events import EditionLookedAtAnew, LookedAtAnew
from lms.seminars.models import Edition, Enrolment, Extension
from lms.seminars.queries import shifts
from lms.seminars.rules import Deadline, due_at
from lms.seminars.rules.shifts import Shift, fingerprint
from lms.web.dates import local_day

from .attendance import hold, revised


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
    publish(session, LookedAtAnew((enrolment.id,)))
    audit.record(session, at=at, actor=by, act="extension.granted", about=enrolment.public_id)


def set_deadline(
    session: Session,
    *,
    edition: Edition,
    deadline: Deadline,
    shown: str,
    tell: bool,
    scope: Scope,
    at: dt.datetime,
    by: str,
) -> int:
    """Give an edition another deadline with exactly what was `shown` (the fingerprint of the shifts), and `tell` those
    who have not finished reading; says how many letters that is. Raises Refused, Conflict."""
    hold(session, edition)
    session.refresh(edition)
    check_due(deadline, edition.zone, edition.starts_on)
    moved = shifts(session, edition, deadline, scope)
    if fingerprint(moved) != shown:
        raise Conflict(_("Something has changed since this was shown, so nothing was done. Look at it again."))
    if deadline == edition.deadline:
        return 0
    edition.deadline_at, edition.deadline_on = deadline.at, deadline.day
    revised(edition, at)
    fit_deadlines(session, edition=edition)
    audit.record(session, at=at, actor=by, act="edition.changed", about=edition.public_id, fields=["deadline"])
    return sum(_tell(session, edition, one) for one in moved if tell and not one.finished)


def check_due(deadline: Deadline, zone: str, starts_on: dt.date) -> None:
    """Raises Refused for a deadline after the first day on site."""
    if (deadline.day or local_day(deadline.at, zone)) > starts_on:
        raise Refused(_("The pre-reading must be due on the first day at the latest."))


def _tell(session: Session, edition: Edition, one: Shift) -> bool:
    facts = {"edition_title": edition.title, "until": one.then.isoformat()}
    about = edition.public_id
    return write_to(session, person_id=one.person_id, template="seminars/deadline-changed", context=facts, about=about)


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
    publish(session, EditionLookedAtAnew(edition.id))
