"""The people of an edition, each list and each door behind the same condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people import queries as people
from lms.people.models import Institution, Person, Sector
from lms.people.rules import Scope
from lms.seminars.models import Edition, Enrolment, StageReached
from lms.seminars.rules import (
    COUNTED,
    EnrolmentState,
    Place,
    Stage,
)


def name_blinds_of(session: Session, person_id: int) -> frozenset[str]:
    """By what the places of somebody are found whom lists name without an address."""
    theirs = select(Enrolment.name_blind).where(Enrolment.person_id == person_id, Enrolment.name_blind.is_not(None))
    return frozenset(blind for blind in session.scalars(theirs) if blind)


def visible_to(scope: Scope) -> ColumnElement[bool]:
    """The condition over Enrolment that `rules.visible` is for one row."""
    own = Enrolment.person_id == scope.person_id
    if scope.counts_only:
        return own
    if scope.everything:
        return true()
    ways = [own]
    if scope.editions:
        ways.append(Enrolment.edition_id.in_(select(Edition.id).where(Edition.public_id.in_(scope.editions))))
    if scope.states:
        ways.append(Enrolment.state_code.in_(scope.states))
    if scope.institutions:
        theirs = select(Institution.id).where(Institution.public_id.in_(scope.institutions))
        ways.append(Enrolment.institution_id.in_(theirs))
    return or_(*ways)


@dataclass(frozen=True)
class EnrolmentRow:
    """One person's place in one edition, with what pages say of it; `deadline` is the one in force."""

    id: int
    public_id: str
    person_id: int
    edition_id: int
    edition: str
    edition_title: str
    edition_zone: str
    edition_place: str
    starts_on: dt.date
    ends_on: dt.date
    affiliation_id: int
    institution: str
    institution_name: str
    institution_zone: str
    state_code: str
    sector: Sector
    state: EnrolmentState
    invited_at: dt.datetime | None
    first_seen_at: dt.datetime | None
    deadline: dt.datetime
    own_deadline_at: dt.datetime | None
    subject: str
    locale: str | None
    name_confirmed_at: dt.datetime | None

    @property
    def has_more_time(self) -> bool:
        """Whether their own deadline is the one in force."""
        return self.own_deadline_at == self.deadline

    @property
    def place(self) -> Place:
        """What decides who sees it."""
        return Place(self.edition, self.state_code, self.institution, self.person_id)


def _enrolments() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.person_id,
            Enrolment.edition_id,
            Edition.public_id.label("edition"),
            Edition.title.label("edition_title"),
            Edition.zone.label("edition_zone"),
            Edition.place.label("edition_place"),
            Edition.starts_on,
            Edition.ends_on,
            Enrolment.affiliation_id,
            Institution.public_id.label("institution"),
            Institution.name.label("institution_name"),
            Institution.zone.label("institution_zone"),
            Enrolment.state_code,
            Enrolment.sector,
            Enrolment.state,
            Enrolment.invited_at,
            Enrolment.first_seen_at,
            Enrolment.due_at.label("deadline"),
            Enrolment.deadline_at.label("own_deadline_at"),
            Person.subject,
            Person.locale,
            Person.name_confirmed_at,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
    )


def enrolment_row(session: Session, edition: str, enrolment: str, scope: Scope) -> EnrolmentRow:
    """One place by the public ids of edition and enrolment; raises NotFound for what this scope does not show."""
    found = _enrolments().where(Edition.public_id == edition, Enrolment.public_id == enrolment, visible_to(scope))
    return _one(session, found)


def enrolment_of_person(session: Session, edition: str, person_id: int) -> EnrolmentRow:
    """A person's own place in an edition, invited or accepted; raises NotFound."""
    mine = _enrolments().where(Edition.public_id == edition, Enrolment.person_id == person_id)
    return _one(session, mine.where(Enrolment.state.in_(COUNTED)))


def own_enrolment(session: Session, edition: str, person_id: int) -> Enrolment:
    """The same as a row that can be changed; raises NotFound."""
    mine = select(Enrolment).join(Edition, Edition.id == Enrolment.edition_id)
    found = session.scalar(
        mine.where(Edition.public_id == edition, Enrolment.person_id == person_id, Enrolment.state.in_(COUNTED))
    )
    if found is None:
        raise NotFound
    return found


def my_enrolments(session: Session, person_id: int) -> list[EnrolmentRow]:
    """A person's own places, invited or accepted, the latest edition first."""
    mine = _enrolments().where(Enrolment.person_id == person_id, Enrolment.state.in_(COUNTED))
    rows = session.execute(mine.order_by(Edition.starts_on.desc(), Edition.id.desc())).mappings()
    return [EnrolmentRow(**row) for row in rows]


def _one(session: Session, found: Select[*tuple[Any, ...]]) -> EnrolmentRow:
    row = session.execute(found).mappings().first()
    if row is None:
        raise NotFound
    return EnrolmentRow(**row)


def enrolment_in(session: Session, edition: Edition, public_id: str, scope: Scope) -> Enrolment:
    """The enrolment to be changed, in this edition and scope; raises NotFound."""
    found = select(Enrolment).where(
        Enrolment.public_id == public_id, Enrolment.edition_id == edition.id, visible_to(scope)
    )
    enrolment = session.scalar(found)
    if enrolment is None:
        raise NotFound
    return enrolment


@dataclass(frozen=True)
class PersonRow:
    """One line of the list behind a number. `name` is empty until `named` has filled it in."""

    enrolment_id: int
    public_id: str
    person_id: int
    institution_name: str
    state_code: str
    sector: Sector
    state: EnrolmentState
    invited_at: dt.datetime | None
    first_seen_at: dt.datetime | None
    own_deadline_at: dt.datetime | None
    due_at: dt.datetime
    name: str = ""


def people_rows(
    session: Session,
    edition_id: int,
    scope: Scope,
    *,
    stage: Stage | None = None,
    state: str | None = None,
    sector: Sector | None = None,
) -> list[PersonRow]:
    """The people of an edition, by state; with `stage` exactly those whom `counts` counts there, in one statement.

    Without a stage also those who declined, withdrew or were replaced.
    """
    which = (Enrolment.edition_id == edition_id, visible_to(scope), *_filters(stage, state, sector))
    return people_where(session, which)


def people_where(session: Session, which: Iterable[ColumnElement[bool]]) -> list[PersonRow]:
    """Those for whom all these conditions over Enrolment hold, one of which is a scope; by state and institution."""
    found = (
        select(
            Enrolment.id.label("enrolment_id"),
            Enrolment.public_id,
            Enrolment.person_id,
            Institution.name.label("institution_name"),
            Enrolment.state_code,
            Enrolment.sector,
            Enrolment.state,
            Enrolment.invited_at,
            Enrolment.first_seen_at,
            Enrolment.deadline_at.label("own_deadline_at"),
            Enrolment.due_at,
        )
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(*which)
    )
    rows = session.execute(found.order_by(Enrolment.state_code, Enrolment.institution_id, Enrolment.id)).mappings()
    return [PersonRow(**row) for row in rows]


def _filters(stage: Stage | None, state: str | None, sector: Sector | None) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if stage:
        reached = exists().where(StageReached.enrolment_id == Enrolment.id, StageReached.stage == stage)
        wanted += [Enrolment.state.in_(COUNTED), reached]
    if state:
        wanted.append(Enrolment.state_code == state)
    if sector:
        wanted.append(Enrolment.sector == sector)
    return wanted


def named(session: Session, rows: list[PersonRow]) -> list[PersonRow]:
    """The same rows with their names, in alphabetical order; one statement more."""
    names = people.names_of(session, [row.person_id for row in rows])
    filled = [PersonRow(**{**vars(row), "name": names.get(row.person_id, "")}) for row in rows]
    return sorted(filled, key=lambda row: (row.name.casefold(), row.public_id))
