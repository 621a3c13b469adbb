"""Which states were asked to nominate people for an edition."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.seminars.models import NominationCall


def calls_of(session: Session, edition_id: int) -> list[NominationCall]:
    """Every state that is asked, by its code; of an edition whose door was passed before."""
    mine = select(NominationCall).where(NominationCall.edition_id == edition_id)
    return list(session.scalars(mine.order_by(NominationCall.state_code)))
