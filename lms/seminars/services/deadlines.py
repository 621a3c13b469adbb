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
from lms.people.queries.sensitive import is_to_be_named
from lms.people.rules import Scope
from lms.people.services import write_to
from lms.seminars.events import EditionLookedAtAnew, LookedAtAnew
from lms.seminars.models import Edition, Enrolment, Extension, StageReached
from lms.seminars.queries import shifts
from lms.seminars.queries.deadlines import shown_of
from lms.seminars.rules import Deadline, Stage, due_at, due_for, told_without_zone
from lms.web.dates import local_day, long_day, moment, town
from lms.web.meanwhile import as_shown

from .attendance import hold, revised

LONGEST = dt.timedelta(days=366)
"""So long after its edition somebody may still read as in time."""


def extend(
    session: Session,
    *,
    enrolment: Enrolment,
    deadline_at: dt.datetime,
    deadline_on: dt.date | None = None,
    less: bool = False,
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> bool:
    """Give one person more time, until an instant or, with `deadline_on`, until the end of that day where they serve;
    says whether it is more than they had. What they have already is given once. Whoever has `less` than an extension
    gave them, which is to be meant, gets a letter about it.

    Raises Refused unless it is later than now and than the edition's deadline for this person, and no later than a year
    after the edition; Conflict where they have another deadline by now than on the page with the marks `shown`.
    """
    edition, zone, last = _deadline_held(session, enrolment)
    extension = Deadline(deadline_at, deadline_on)
    until, before = extension.within(zone), enrolment.due_at
    if until <= at:
        raise Refused(_("This moment has passed already."))
    if until <= edition.within(zone):
        raise Refused(_("This is no later than the deadline of the edition."))
    if until.date() > last + LONGEST:
        raise Refused(_("This is more than a year after the end of the edition."))
    if until == before:
        return True  # a click made twice
    as_shown({"until": due_for(enrolment.public_id, before)}, shown)
    if until < before and not less:
        raise Refused(_less_than(session, enrolment, zone))
    enrolment.deadline_at, enrolment.due_at = until, due_at(edition, extension, zone)
    session.add(Extension(enrolment_id=enrolment.id, deadline_at=deadline_at, deadline_on=deadline_on, by=by, at=at))
    publish(session, LookedAtAnew((enrolment.id,)))
    act = "extension.granted" if until > before else "extension.shortened"
    audit.record(session, at=at, actor=by, act=act, about=enrolment.public_id)
    if until < before and not _finished(session, enrolment):
        _write(session, session.get_one(Edition, enrolment.edition_id), enrolment.person_id, enrolment.due_at)
    return until > before


def _finished(session: Session, enrolment: Enrolment) -> bool:
    mine = select(StageReached.at).where(StageReached.enrolment_id == enrolment.id)
    return session.scalar(mine.where(StageReached.stage == Stage.PRE_READING)) is not None


def _less_than(session: Session, enrolment: Enrolment, zone: str) -> str:
    """That somebody has more time already; until when, as far as it may be told."""
    edition = session.get_one(Edition, enrolment.edition_id)
    named = is_to_be_named(session, enrolment.person_id)
    due = Deadline(enrolment.due_at) if named else told_without_zone(enrolment.due_at, zone, edition.zone)
    when = long_day(due.day) if due.day else moment(due.at, edition.zone, town(edition.place))
    return str(_("The person has time until %(when)s already.", when=when))


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
    if shown_of(edition.deadline, moved) != shown:
        raise Conflict(_("Something has changed since this was shown, so nothing was done. Look at it again."))
    if deadline == edition.deadline:
        return 0
    edition.deadline_at, edition.deadline_on = deadline.at, deadline.day
    revised(edition, at)
    fit_deadlines(session, edition=edition)
    audit.record(session, at=at, actor=by, act="edition.changed", about=edition.public_id, fields=["deadline"])
    return sum(_write(session, edition, one.person_id, one.then) for one in moved if tell and not one.finished)


def check_due(deadline: Deadline, zone: str, starts_on: dt.date) -> None:
    """Raises Refused for a deadline after the first day on site."""
    if (deadline.day or local_day(deadline.at, zone)) > starts_on:
        raise Refused(_("The pre-reading must be due on the first day at the latest."))


def _write(session: Session, edition: Edition, person_id: int, until: dt.datetime) -> bool:
    facts = {"edition_title": edition.title, "until": until.isoformat()}
    about = edition.public_id
    return write_to(session, person_id=person_id, template="seminars/deadline-changed", context=facts, about=about)


def _deadline_held(session: Session, enrolment: Enrolment) -> tuple[Deadline, str, dt.date]:
    """The deadline of the edition, which nobody changes until the transaction ends, as nobody does the person's own;
    the institution's zone, and the edition's last day."""
    # Held first: a zone that is being corrected is read once that is done.
    session.execute(select(Edition.id).where(Edition.id == enrolment.edition_id).with_for_update(read=True))
    found = (
        select(Edition.deadline_at, Edition.deadline_on, Institution.zone, Edition.ends_on)
        .select_from(Enrolment)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.id == enrolment.id)
    )
    row = session.execute(found).one()
    session.refresh(enrolment, with_for_update={"key_share": True})
    return Deadline(row.deadline_at, row.deadline_on), row.zone, row.ends_on


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
