"""The sheet of an edition: its half-days, the marks in them, work that makes up for one, and the closing.

A part of `models`, which has every table of this context.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice

from .rules import HalfDay, Mark


class OnSiteSession(Model):
    """A half-day of the programme on site."""

    __tablename__ = "lms_on_site_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    day: Mapped[dt.date]
    half: Mapped[HalfDay] = mapped_column(choice(HalfDay))
    title: Mapped[str] = mapped_column(String(200))

    __table_args__ = (UniqueConstraint("edition_id", "day", "half"),)


class CalledOff(Model):
    """A half-day that was taken off the sheet. Calendars that had it are told so for a while."""

    __tablename__ = "lms_called_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    day: Mapped[dt.date]
    half: Mapped[HalfDay] = mapped_column(choice(HalfDay))
    at: Mapped[dt.datetime]


class CalendarAddress(Model):
    """The secret address under which one person's calendar is read without signing in; only its digest is kept."""

    __tablename__ = "lms_calendar_address"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[dt.datetime]


class AttendanceMark(Model):
    """One mark on the sheet. Append-only: the last mark of a person and half-day counts, until attendance closes."""

    __tablename__ = "lms_attendance_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("lms_on_site_session.id"))
    mark: Mapped[Mark] = mapped_column(choice(Mark))
    by: Mapped[str] = mapped_column(String(40))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why, where a coordinator attests it for one person; under that person's key."""
    at: Mapped[dt.datetime]


class MakeUp(Model):
    """Work that makes up for one excused half-day. The half-day counts once a coordinator has confirmed it."""

    __tablename__ = "lms_make_up"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("lms_on_site_session.id"))
    sealed_words: Mapped[bytes] = mapped_column(LargeBinary)
    """What is to be done, under the person's key."""
    due_on: Mapped[dt.date]
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    done_at: Mapped[dt.datetime | None]
    """When the person said that it is done."""
    confirmed_at: Mapped[dt.datetime | None]
    confirmed_by: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (
        UniqueConstraint("enrolment_id", "session_id"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
    )


class AttendanceClosing(Model):
    """The act by which a coordinator closes an edition's attendance; once, for good."""

    __tablename__ = "lms_attendance_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), unique=True)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]


class AttendanceResult(Model):
    """What the sheet said of one person when attendance was closed: half-days held, attended, excused, and how many of
    the excused ones were made up for."""

    __tablename__ = "lms_attendance_result"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    closing_id: Mapped[int] = mapped_column(ForeignKey("lms_attendance_closing.id"))
    held: Mapped[int]
    present: Mapped[int]
    excused: Mapped[int]
    made_up: Mapped[int] = mapped_column(default=0)
