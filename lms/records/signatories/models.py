"""Who signs the certificates of records to come."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class SignatureLines(Model):
    """The lines of one edition, or of all that have none of their own; sealed under a key of their own, for they name
    people. Records keep the lines that they were issued with, whatever becomes of this row."""

    __tablename__ = "lms_signature_lines"

    edition: Mapped[str] = mapped_column(String(32), primary_key=True)
    """Its public id; empty for all editions."""
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[dt.datetime]
