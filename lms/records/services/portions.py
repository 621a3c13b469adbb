"""Issuing for a large edition: closing it is one act, and the records follow in portions, each in a transaction that
leaves nothing of itself when its worker is killed."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.kernel.models import Undertaking
from lms.kernel.undertakings import begin, undertaking
from lms.records.queries import ISSUING, without_record
from lms.seminars.models import Edition, Enrolment, EnrolmentState

from .issuing import issue_to

AT_ONCE = 100
"""So many places are looked at in the transaction that meets the last condition of an edition; more are done after."""
PORTION = 100


def consider_edition(session: Session, *, edition_id: int, at: dt.datetime, by: str = "") -> list[str]:
    """Issue every record of an edition whose rule is met now, at once or, for many places, by the worker."""
    here = _waiting(edition_id)
    places = session.scalar(select(func.count()).select_from(Enrolment).where(*here)) or 0
    if places <= AT_ONCE:
        return issue_to(session, Enrolment.edition_id == edition_id, at)
    edition = session.get_one(Edition, edition_id)
    begin(session, ISSUING, about=edition.public_id, by=by, total=places, at=at)
    return []


@undertaking(ISSUING)
def next_portion(session: Session, work: Undertaking, at: dt.datetime) -> bool:
    """Look at the next places in the order of their numbers; where the last portion ended is committed with it."""
    edition_id = session.scalars(select(Edition.id).where(Edition.public_id == work.about)).one()
    last = int(work.outcome.get("last", 0))
    here = select(Enrolment.id).where(*_waiting(edition_id), Enrolment.id > last)
    places = session.scalars(here.order_by(Enrolment.id).limit(PORTION)).all()
    if places:
        issued = issue_to(session, Enrolment.id.in_(places), at)
        work.done += len(places)
        work.outcome = {"last": places[-1], "issued": work.outcome.get("issued", 0) + len(issued)}
    return len(places) < PORTION


def _waiting(edition_id: int) -> tuple[ColumnElement[bool], ...]:
    accepted = Enrolment.state == EnrolmentState.ACCEPTED
    return (Enrolment.edition_id == edition_id, accepted, without_record())
