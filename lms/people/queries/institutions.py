"""Institutions, and who belongs to which from when to when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.values import dataclass
from lms.people.models import Affiliation, Institution, Person, Sector
from lms.people.sealing import unseal_text

from .sensitive import unnamed_people


@dataclass(frozen=True)
class InstitutionView:
    """One ministry or institution."""

    id: int
    public_id: str
    state_code: str
    sector: Sector
    name: str
    zone: str


@dataclass(frozen=True)
class AffiliationView:
    """Where somebody serves or served; `function` is unsealed."""

    id: int
    institution: InstitutionView
    function: str
    since: dt.date
    until: dt.date | None


def function_place(since: dt.date) -> str:
    """Where a sealed function belongs: to the affiliation that began on this day."""
    return f"lms_affiliation:function:{since.isoformat()}"


def held_on(day: dt.date, one: type[Affiliation] = Affiliation) -> ColumnElement[bool]:
    """The condition that an affiliation held on a day."""
    return (one.since <= day) & or_(one.until.is_(None), one.until >= day)


def serving_on(day: dt.date) -> Subquery:
    """Who serves on a day, in an institution of which state and sector, for use in other statements; as
    `institutions_on` says it."""
    later = aliased(Affiliation)
    after = or_(later.since > Affiliation.since, (later.since == Affiliation.since) & (later.id > Affiliation.id))
    newer = select(later.id).where(later.person_id == Affiliation.person_id, held_on(day, later), after)
    return (
        select(Affiliation.person_id, Institution.state_code, Institution.sector)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(held_on(day), ~newer.exists())
        .subquery("serving")
    )


def institution(session: Session, public_id: str) -> Institution | None:
    """The institution with this public id."""
    return session.scalar(select(Institution).where(Institution.public_id == public_id))


def institution_told(session: Session, public_id: str) -> Institution | None:
    """The institution with this public id, if it is one of those that `served_by` lists."""
    return session.scalar(select(Institution).where(Institution.public_id == public_id, _tells_nobody()))


def institutions_of(session: Session, state_code: str | None = None) -> list[InstitutionView]:
    """The institutions of a state, or all of them, by name."""
    wanted = select(Institution).order_by(Institution.state_code, Institution.name)
    if state_code:
        wanted = wanted.where(Institution.state_code == state_code)
    return [as_view(row) for row in session.scalars(wanted)]


def _named(one: type[Affiliation] = Affiliation) -> ColumnElement[bool]:
    """That an affiliation is of somebody who is still here and may be named."""
    gone = select(Person.id).where(Person.erased_at.is_not(None))
    return and_(one.person_id.not_in(gone), one.person_id.not_in(unnamed_people()))


def _tells_nobody() -> ColumnElement[bool]:
    """That an institution says of nobody who is not to be named where they serve: not one that only such people serve
    or have served, since its being there would tell."""
    one = aliased(Affiliation)
    here = select(one.id).where(one.institution_id == Institution.id)
    return ~here.where(one.person_id.in_(unnamed_people())).exists() | here.where(_named(one)).exists()


def served_by(session: Session, day: dt.date) -> list[tuple[InstitutionView, int]]:
    """Institutions by state and name, with how many people serve there on a day, but for those that would tell where
    somebody serves who is not to be named; these people are in no number. One statement."""
    here = and_(Affiliation.institution_id == Institution.id, held_on(day), _named())
    rows = (
        select(Institution, func.count(Affiliation.person_id.distinct()))
        .outerjoin(Affiliation, here)
        .where(_tells_nobody())
        .group_by(Institution.id)
        .order_by(Institution.state_code, Institution.name)
    )
    return [(as_view(row), people) for row, people in session.execute(rows)]


def as_view(row: Institution) -> InstitutionView:
    """The row as pages show it."""
    return InstitutionView(row.id, row.public_id, row.state_code, row.sector, row.name, row.zone)


def affiliation_on(session: Session, person_id: int, day: dt.date) -> AffiliationView | None:
    """Where a person serves on a day; the latest, should there be several."""
    row = session.execute(
        select(Affiliation, Institution)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id == person_id, held_on(day))
        .order_by(Affiliation.since.desc(), Affiliation.id.desc())
        .limit(1)
    ).first()
    return _view(session, row[0], row[1]) if row else None


def affiliation_after(session: Session, person_id: int, day: dt.date) -> AffiliationView | None:
    """Where a person serves next, from a later day on; None where nothing is announced."""
    row = session.execute(
        select(Affiliation, Institution)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id == person_id, Affiliation.since > day)
        .order_by(Affiliation.since, Affiliation.id)
        .limit(1)
    ).first()
    return _view(session, row[0], row[1]) if row else None


def affiliations_of(session: Session, person_id: int) -> list[AffiliationView]:
    """Every affiliation of a person, the newest first."""
    rows = session.execute(
        select(Affiliation, Institution)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id == person_id)
        .order_by(Affiliation.since.desc(), Affiliation.id.desc())
    )
    return [_view(session, affiliation, institution) for affiliation, institution in rows.all()]


def _view(session: Session, row: Affiliation, institution: Institution) -> AffiliationView:
    sealed = row.sealed_function
    function = unseal_text(session, row.person_id, sealed, function_place(row.since)) if sealed else ""
    return AffiliationView(row.id, as_view(institution), function, row.since, row.until)


def zone_on(session: Session, person_id: int, day: dt.date) -> str:
    """The time zone of the institution where a person serves on a day; UTC where there is none."""
    return session.scalar(_zone_served(day).where(Affiliation.person_id == person_id)) or "UTC"


def _zone_served(day: dt.date) -> Select[str]:
    return (
        select(Institution.zone)
        .join(Affiliation, Affiliation.institution_id == Institution.id)
        .where(held_on(day))
        .order_by(Affiliation.since.desc(), Affiliation.id.desc())
        .limit(1)
    )


def own_zone(day: dt.date) -> ColumnElement[str]:
    """By which clocks each person of a statement lives on a day: those they chose, else as `zone_on`. A person has one
    zone, in however many places they are."""
    served = _zone_served(day).where(Affiliation.person_id == Person.id).correlate(Person).scalar_subquery()
    return func.coalesce(Person.zone, served, "UTC")


def institutions_on(session: Session, person_ids: Collection[int], day: dt.date) -> dict[int, InstitutionView]:
    """Where each of these people serves on a day, in one statement; the latest, should there be several."""
    rows = session.execute(
        select(Affiliation.person_id, Institution)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id.in_(person_ids), held_on(day))
        .order_by(Affiliation.since, Affiliation.id)
    )
    return {person_id: as_view(institution) for person_id, institution in rows}


def institutions_then(
    session: Session, asked: Collection[tuple[int, dt.date]]
) -> dict[tuple[int, dt.date], InstitutionView]:
    """Where each of these people served on a day of their own; one statement, otherwise the same."""
    rows = session.execute(
        select(Affiliation.person_id, Affiliation.since, Affiliation.until, Institution)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id.in_({person_id for person_id, _day in asked}))
        .order_by(Affiliation.since, Affiliation.id)
    ).all()
    return {
        (person_id, day): as_view(row.Institution)
        for person_id, day in asked
        for row in rows
        if row.person_id == person_id and row.since <= day and (row.until is None or day <= row.until)
    }
