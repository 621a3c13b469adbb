"""What a record's holder lets others see of it, and how often others have looked. Nothing about who looked."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model


class NameShowing(Model):
    """The holder's word that the page of a record shows their name to everybody, or that it does not any more. One of
    each record, since an older one would come back when the newer is taken away; the audit trail tells of all. Without
    one the name is not shown."""

    __tablename__ = "lms_record_name_showing"

    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("lms_record_subject.record"), index=True)
    shown: Mapped[bool]
    at: Mapped[dt.datetime]
    mark: Mapped[str | None] = mapped_column(String(64))
    """See `marks`."""


class RecordShare(Model):
    """A link with which whoever has it sees the name on a record's page, until a day."""

    __tablename__ = "lms_record_share"

    public_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    """By what its holder ends it."""
    record: Mapped[str] = mapped_column(ForeignKey("lms_record_subject.record"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[dt.datetime]
    ends_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    """When its holder ended it before its time."""
    mark: Mapped[str | None] = mapped_column(String(64))
    """See `marks`; gone with its end."""


class RecordLooks(Model):
    """On how many occasions others looked at a record's page on one day (UTC): a number, and nothing else."""

    __tablename__ = "lms_record_looks"

    record: Mapped[str] = mapped_column(ForeignKey("lms_record_public.record"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    number: Mapped[int]
