"""Places in an edition: given, taken, declined, withdrawn, replaced. Every step is an event, the row their summary."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.people.models import Affiliation, Institution
from lms.people.queries import subjects_of
from lms.people.sealing import seal_reason
from lms.seminars.events import EnrolmentAccepted, EnrolmentEnded, EnrolmentInvited
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent
from lms.seminars.queries import Closing, closing_of
from lms.seminars.rules import Deadline, EnrolmentState, Stage, counted, due_at, may_become, step_place

from .counting import reach, recount


def enrol(
    session: Session, *, edition: Edition, person_id: int, affiliation_id: int, at: dt.datetime, by: str | None
) -> Enrolment:
    """Nominate a person for an edition; raises Refused for one who is in it already, once or at the same moment."""
    _while_open(session, edition.id)
    # The deadline is read again now that nobody can change it.
    place = session.execute(
        select(
            Institution.state_code, Institution.sector, Institution.id, Institution.zone,
            Edition.deadline_at, Edition.deadline_on,
        )
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .join(Edition, Edition.id == edition.id)
        .where(Affiliation.id == affiliation_id, Affiliation.person_id == person_id)
    ).one()  # fmt: skip
    insert = dialect_insert(session)
    row = insert(Enrolment).values(
        public_id=new_token(),
        edition_id=edition.id,
        person_id=person_id,
        affiliation_id=affiliation_id,
        institution_id=place.id,
        state_code=place.state_code,
        sector=place.sector,
        state=EnrolmentState.NOMINATED,
        due_at=due_at(Deadline(place.deadline_at, place.deadline_on), None, place.zone),
    )
    enrolment: Enrolment | None = session.scalar(
        row.on_conflict_do_nothing(index_elements=["edition_id", "person_id"]).returning(Enrolment)
    )
    if enrolment is None:
        raise Refused(_("This person is in this edition already."))
    _note(session, enrolment, EnrolmentState.NOMINATED, at, by, None)
    return enrolment


def invite(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Offer the place, for the first time or again after it was given up; raises Refused, Conflict."""
    _while_open(session, enrolment.edition_id)
    _move(session, enrolment, EnrolmentState.INVITED, at, by)
    enrolment.invited_at = at
    enrolment.replaced_by_id = None
    reach(session, enrolment=enrolment, stage=Stage.INVITED, at=at)
    publish(session, EnrolmentInvited(enrolment.id, enrolment.edition_id, enrolment.person_id, at))


def accept(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None) -> None:
    """Take the place; by its holder, or by a coordinator who was told so. Raises Conflict."""
    closing = _closing_held(session, enrolment.edition_id)
    # Who waited here for the closing came after it, whenever the request began.
    at = max(at, closing.at) if closing else at
    _move(session, enrolment, EnrolmentState.ACCEPTED, at, by)
    publish(session, EnrolmentAccepted(enrolment.id, enrolment.edition_id, enrolment.person_id, at))


def came_back(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """A person signed in: places offered are taken, and it is noted that they were seen."""
    mine = select(Enrolment).where(
        Enrolment.person_id == person_id,
        or_(
            Enrolment.state == EnrolmentState.INVITED,
            and_(Enrolment.state == EnrolmentState.ACCEPTED, Enrolment.first_seen_at.is_(None)),
        ),
    )
    waiting = session.scalars(mine.order_by(Enrolment.edition_id)).all()
    subject = subjects_of(session, [person_id])[person_id] if waiting else None
    for enrolment in waiting:
        if enrolment.state is EnrolmentState.INVITED:
            accept(session, enrolment=enrolment, at=at, by=subject)
        enrolment.first_seen_at = enrolment.first_seen_at or at
        reach(session, enrolment=enrolment, stage=Stage.SIGNED_IN, at=at)


def decline(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None, reason: str = "") -> None:
    """The person does not take the place offered."""
    _end(session, enrolment, EnrolmentState.DECLINED, at, by, reason)


def withdraw(session: Session, *, enrolment: Enrolment, at: dt.datetime, by: str | None, reason: str = "") -> None:
    """The place is given up, by the person's wish or the ministry's."""
    _end(session, enrolment, EnrolmentState.WITHDRAWN, at, by, reason)


def replace(
    session: Session, *, enrolment: Enrolment, substitute: Enrolment, at: dt.datetime, by: str | None, reason: str = ""
) -> None:
    """Another person takes over the place: this one is `replaced`, the substitute invited. Raises Refused, Conflict."""
    if substitute.edition_id != enrolment.edition_id or substitute.id == enrolment.id:
        raise Refused(_("The substitute must be another person of the same edition."))
    _end(session, enrolment, EnrolmentState.REPLACED, at, by, reason)
    if not counted(substitute.state):
        invite(session, enrolment=substitute, at=at, by=by)
    enrolment.replaced_by_id = substitute.id


def _end(
    session: Session, enrolment: Enrolment, then: EnrolmentState, at: dt.datetime, by: str | None, reason: str
) -> None:
    _while_open(session, enrolment.edition_id)
    _move(session, enrolment, then, at, by, reason or None)
    publish(session, EnrolmentEnded(enrolment.id, enrolment.edition_id, enrolment.person_id, str(then), at))


def _while_open(session: Session, edition_id: int) -> None:
    if _closing_held(session, edition_id):
        raise Refused(_("The attendance of this edition is closed, so nobody can be added or taken out any more."))


def _closing_held(session: Session, edition_id: int) -> Closing | None:
    # Shared, so that people can come and go at once, but not while attendance is being closed. The edition is held
    # before the place, as a closing does, so that neither waits for the other.
    session.execute(select(Edition.id).where(Edition.id == edition_id).with_for_update(read=True))
    return closing_of(session, edition_id)


def _move(
    session: Session,
    enrolment: Enrolment,
    then: EnrolmentState,
    at: dt.datetime,
    by: str | None,
    reason: str | None = None,
) -> None:
    """Append the step and keep the summary and the numbers in line with it."""
    session.flush()  # what was changed in this row so far, before it is read again
    # The row is locked and read again: of two changes at once the second sees what the first has done.
    session.refresh(enrolment, with_for_update={"key_share": True})
    if not may_become(enrolment.state, then):
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    before, enrolment.state = enrolment.state, then
    if counted(then) != counted(before):
        recount(session, enrolment, 1 if counted(then) else -1)
    _note(session, enrolment, then, at, by, reason)


def _note(
    session: Session, enrolment: Enrolment, state: EnrolmentState, at: dt.datetime, by: str | None, reason: str | None
) -> None:
    sealed = seal_reason(session, enrolment.person_id, reason, step_place(enrolment.id, state, at))
    session.add(EnrolmentEvent(enrolment_id=enrolment.id, state=state, by=by, sealed_reason=sealed, at=at))
    session.flush()  # events are told apart by their id, so they must be numbered in the order they happened
    audit.record(session, at=at, actor=by, act=f"enrolment.{state}", about=enrolment.public_id)
