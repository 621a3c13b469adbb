"""The status follows every change of a record."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.people.events import PersonErased, PersonsJoined, SignedIn
from lms.records.events import RecordEnded, RecordsIssued

from . import services
from .models import AlumniStatus
from .services import membership, past, reinvitations


@on(RecordsIssued)
def after_issue(session: Session, event: RecordsIssued) -> None:
    """The first record makes the status."""
    services.recompute(session, person_ids=event.person_ids)


@on(RecordEnded)
def after_end(session: Session, event: RecordEnded) -> None:
    """The last one takes it away, and the membership with it: a later record opens none without a new word."""
    services.recompute(session, person_ids=[event.person_id])
    if session.scalar(select(AlumniStatus.person_id).where(AlumniStatus.person_id == event.person_id)) is None:
        membership.leave(session, person_id=event.person_id, at=event.at)


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """The membership ends, and with it everything in the directory; so does what officers had begun about them."""
    membership.leave(session, person_id=event.person_id, at=event.at)
    reinvitations.close(session, person_id=event.person_id, at=event.at)
    past.forget_source(session, person_id=event.person_id)


@on(SignedIn)
def after_sign_in(session: Session, event: SignedIn) -> None:
    """Whoever comes in themselves has lost nothing, and changes their addresses themselves."""
    reinvitations.close(session, person_id=event.person_id, at=event.at)


@on(PersonsJoined)
def after_joining(session: Session, event: PersonsJoined) -> None:
    """The records of two entries are one person's."""
    services.recompute(session, person_ids=[event.person_id])
