"""The attendance sheet: half-days, marks that are appended until a coordinator closes it, and the closing."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from flask_babel import gettext as _
from sqlalchemy import Select, delete, exists, select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.events import publish
from lms.seminars.events import AttendanceClosed
from lms.seminars.models import (
    AttendanceClosing,
    AttendanceMark,
    AttendanceResult,
    CalledOff,
    Edition,
    Enrolment,
    OnSiteSession,
)
from lms.seminars.queries import asked_in, closing_of, confirmed_make_ups, marks_of, on_sheet, sessions_of
from lms.seminars.rules import EnrolmentState, HalfDay, Mark, Stage, attendance_of, half_days
from lms.web.meanwhile import together

from .counting import reach_all
from .enrolments import accept


class ClosedAlready(Refused):
    """The sheet was closed before, by a double click or by somebody else."""

    def __init__(self) -> None:
        super().__init__(_("The attendance of this edition is closed already."))


class MarkedMeanwhile(Conflict):
    """Two have changed the same marks; `places` are the enrolments whose they are."""

    def __init__(self, places: frozenset[int]) -> None:
        said = _("Nothing was saved: somebody else has changed a mark meanwhile that you changed too.")
        super().__init__(" ".join([said, _("Look at the sheet again.")]))
        self.places = places


Marks = Mapping[tuple[int, int], Mark]
"""By enrolment id and session id."""


def lay_out_sessions(session: Session, *, edition: Edition, titles: Mapping[tuple[int, str], str]) -> None:
    """A half-day for each morning and afternoon of the edition; titles by number of the day and half."""
    for day, half in half_days(edition.starts_on, edition.ends_on):
        title = titles.get(((day - edition.starts_on).days, half), "")
        session.add(OnSiteSession(edition_id=edition.id, day=day, half=half, title=title))


def fit_sessions(session: Session, *, edition: Edition, at: dt.datetime) -> None:
    """After a change of dates: the half-days lie on the new ones. Raises Refused when somebody was marked already, or
    the sheet is closed."""
    hold(session, edition)
    while_open(session, edition)
    present = sessions_of(session, edition.id)
    if any(row.marked for row in present):
        raise Refused(_("The dates cannot change any more: the attendance sheet has marks."))
    first = min((row.day for row in present), default=edition.starts_on)
    titles = {((row.day - first).days, str(row.half)): row.title for row in present}
    session.execute(delete(OnSiteSession).where(OnSiteSession.edition_id == edition.id))
    lay_out_sessions(session, edition=edition, titles=titles)
    stay = set(half_days(edition.starts_on, edition.ends_on))
    for row in present:
        if (row.day, row.half) not in stay:
            session.add(CalledOff(edition_id=edition.id, day=row.day, half=row.half, at=at))


def set_session(
    session: Session,
    *,
    edition: Edition,
    day: dt.date,
    half: HalfDay,
    title: str,
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> None:
    """Put a half-day on the sheet, or give it another title, where the page with the marks `shown` had the one that it
    has still. Raises Refused for one outside the edition's days, ChangedMeanwhile."""
    hold(session, edition)
    found, facts = _find(session, edition, day, half), {"day": str(day), "half": str(half)}
    if found:
        title = together({"title": found.title}, {"title": title}, shown)["title"]
        if title == found.title:
            return
        found.title = title
        audit.record(session, at=at, actor=by, act="session.titled", about=edition.public_id, **facts)
        return
    while_open(session, edition)
    if not edition.starts_on <= day <= edition.ends_on:
        raise Refused(_("This day lies outside the dates of the edition."))
    session.add(OnSiteSession(edition_id=edition.id, day=day, half=half, title=title))
    revised(edition, at)
    audit.record(session, at=at, actor=by, act="session.added", about=edition.public_id, **facts)


def remove_session(
    session: Session, *, edition: Edition, day: dt.date, half: HalfDay, at: dt.datetime, by: str
) -> None:
    """Take a half-day off the sheet; raises Refused when somebody has a mark in it."""
    hold(session, edition)
    while_open(session, edition)
    found = _find(session, edition, day, half)
    if found is None:
        return
    if session.scalar(select(exists().where(AttendanceMark.session_id == found.id))):
        raise Refused(_("This half-day has marks already, so it stays on the sheet."))
    session.delete(found)
    session.add(CalledOff(edition_id=edition.id, day=day, half=half, at=at))
    revised(edition, at)
    audit.record(session, at=at, actor=by, act="session.removed", about=edition.public_id, day=str(day), half=str(half))


def _find(session: Session, edition: Edition, day: dt.date, half: HalfDay) -> OnSiteSession | None:
    return session.scalar(
        select(OnSiteSession).where(
            OnSiteSession.edition_id == edition.id, OnSiteSession.day == day, OnSiteSession.half == half
        )
    )


def mark_attendance(
    session: Session, *, edition: Edition, marks: Marks, at: dt.datetime, by: str, seen: Marks | None = None
) -> int:
    """Append the marks that differ from those in force; says how many. `seen` are those in force when they were made: a
    mark that only repeats what was seen leaves alone what has been put right since. Whoever is marked present has come,
    and takes a place that was only offered so far.

    Raises Refused once attendance is closed, MarkedMeanwhile where two have changed the same mark."""
    hold(session, edition)
    while_open(session, edition)
    known = {row.id for row in sessions_of(session, edition.id)}
    people = {row.id: row.state for row in session.execute(_places(edition.id))}
    in_force = {(row.enrolment_id, row.session_id): row.mark for row in marks_of(session, edition.id)}
    if seen is not None:
        marks = {cell: mark for cell, mark in marks.items() if mark is not seen.get(cell)}
    changed = {cell: mark for cell, mark in marks.items() if in_force.get(cell) is not mark}
    clashing = [cell for cell in changed if seen is not None and in_force.get(cell) is not seen.get(cell)]
    if clashing:
        raise MarkedMeanwhile(frozenset(enrolment for enrolment, _half_day in clashing))
    if any(half_day not in known or not _fits(people.get(place), mark) for (place, half_day), mark in changed.items()):
        raise Refused(_("The sheet has changed in the meantime. Look at it again before you repeat your marks."))
    _let_in(session, {place for place, _half_day in changed if people[place] is EnrolmentState.INVITED}, at, by)
    for (enrolment_id, session_id), mark in changed.items():
        session.add(AttendanceMark(enrolment_id=enrolment_id, session_id=session_id, mark=mark, by=by, at=at))
    if changed:
        audit.record(session, at=at, actor=by, act="attendance.marked", about=edition.public_id, marks=len(changed))
    return len(changed)


def _places(edition_id: int) -> Select[int, EnrolmentState]:
    return select(Enrolment.id, Enrolment.state).where(on_sheet(edition_id))


def _fits(state: EnrolmentState | None, mark: Mark) -> bool:
    """Whether somebody whose place stands so can have this mark."""
    return state is EnrolmentState.ACCEPTED or (state is EnrolmentState.INVITED and mark is Mark.PRESENT)


def _let_in(session: Session, enrolment_ids: Collection[int], at: dt.datetime, by: str) -> None:
    for place in session.scalars(select(Enrolment).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id)).all():
        accept(session, enrolment=place, at=at, by=by)


def close_attendance(session: Session, *, edition: Edition, at: dt.datetime, by: str) -> AttendanceClosing:
    """Close the sheet for good: a result per accepted enrolment, and the stage for those who meet the version's rule.

    Raises Refused when it is closed already, by somebody else at the same moment too, or has no half-days to count.
    """
    hold(session, edition)
    asked, held = asked_in(session, edition.id), len(sessions_of(session, edition.id))
    if asked and not held:
        raise Refused(_("There is no half-day on the sheet, so attendance cannot be closed."))
    insert = dialect_insert(session)
    row = insert(AttendanceClosing).values(edition_id=edition.id, by=by, at=at)
    closing: AttendanceClosing | None = session.scalar(row.on_conflict_do_nothing().returning(AttendanceClosing))
    if closing is None:
        raise ClosedAlready
    _write_results(session, edition, closing, held=held, asked=asked, at=at)
    audit.record(session, at=at, actor=by, act="attendance.closed", about=edition.public_id)
    session.flush()  # so that whoever reacts finds the results
    publish(session, AttendanceClosed(edition.id, at, by))
    return closing


def _write_results(
    session: Session, edition: Edition, closing: AttendanceClosing, *, held: int, asked: int, at: dt.datetime
) -> None:
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    for row in marks_of(session, edition.id):
        marks[row.enrolment_id][row.session_id] = row.mark
    made_up, places = confirmed_make_ups(session, edition.id), session.scalars(_accepted(edition.id)).all()
    results = {place: attendance_of(held, marks[place], made_up.get(place, ())) for place in places}
    session.add_all(
        AttendanceResult(enrolment_id=place, closing_id=closing.id, **vars(result)) for place, result in results.items()
    )
    attended = [place for place, result in results.items() if result.meets(asked)]
    reach_all(session, enrolment_ids=attended, stage=Stage.ATTENDED, at=at)


def _accepted(edition_id: int) -> Select[int]:
    return select(Enrolment.id).where(Enrolment.edition_id == edition_id, Enrolment.state == EnrolmentState.ACCEPTED)


def while_open(session: Session, edition: Edition) -> None:
    """Raises Refused once attendance is closed."""
    if closing_of(session, edition.id):
        raise Refused(_("The attendance of this edition is closed, so its sheet cannot be changed any more."))


def revised(edition: Edition, at: dt.datetime) -> None:
    """Count a change of what calendars tell; the caller holds the edition."""
    edition.revision, edition.revised_at = Edition.revision + 1, at


def hold(session: Session, edition: Edition) -> None:
    """Changes of one edition and its sheet come one after the other, also on PostgreSQL."""
    # Not so strictly that the numbers of somebody who reads meanwhile, which point to the edition, would wait too.
    session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update(key_share=True))
