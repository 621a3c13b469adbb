"""What a coordinator attests of one person's half-day, with a reason; and the work that makes up for an excused one."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token
from lms.people.sealing import key_of, open_if_there, seal_text
from lms.seminars.models import AttendanceMark, Edition, Enrolment, MakeUp
from lms.seminars.queries.attestations import UNMARKED, marked
from lms.seminars.rules import EnrolmentState, Mark, SheetSession, make_up_place, mark_place
from lms.web.meanwhile import as_shown

from .attendance import hold, while_open
from .enrolments import accept


class MakeUpWork(NamedTuple):
    """What is to be done for an excused half-day, and until which day."""

    words: str
    due_on: dt.date


def attest(
    session: Session,
    *,
    edition: Edition,
    enrolment: Enrolment,
    half_day: SheetSession,
    mark: Mark,
    reason: str,
    make_up: MakeUpWork | None,
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> None:
    """Say of one person's half-day what it was and why, and which work makes up for it; the same twice is said once.

    Raises Conflict where the half-day has another mark by now than on the page with the marks `shown`, Refused once
    attendance is closed, for somebody who has not accepted, for work that makes up for a half-day that is not excused,
    and for a second piece of it.
    """
    hold(session, edition)
    while_open(session, edition)
    if enrolment.state is EnrolmentState.INVITED and mark is Mark.PRESENT:
        accept(session, enrolment=enrolment, at=at, by=by)  # whoever was there has come
    if enrolment.state is not EnrolmentState.ACCEPTED:
        raise Refused(_("Only people who have accepted their place stand on the sheet."))
    if make_up and mark is not Mark.EXCUSED:
        raise Refused(_("Only an excused half-day can be made up for."))
    last = _last_mark(session, enrolment, half_day)
    if not _said_already(session, enrolment, half_day, last, mark, reason):
        as_shown({half_day.key: marked(last.mark, last.at) if last else UNMARKED}, shown)
        sealed = seal_text(session, enrolment.person_id, reason, mark_place(enrolment.id, half_day.id, at))
        place = {"enrolment_id": enrolment.id, "session_id": half_day.id}
        session.add(AttendanceMark(**place, mark=mark, by=by, sealed_reason=sealed, at=at))
        facts = {"half_day": half_day.key, "mark": str(mark)}
        audit.record(session, at=at, actor=by, act="attendance.attested", about=enrolment.public_id, **facts)
    if make_up:
        _ask_for(session, enrolment, half_day, make_up, at, by)


def _last_mark(session: Session, enrolment: Enrolment, half_day: SheetSession) -> AttendanceMark | None:
    theirs = select(AttendanceMark).where(
        AttendanceMark.enrolment_id == enrolment.id, AttendanceMark.session_id == half_day.id
    )
    return session.scalar(theirs.order_by(AttendanceMark.id.desc()).limit(1))


def _said_already(
    session: Session,
    enrolment: Enrolment,
    half_day: SheetSession,
    last: AttendanceMark | None,
    mark: Mark,
    reason: str,
) -> bool:
    if last is None or last.mark is not mark or last.sealed_reason is None:
        return False
    place = mark_place(enrolment.id, half_day.id, last.at)
    return open_if_there(key_of(session, enrolment.person_id), last.sealed_reason, place) == reason


def _ask_for(
    session: Session, enrolment: Enrolment, half_day: SheetSession, work: MakeUpWork, at: dt.datetime, by: str
) -> None:
    public_id = new_token()
    row = dialect_insert(session)(MakeUp).values(
        public_id=public_id,
        enrolment_id=enrolment.id,
        session_id=half_day.id,
        sealed_words=seal_text(session, enrolment.person_id, work.words, make_up_place(public_id)),
        due_on=work.due_on,
        by=by,
        at=at,
    )
    if session.scalar(row.on_conflict_do_nothing().returning(MakeUp.id)) is None:
        raise Refused(_("There is work for this half-day already."))
    audit.record(session, at=at, actor=by, act="make-up.asked", about=enrolment.public_id, half_day=half_day.key)


def make_up_done(
    session: Session, *, edition: Edition, enrolment: Enrolment, make_up: MakeUp, at: dt.datetime, by: str
) -> None:
    """The person says that the work is done; a second time changes nothing. Raises Refused after the closing."""
    hold(session, edition)
    while_open(session, edition)
    session.refresh(make_up)
    if make_up.done_at is None:
        make_up.done_at = at
        audit.record(session, at=at, actor=by, act="make-up.done", about=enrolment.public_id)


def confirm_make_up(
    session: Session, *, edition: Edition, enrolment: Enrolment, make_up: MakeUp, at: dt.datetime, by: str
) -> None:
    """A coordinator confirms that the work was done: the half-day counts. A second time changes nothing. Raises Refused
    once attendance is closed."""
    hold(session, edition)
    while_open(session, edition)
    session.refresh(make_up)
    if make_up.confirmed_at is None:
        make_up.confirmed_at, make_up.confirmed_by = at, by
        audit.record(session, at=at, actor=by, act="make-up.confirmed", about=enrolment.public_id)
