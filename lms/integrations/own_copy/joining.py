"""A copy is sealed under the key of the entry it was made for; another can be asked for."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.people.joining import Joining, moves

from .models import OwnCopy


@moves(OwnCopy.person_id)
def copies(session: Session, joining: Joining) -> None:
    """Neither entry's copy is whole any more."""
    session.execute(delete(OwnCopy).where(OwnCopy.person_id.in_((joining.stays, joining.goes))))
