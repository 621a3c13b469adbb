"""With its holder goes whatever they let others see of a record."""

from __future__ import annotations

from sqlalchemy.orm import Session

from lms.kernel.events import on
from lms.people.events import PersonErased

from . import services


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """No link leads to a name any more, and nobody is there to be told of looks."""
    services.forget(session, person_id=event.person_id)
