"""A certificate says what became of its record, for its holder; one made before is let go."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.people.events import PersonErased
from lms.records.events import RecordEnded

from . import services


@on(RecordEnded)
def after_end(session: Session, event: RecordEnded) -> None:
    """The next one says it."""
    services.forget(session, record=event.record)


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """Nobody can open one, or ask once more for one that lacks letters."""
    services.forget_of(session, person_id=event.person_id)
