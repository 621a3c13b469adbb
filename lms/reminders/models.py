"""What was sent when, what reminders of an edition say, and whether one goes every week by itself."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice
from lms.kernel.secrets import new_token

from .rules import LeftOut


class ReminderSending(Model):
    """One act of sending reminders; the key of the page makes it happen once."""

    __tablename__ = "lms_reminder_sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_token)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    client_key: Mapped[str] = mapped_column(String(64))
    letters: Mapped[int]
    told_apart: Mapped[bool] = mapped_column(default=True)
    """Whether it is noted who was left out: of what was sent before this was kept, nobody knows it."""
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("edition_id", "client_key"),)


class ReminderLeftOut(Model):
    """That somebody on the list of a sending got no letter, and why. Nothing was done with them by it: it goes with
    their place where that is taken back."""

    __tablename__ = "lms_reminder_left_out"

    sending_id: Mapped[int] = mapped_column(ForeignKey("lms_reminder_sending.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(
        ForeignKey("lms_enrolment.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    reason: Mapped[LeftOut] = mapped_column(choice(LeftOut))


class ReminderText(Model):
    """What reminders of an edition say in one language. Append-only; the last row is in force, and one without words
    goes back to the house's text."""

    __tablename__ = "lms_reminder_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    language: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]

    __table_args__ = (Index(None, "edition_id", "language"),)


class WeeklyReminder(Model):
    """That a coordinator turned the weekly reminder of an edition on or off. Append-only; the last row is in force."""

    __tablename__ = "lms_weekly_reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    on: Mapped[bool]
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
