"""The feed tells of every change in the transaction of the change."""

from __future__ import annotations

from sqlalchemy.orm import Session

import lms.alumni.reactions  # noqa: F401  the status is brought into line first
from lms.kernel.events import on
from lms.people.events import NamingChanged, PersonErased, PersonsJoined
from lms.records.events import RecordEnded, RecordsIssued

from . import services


@on(RecordsIssued)
def after_issue(session: Session, event: RecordsIssued) -> None:
    """New records, and the status that follows from them."""
    services.tell(session, person_ids=event.person_ids, at=event.at)


@on(RecordEnded)
def after_end(session: Session, event: RecordEnded) -> None:
    """A record that is not valid any more, and what is left of the status."""
    services.tell(session, person_ids=[event.person_id], at=event.at)


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """Partners are told to forget."""
    services.tell_of_erasure(session, person_id=event.person_id, at=event.at)


@on(PersonsJoined)
def after_joining(session: Session, event: PersonsJoined) -> None:
    """Partners are told to forget the one, and of the other what is true now."""
    services.tell_of_joining(session, stays=event.person_id, goes=event.other_id, at=event.at)


@on(NamingChanged)
def after_mark(session: Session, event: NamingChanged) -> None:
    """Partners are told whose name and state they have to forget, or may have again."""
    services.tell_who_is_named(session, at=event.at)
