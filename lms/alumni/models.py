"""Alumni status: a summary of valid completion records, never typed in."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class AlumniStatus(Model):
    """That a person is an alumna or alumnus, since the first of their valid records."""

    __tablename__ = "lms_alumni_status"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    first_record: Mapped[str] = mapped_column(String(32))
    since: Mapped[dt.date]
    records: Mapped[int]
    """How many valid records the status rests on."""
