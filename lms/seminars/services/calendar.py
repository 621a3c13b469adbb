"""The secret address of a person's calendar: made, made anew, ended."""

from __future__ import annotations

import datetime as dt
import secrets

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.secrets import digest
from lms.seminars.models import CalendarAddress


def make_calendar_address(session: Session, *, person_id: int, subject: str, at: dt.datetime) -> str:
    """Give a person an address for their calendar, in the place of the one before; its token is shown once and kept
    nowhere."""
    token = secrets.token_urlsafe(32)
    said = {"token_digest": digest(token), "made_at": at}
    made = dialect_insert(session)(CalendarAddress).values(person_id=person_id, **said)
    session.execute(made.on_conflict_do_update(index_elements=["person_id"], set_=said))
    audit.record(session, at=at, actor=subject, act="calendar.made", about=subject)
    return token


def end_calendar_address(session: Session, *, person_id: int, subject: str, at: dt.datetime) -> None:
    """The address leads nowhere from now on; nothing happens for somebody without one."""
    theirs = delete(CalendarAddress).where(CalendarAddress.person_id == person_id)
    if session.scalar(theirs.returning(CalendarAddress.person_id)) is not None:
        audit.record(session, at=at, actor=subject, act="calendar.ended", about=subject)
