"""Two entries become one, with exactly what was shown; and what coordinators gave and noted at two places of one
edition, when both turn out to be one person's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.kernel.errors import Conflict
from lms.kernel.events import publish
from lms.people import services as people_services
from lms.people.models import Institution, Person
from lms.people.rules import Scope
from lms.people.sealing import keys_of, open_if_there, seal_reason
from lms.seminars.events import LookedAtAnew
from lms.seminars.models import (
    AttendanceMark,
    Edition,
    Enrolment,
    Extension,
    MakeUp,
    OnSiteSession,
    ParticipantRequest,
)
from lms.seminars.queries import closing_of
from lms.seminars.queries.duplicates import pair, side_by_side
from lms.seminars.rules import due_at, mark_place

from .attendance import hold


def join_entries(
    session: Session,
    *,
    stays: str,
    goes: str,
    kept: Collection[str],
    shown: str,
    scope: Scope,
    at: dt.datetime,
    by: str,
) -> None:
    """Join one entry into another, both by public id, with what was shown side by side (its fingerprint); `kept` are
    the places chosen where both have one in an edition, by public id.

    Raises Refused with every reason why not, Conflict where what was shown has changed, NotFound as `side_by_side`."""
    numbers = [entry.person_id for entry in pair(session, stays, goes, scope)]
    people_services.hold_both(session, *numbers)
    page = side_by_side(session, stays, goes, scope)
    if page.fingerprint != shown:
        said = _(
            "Something has changed since you opened this page. Nothing was done. Look at it again before you decide."
        )
        raise Conflict(said)
    people_services.join(
        session,
        stays=session.get_one(Person, page.stays.person_id),
        goes=session.get_one(Person, page.goes.person_id),
        kept=[one.enrolment_id for one in (*page.stays.places, *page.goes.places) if one.public_id in kept],
        at=at,
        by=by,
    )


def unite(session: Session, *, kept: Enrolment, other: Enrolment, written_by: int, by: str, at: dt.datetime) -> None:
    """Marks of half-days that the kept place has none for, work that makes up for them, more time where it is more,
    and requests that wait for an answer. The other place keeps its own history, `written_by` the key of this entry."""
    edition = session.get_one(Edition, kept.edition_id)
    hold(session, edition)
    if closing_of(session, edition.id) is None:
        _marks(session, edition, kept, other, keys_of(session, [written_by]).get(written_by), at)
    _time(session, edition, kept, other, by, at)
    _requests(session, kept, other)


def _marks(
    session: Session, edition: Edition, kept: Enrolment, other: Enrolment, key: bytes | None, at: dt.datetime
) -> None:
    marked = set(session.scalars(select(AttendanceMark.session_id).where(AttendanceMark.enrolment_id == kept.id)))
    theirs = select(AttendanceMark).join(OnSiteSession, OnSiteSession.id == AttendanceMark.session_id)
    theirs = theirs.where(AttendanceMark.enrolment_id == other.id, OnSiteSession.edition_id == edition.id)
    last = {row.session_id: row for row in session.scalars(theirs.order_by(AttendanceMark.id))}
    for session_id in sorted(last.keys() - marked):
        row = last[session_id]
        reason = open_if_there(key, row.sealed_reason, mark_place(other.id, session_id, row.at))
        sealed = seal_reason(session, kept.person_id, reason, mark_place(kept.id, session_id, at))
        said = {"enrolment_id": kept.id, "session_id": session_id, "mark": row.mark, "by": row.by, "at": at}
        session.add(AttendanceMark(**said, sealed_reason=sealed))
    work = update(MakeUp).where(MakeUp.enrolment_id == other.id, MakeUp.session_id.in_(last.keys() - marked))
    session.execute(work.values(enrolment_id=kept.id))


def _time(session: Session, edition: Edition, kept: Enrolment, other: Enrolment, by: str, at: dt.datetime) -> None:
    given = select(Extension).where(Extension.enrolment_id == other.id).order_by(Extension.id.desc()).limit(1)
    more = session.scalar(given)
    zone = session.scalar(select(Institution.zone).where(Institution.id == kept.institution_id)) or edition.zone
    if more is None or more.deadline.within(zone) <= kept.due_at:
        return
    kept.deadline_at, kept.due_at = more.deadline.within(zone), due_at(edition.deadline, more.deadline, zone)
    session.add(
        Extension(enrolment_id=kept.id, deadline_at=more.deadline_at, deadline_on=more.deadline_on, by=by, at=at)
    )
    publish(session, LookedAtAnew((kept.id,)))


def _requests(session: Session, kept: Enrolment, other: Enrolment) -> None:
    waiting = ParticipantRequest.answered_at.is_(None)
    mine = set(
        session.scalars(select(ParticipantRequest.kind).where(ParticipantRequest.enrolment_id == kept.id, waiting))
    )
    theirs = update(ParticipantRequest).where(ParticipantRequest.enrolment_id == other.id, waiting)
    session.execute(theirs.where(ParticipantRequest.kind.not_in(mine)).values(enrolment_id=kept.id))
