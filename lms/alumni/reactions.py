"""The status follows every change of a record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.people.events import PersonErased, PersonsJoined
from lms.records.events import RecordEnded, RecordsIssued

from . import services
from .services import membership


@on(RecordsIssued)
def after_issue(session: Session, event: RecordsIssued) -> None:
    """The first record makes the status."""
    services.recompute(session, person_ids=event.person_ids)


@on(RecordEnded)
def after_end(session: Session, event: RecordEnded) -> None:
    """The last one takes it away."""
    services.recompute(session, person_ids=[event.person_id])


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """The membership ends, and with it everything in the directory."""
    membership.leave(session, person_id=event.person_id, at=event.at)


@on(PersonsJoined)
def after_joining(session: Session, event: PersonsJoined) -> None:
    """The records of two entries are one person's."""
    services.recompute(session, person_ids=[event.person_id])
