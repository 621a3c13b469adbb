"""What we do when a lower context says that something happened."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.seminars.events import EditionVersionChanged

from .services import complete_whoever_has_finished


@on(EditionVersionChanged)
def finish_under_the_new_version(session: Session, event: EditionVersionChanged) -> None:
    """A version that asks less may leave somebody with nothing more to read."""
    complete_whoever_has_finished(session, edition_id=event.edition_id, version_id=event.version_id, at=event.at)
