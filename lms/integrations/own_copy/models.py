"""The copy that somebody asked for, kept for a day under their own key."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class OwnCopy(Model):
    """A copy, from the asking until a day later; another one takes its place. A part that was taken once and for all is
    empty."""

    __tablename__ = "lms_own_copy"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    work: Mapped[str] = mapped_column(String(32))
    """The public id of the work that makes it."""
    language: Mapped[str] = mapped_column(String(20))
    asked_at: Mapped[dt.datetime]
    sealed_data: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_pages: Mapped[bytes | None] = mapped_column(LargeBinary)
    script: Mapped[str | None] = mapped_column(String(40))
    """Whose letters are missing here, so that there is no PDF."""
