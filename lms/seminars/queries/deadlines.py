"""Whom another deadline of an edition would affect."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lms.kernel.settings import keyring
from lms.people.models import Institution
from lms.people.rules import Scope
from lms.seminars.models import Edition, Enrolment, StageReached
from lms.seminars.rules import COUNTED, Deadline, Stage
from lms.seminars.rules.shifts import Shift, told_apart_by

from .enrolments import visible_to


def shifts(session: Session, edition: Edition, deadline: Deadline, scope: Scope) -> list[Shift]:
    """Everybody invited or accepted whose own deadline would be another one, by enrolment; one statement."""
    finished = and_(StageReached.enrolment_id == Enrolment.id, StageReached.stage == Stage.PRE_READING)
    rows = session.execute(
        select(
            Enrolment.id, Enrolment.public_id, Enrolment.person_id, Institution.zone, Enrolment.due_at,
            Enrolment.deadline_at, StageReached.at.is_not(None).label("finished"),
        )
        .join(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(StageReached, finished)
        .where(Enrolment.edition_id == edition.id, Enrolment.state.in_(COUNTED), visible_to(scope))
        .order_by(Enrolment.id)
    )  # fmt: skip
    found = []
    for row in rows:
        ends = deadline.within(row.zone)
        then = max(ends, row.deadline_at or ends)
        if then != row.due_at:
            found.append(Shift(row.id, row.public_id, row.person_id, row.zone, row.due_at, then, row.finished))
    return found


def shown_of(present: Deadline, moved: Sequence[Shift]) -> str:
    """Stands for what a coordinator was shown. Under a key, for it holds the deadlines of those not to be named, which
    tell their zone."""
    return keyring().veil(told_apart_by(present, moved))
