"""Every fact that may be the last one a record waits for."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.learning.events import PreReadingCompleted
from lms.people.events import NameConfirmed, PersonErased, PersonsJoined
from lms.seminars.events import AttendanceClosed, EditionVersionChanged, EnrolmentAccepted

from . import services


@on(PreReadingCompleted)
def after_pre_reading(session: Session, event: PreReadingCompleted) -> None:
    """The reading may come last: after the days on site."""
    services.consider(session, enrolment_id=event.enrolment_id, at=event.at)


@on(AttendanceClosed)
def after_attendance(session: Session, event: AttendanceClosed) -> None:
    """Most records are issued here."""
    services.consider_edition(session, edition_id=event.edition_id, at=event.at, by=event.by)


@on(EnrolmentAccepted)
def after_acceptance(session: Session, event: EnrolmentAccepted) -> None:
    """Who was invited may read before the place is taken."""
    services.consider(session, enrolment_id=event.enrolment_id, at=event.at)


@on(NameConfirmed)
def after_name(session: Session, event: NameConfirmed) -> None:
    """A person may have been waited for in several editions."""
    services.consider_person(session, person_id=event.person_id, at=event.at)


@on(EditionVersionChanged)
def after_version(session: Session, event: EditionVersionChanged) -> None:
    """Another version may ask for less."""
    services.consider_edition(session, edition_id=event.edition_id, at=event.at)


@on(PersonsJoined)
def after_joining(session: Session, event: PersonsJoined) -> None:
    """A place that waited for a name may be that of somebody whose name is confirmed."""
    services.consider_person(session, person_id=event.person_id, at=event.at)


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """Nobody is there any more to be answered."""
    services.close_requests(session, person_id=event.person_id, at=event.at)
