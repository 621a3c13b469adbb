"""Letters by which states are asked to nominate people."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class NominationCall(Model):
    """That a state is asked to nominate people for an edition: for how many places, when the letter went out and when
    the state answered."""

    __tablename__ = "lms_nomination_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    state_code: Mapped[str] = mapped_column(ForeignKey("lms_state.code"))
    places: Mapped[int]
    sent_on: Mapped[dt.date | None]
    answered_on: Mapped[dt.date | None]

    __table_args__ = (
        UniqueConstraint("edition_id", "state_code"),
        CheckConstraint("places >= 0", name="some_places"),
        CheckConstraint("answered_on IS NULL OR answered_on >= sent_on", name="in_order"),
    )
