"""Certificates that were asked for, kept for a day under the holder's own key; one can be made anew at any time."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice


class CertificateState(enum.StrEnum):
    """Where a certificate stands; `lacking` waits for letters that this machine does not have."""

    WAITING = "waiting"
    READY = "ready"
    LACKING = "lacking"


class Certificate(Model):
    """A record's certificate in one language, from the asking until a day later."""

    __tablename__ = "lms_certificate"

    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("lms_record_subject.record"))
    language: Mapped[str] = mapped_column(String(12))
    state: Mapped[CertificateState] = mapped_column(choice(CertificateState))
    asked_at: Mapped[dt.datetime]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The PDF, under the holder's key."""
    script: Mapped[str | None] = mapped_column(String(40))
    """Whose letters are missing here."""

    __table_args__ = (
        UniqueConstraint("record", "language"),
        CheckConstraint("(state = 'ready') = (sealed IS NOT NULL)", name="ready_or_not"),
    )
