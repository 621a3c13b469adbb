"""Mandates that are to change hands: who takes over from whom, who may say yes, and which end soon."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from lms.people.models import Mandate, MandateAct, MandateEndTold, MandateSuccession, Person
from lms.people.rules.mandates import TOLD_BEFORE, MandateActKind, MandateState, Role, ScopeKind

from .mandates import MandateView, administrators, in_force_on, views_of


def replaced_by(session: Session, mandate_id: int) -> Mandate | None:
    """The mandate that this one is to take the place of, held still; None where it takes nobody's."""
    found = select(Mandate).join(MandateSuccession, MandateSuccession.replaced_id == Mandate.id)
    return session.scalar(found.where(MandateSuccession.successor_id == mandate_id).with_for_update(of=Mandate))


def successors_proposed(session: Session, mandate_id: int) -> list[Mandate]:
    """The mandates that are proposed in the place of this one: at most one that waits, and what has lapsed before."""
    found = select(Mandate).join(MandateSuccession, MandateSuccession.successor_id == Mandate.id)
    proposed = (MandateSuccession.replaced_id == mandate_id, Mandate.state == MandateState.PROPOSED)
    return list(session.scalars(found.where(*proposed).order_by(Mandate.id)))


def waiting_among(session: Session, person_id: int, day: dt.date) -> dict[str, int | None]:
    """Of somebody's mandates those for which a successor waits for a second person, by public id, and who proposed
    it."""
    mine, theirs = aliased(Mandate), aliased(Mandate)
    found = (
        select(mine.public_id, MandateAct.by_person_id)
        .join(MandateSuccession, MandateSuccession.replaced_id == mine.id)
        .join(theirs, theirs.id == MandateSuccession.successor_id)
        .join(MandateAct, (MandateAct.mandate_id == theirs.id) & (MandateAct.kind == MandateActKind.PROPOSED))
    )
    waits = (theirs.state == MandateState.PROPOSED, or_(theirs.until.is_(None), theirs.until >= day))
    rows = session.execute(found.where(mine.person_id == person_id, *waits))
    return {row.public_id: row.by_person_id for row in rows}


def deciders(session: Session, mandate: Mandate, day: dt.date) -> frozenset[int]:
    """Who may be the second person: the administrators; for a focal point's successor also who coordinates all."""
    allowed = administrators(session, day)
    if mandate.role is not Role.FOCAL_POINT or not _succeeds(session, mandate.id):
        return allowed
    held = select(Mandate.person_id).join(Person, Person.id == Mandate.person_id)
    over_all = (Mandate.role == Role.COORDINATOR, Mandate.scope == ScopeKind.ALL, in_force_on(day))
    present = (Person.disabled_at.is_(None), Person.erased_at.is_(None))
    return allowed | frozenset(session.scalars(held.where(*over_all, *present)))


def _succeeds(session: Session, mandate_id: int) -> bool:
    return session.get(MandateSuccession, mandate_id) is not None


def successors_waiting(session: Session) -> list[MandateView]:
    """The mandates of focal points that are proposed in the place of another, in the order of their proposal."""
    succeeding = select(MandateSuccession.successor_id)
    waits = (Mandate.state == MandateState.PROPOSED) & (Mandate.role == Role.FOCAL_POINT)
    return views_of(session, waits & Mandate.id.in_(succeeding))


def held_by(session: Session, person_id: int, day: dt.date) -> list[MandateView]:
    """The mandates that somebody holds on a day, as they were given."""
    return views_of(session, (Mandate.person_id == person_id) & in_force_on(day))


def ending_untold(session: Session, day: dt.date) -> list[Mandate]:
    """The mandates whose last day is near and was not written to anybody yet; held still."""
    told = select(MandateEndTold.mandate_id).where(
        MandateEndTold.mandate_id == Mandate.id, MandateEndTold.until == Mandate.until
    )
    near = (in_force_on(day), Mandate.until <= day + TOLD_BEFORE, ~told.exists())
    return list(session.scalars(select(Mandate).where(*near).order_by(Mandate.id).with_for_update()))
