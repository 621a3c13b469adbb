"""Who holds which mandate, and how it came about."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import ColumnElement, exists, or_, select, union
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.models import Mandate, MandateAct, MandateSuccession, Person
from lms.people.rules.mandates import Grant, MandateActKind, MandateState, Role, ScopeKind
from lms.people.sealing import keys_of, open_if_there


@dataclass(frozen=True)
class MandateView:
    """One mandate, for lists."""

    public_id: str
    person_id: int
    role: Role
    scope: ScopeKind
    scope_id: str | None
    since: dt.date
    until: dt.date | None
    state: MandateState
    proposed_by: int | None


def in_force_on(day: dt.date) -> ColumnElement[bool]:
    """The condition that a mandate is in force on a day."""
    return (
        (Mandate.state == MandateState.IN_FORCE)
        & (Mandate.since <= day)
        & or_(Mandate.until.is_(None), Mandate.until >= day)
    )


def grants_of(session: Session, person_id: int, day: dt.date) -> tuple[Grant, ...]:
    """What a person's mandates in force on a day grant."""
    rows = session.execute(
        select(Mandate.role, Mandate.scope, Mandate.scope_id)
        .where(Mandate.person_id == person_id, in_force_on(day))
        .order_by(Mandate.id)
    )
    return tuple(Grant(*row) for row in rows)


def may_hold_mandates(session: Session, person_id: int, day: dt.date) -> bool:
    """Whether a person holds a mandate on a day, will hold one, or is proposed for one."""
    open_ones = Mandate.state.in_((MandateState.PROPOSED, MandateState.IN_FORCE))
    not_over = Mandate.until.is_(None) | (Mandate.until >= day)
    return bool(session.scalar(exists().where(Mandate.person_id == person_id, open_ones, not_over).select()))


def administrators(session: Session, day: dt.date) -> frozenset[int]:
    """The people who are administrators on a day and can still sign in."""
    held = select(Mandate.person_id).join(Person, Person.id == Mandate.person_id)
    present = (Person.disabled_at.is_(None), Person.erased_at.is_(None))
    return frozenset(session.scalars(held.where(Mandate.role == Role.ADMINISTRATOR, in_force_on(day), *present)))


def same_mandates(
    session: Session,
    *,
    person_id: int,
    over: tuple[Role, ScopeKind, str | None],
    dates: tuple[dt.date, dt.date | None],
    day: dt.date,
) -> list[Mandate]:
    """What somebody holds, or is proposed for, of one role over one thing on some of these days; not what is over. The
    person is held until the change is done, so that of two at once the second sees the first."""
    session.execute(select(Person.id).where(Person.id == person_id).with_for_update(key_share=True))
    (role, scope, scope_id), (since, until) = over, dates
    open_ones = Mandate.state.in_((MandateState.PROPOSED, MandateState.IN_FORCE))
    same = (Mandate.person_id == person_id, Mandate.role == role, Mandate.scope == scope, Mandate.scope_id == scope_id)
    found = select(Mandate).where(*same, open_ones, or_(Mandate.until.is_(None), Mandate.until >= max(since, day)))
    if until is not None:
        found = found.where(Mandate.since <= until)
    return list(session.scalars(found.order_by(Mandate.id)))


def mandates_in_force(session: Session, at: dt.datetime) -> list[MandateView]:
    """Every mandate in force at that instant, in the order they were given."""
    return views_of(session, in_force_on(at.astimezone(dt.UTC).date()))


def mandates_listed(session: Session) -> list[MandateView]:
    """Every mandate that was not declined or ended, newest first."""
    return views_of(session, Mandate.state.in_((MandateState.PROPOSED, MandateState.IN_FORCE)))[::-1]


def mandate(session: Session, public_id: str) -> Mandate | None:
    """The mandate with this public id, held still until the change is over.

    Those of the administrators are held with it, in one order: two who end each other's must not both find the other.
    So are the one that it takes the place of and those that are to take its own: they change together.
    """
    it = select(Mandate.id).where(Mandate.public_id == public_id).scalar_subquery()
    pair = union(
        select(MandateSuccession.replaced_id).where(MandateSuccession.successor_id == it),
        select(MandateSuccession.successor_id).where(MandateSuccession.replaced_id == it),
    )
    of_administrators = (Mandate.role == Role.ADMINISTRATOR) & (Mandate.state == MandateState.IN_FORCE)
    held = select(Mandate).where((Mandate.public_id == public_id) | of_administrators | Mandate.id.in_(pair))
    held = held.order_by(Mandate.id)
    rows = session.scalars(held.with_for_update(), execution_options={"populate_existing": True}).all()
    return next((row for row in rows if row.public_id == public_id), None)


@dataclass(frozen=True)
class ActView:
    """One act on a mandate, its reason unsealed; `by` is None for the operator at the command line."""

    kind: MandateActKind
    by: int | None
    reason: str
    at: dt.datetime


def mandate_view(session: Session, public_id: str) -> MandateView | None:
    """The mandate with this public id, as pages show it."""
    return next(iter(views_of(session, Mandate.public_id == public_id)), None)


def act_place(public_id: str, kind: MandateActKind) -> str:
    """Where the reason of an act belongs; a mandate comes to each act once."""
    return f"lms_mandate_act:reason:{public_id}:{kind}"


def acts_of(session: Session, public_id: str) -> list[ActView]:
    """Everything that was done to a mandate, in order; without the reasons once its holder is erased."""
    rows = session.execute(
        select(Mandate.person_id, MandateAct.kind, MandateAct.by_person_id, MandateAct.sealed_reason, MandateAct.at)
        .join(Mandate, Mandate.id == MandateAct.mandate_id)
        .where(Mandate.public_id == public_id)
        .order_by(MandateAct.id)
    ).all()
    keys = keys_of(session, {row.person_id for row in rows if row.sealed_reason})
    return [
        ActView(kind, by, open_if_there(keys.get(holder), sealed, act_place(public_id, kind)), at)
        for holder, kind, by, sealed, at in rows
    ]


def proposer_of(session: Session, mandate_id: int) -> int | None:
    """Who proposed a mandate; None for the operator at the command line."""
    return session.scalar(
        select(MandateAct.by_person_id).where(
            MandateAct.mandate_id == mandate_id, MandateAct.kind == MandateActKind.PROPOSED
        )
    )


def views_of(session: Session, condition: ColumnElement[bool]) -> list[MandateView]:
    """The mandates of which the condition is true, in the order they were given."""
    rows = session.execute(
        select(Mandate, MandateAct.by_person_id)
        .outerjoin(MandateAct, (MandateAct.mandate_id == Mandate.id) & (MandateAct.kind == MandateActKind.PROPOSED))
        .where(condition)
        .order_by(Mandate.id)
    )
    return [
        MandateView(m.public_id, m.person_id, m.role, m.scope, m.scope_id, m.since, m.until, m.state, proposer)
        for m, proposer in rows
    ]
