"""A certificate says what became of its record; one made before is let go."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.records.events import RecordEnded

from . import services


@on(RecordEnded)
def after_end(session: Session, event: RecordEnded) -> None:
    """The next one says it."""
    services.forget(session, record=event.record)
