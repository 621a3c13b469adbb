"""The last step of a place is taken back, with what it made elsewhere: a mistake, noted as if it had not been made."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.people.queries import subjects_of
from lms.seminars.events import EnrolmentAccepted
from lms.seminars.models import Enrolment, EnrolmentEvent
from lms.seminars.rules import ENDED, EnrolmentState, counted, state_before

from .enrolments import move, while_steady, withdraw


def take_back(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Undo the last step, by which a place was given up: the place stands where it stood before, and nobody is
    written to. Raises Refused where it cannot be undone, Conflict."""
    while_steady(session, enrolment)
    session.refresh(enrolment, with_for_update={"key_share": True})
    taken = select(EnrolmentEvent.state, EnrolmentEvent.by).where(EnrolmentEvent.enrolment_id == enrolment.id)
    steps = session.execute(taken.order_by(EnrolmentEvent.id)).all()
    before = state_before([step.state for step in steps])
    if before is None:
        raise Refused(_("This step cannot be taken back."))
    if steps[-1].by == subjects_of(session, [enrolment.person_id])[enrolment.person_id]:
        raise Refused(_("The person declined themselves. Invite them again if they have changed their mind."))
    _give_up_later(session, enrolment, at, by)
    _take_from_substitute(session, enrolment, at, by)
    move(session, enrolment, before, at, by, back=True)
    if before is EnrolmentState.ACCEPTED:
        publish(session, EnrolmentAccepted(enrolment.id, enrolment.edition_id, enrolment.person_id, at))


def _give_up_later(session: Session, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """What a deferral made in the later edition; raises Refused once the person was invited there."""
    later = session.scalar(select(Enrolment).where(Enrolment.deferred_from_id == enrolment.id))
    if later is None:
        return
    if counted(later.state):
        raise Refused(_("The person is invited to the later edition already. Withdraw them there first."))
    if later.state is EnrolmentState.NOMINATED:
        withdraw(session, enrolment=later, at=at, by=by)
    later.deferred_from_id = None


def _take_from_substitute(session: Session, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Whoever was to take over gives the place up; raises Refused once they have it."""
    if enrolment.replaced_by_id is None:
        return
    other = session.get_one(Enrolment, enrolment.replaced_by_id)
    session.refresh(other, with_for_update={"key_share": True})
    invited = other.state is EnrolmentState.INVITED and other.first_seen_at is None
    if not invited and other.state not in ENDED - {EnrolmentState.REPLACED}:
        raise Refused(_("Somebody else has the place already. Withdraw them first."))
    if invited:
        withdraw(session, enrolment=other, at=at, by=by)
    enrolment.replaced_by_id = None
