"""Who may nominate for which edition, what they nominated, and what waits for the coordinator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import Institution
from lms.people.queries import names_of
from lms.people.queries.persons import CodeName
from lms.people.queries.sensitive import unnamed_states
from lms.people.rules import Scope
from lms.people.rules.code_names import nominee_name
from lms.people.sealing import keys_of
from lms.seminars.columns import Column
from lms.seminars.imports.judging import Judgement, Known, Surroundings, judged
from lms.seminars.imports.surroundings import houses_of, people_known
from lms.seminars.models import (
    AttendanceClosing,
    Edition,
    Enrolment,
    Nomination,
    NominationCall,
    NominationState,
    Stage,
    StageReached,
)
from lms.seminars.queries import visible_to
from lms.web.languages import choices

from .sealing import Cells, cells_of


@dataclass(frozen=True)
class Asked:
    """An edition for which a focal point may nominate: the states that were asked, and the institutions in reach."""

    edition_id: int
    edition: str
    title: str
    starts_on: dt.date
    contact: str
    states: tuple[str, ...]
    """Of these anybody may be nominated."""
    institutions: tuple[tuple[str, str, str], ...]
    """(public id, name, state code) of every institution that may be chosen."""


def asked(session: Session, scope: Scope, today: dt.date) -> list[Asked]:
    """The editions to come for which a state within this scope was asked to nominate; three statements at most."""
    own = _institutions(session, scope) if scope.institutions else []
    codes = scope.states | {row.state_code for row in own}
    if not codes or scope.counts_only:
        return []
    calls = session.execute(
        select(
            Edition.id, Edition.public_id, Edition.title, Edition.starts_on, Edition.contact, NominationCall.state_code
        )
        .join(Edition, Edition.id == NominationCall.edition_id)
        .where(NominationCall.state_code.in_(codes), NominationCall.sent_on.is_not(None), Edition.starts_on > today)
        .where(~exists().where(AttendanceClosing.edition_id == Edition.id))
        .order_by(Edition.starts_on, Edition.id, NominationCall.state_code)
    ).all()
    of_states = _of_states(session, scope.states) if calls and scope.states else []
    reach = {row.public_id: (row.public_id, row.name, row.state_code) for row in (*of_states, *own)}
    editions = {row.id: row for row in calls}
    return [
        _asked(row, frozenset(call.state_code for call in calls if call.id == number), scope, list(reach.values()))
        for number, row in editions.items()
    ]


def _asked(row: Any, codes: frozenset[str], scope: Scope, reach: Sequence[tuple[str, str, str]]) -> Asked:
    return Asked(
        row.id, row.public_id, row.title, row.starts_on, row.contact,
        states=tuple(sorted(codes & scope.states)),
        institutions=tuple(one for one in reach if one[2] in codes),
    )  # fmt: skip


def _institutions(session: Session, scope: Scope) -> Sequence[Any]:
    mine = select(Institution.public_id, Institution.name, Institution.state_code)
    return session.execute(mine.where(Institution.public_id.in_(scope.institutions))).all()


def _of_states(session: Session, codes: Collection[str]) -> Sequence[Any]:
    theirs = select(Institution.public_id, Institution.name, Institution.state_code)
    return session.execute(theirs.where(Institution.state_code.in_(codes)).order_by(Institution.name)).all()


def asked_for(session: Session, edition: str, scope: Scope, today: dt.date) -> Asked:
    """The edition with this public id, as `asked` finds it; raises NotFound."""
    found = next((one for one in asked(session, scope, today) if one.edition == edition), None)
    if found is None:
        raise NotFound
    return found


def judged_alone(session: Session, cells: Mapping[str, str], today: dt.date) -> Judgement:
    """What is to be said of a row by itself: nobody is looked up, so that the answer tells of no account."""
    houses = houses_of(session, [cells.get(Column.STATE, "")])
    return judged(1, cells, None, Surroundings({}, houses, {}, choices(), today))


# What one nominated ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnNomination:
    """A nomination as its focal point sees it: under the name they wrote, and how far its person has come."""

    edition_title: str
    name: str
    at: dt.datetime
    state: NominationState
    place: Enrolment | None
    """What came of it, where the focal point's mandates show it."""
    reached: frozenset[Stage]


_STAGES = (Stage.PRE_READING, Stage.RECORDED)


def own_nominations(session: Session, person_id: int, scope: Scope) -> list[OwnNomination]:
    """What somebody nominated of the states and institutions that are still theirs, the latest first."""
    mine = (
        select(Nomination, Edition.title, Enrolment)
        .join(Edition, Edition.id == Nomination.edition_id)
        .outerjoin(Enrolment, and_(Enrolment.id == Nomination.enrolment_id, visible_to(replace(scope, person_id=0))))
        .where(Nomination.by_person_id == person_id, _still_theirs(scope))
        .order_by(Nomination.id.desc())
    )
    rows = session.execute(mine).all()
    names = _names(session, [found for found, _title, _place in rows], {})  # nobody is looked up for a focal point
    reached = _reached(session, [place.id for _found, _title, place in rows if place])
    return [
        OwnNomination(
            title, names[found.id], found.at, found.state, place, reached.get(place.id if place else 0, frozenset())
        )
        for found, title, place in rows
    ]


def _still_theirs(scope: Scope) -> ColumnElement[bool]:
    serving = select(Institution.state_code).where(Institution.public_id.in_(scope.institutions))
    return or_(Nomination.state_code.in_(scope.states), Nomination.state_code.in_(serving))


def _reached(session: Session, places: Sequence[int]) -> dict[int, frozenset[Stage]]:
    rows = select(StageReached.enrolment_id, StageReached.stage).where(
        StageReached.enrolment_id.in_(places), StageReached.stage.in_(_STAGES)
    )
    found: dict[int, frozenset[Stage]] = {}
    for place, stage in session.execute(rows) if places else ():
        found[place] = found.get(place, frozenset()) | {stage}
    return found


def _names(session: Session, rows: Sequence[Nomination], holders: Mapping[str, Known]) -> dict[int, str]:
    """How lists call those who are nominated: as they were written, unless they are not to be named. `holders` are
    those whose address it is, by its blind index, of what nobody has taken over."""
    people = {row.id: number for row in rows if (number := _person(row, holders))}
    keys, listed = keys_of(session, people.values()), names_of(session, people.values())
    unnamed = unnamed_states(session) if rows else frozenset()
    return {row.id: _name(row, cells_of(row, keys), listed.get(people.get(row.id, 0), ""), unnamed) for row in rows}


def _person(row: Nomination, holders: Mapping[str, Known]) -> int | None:
    holder = holders.get(row.blind or "")
    return row.person_id or (holder.person_id if holder else None)


def _name(row: Nomination, cells: Cells, known: str, unnamed: Collection[str]) -> str:
    if isinstance(known, CodeName):
        return known
    if row.state_code in unnamed:
        return CodeName(nominee_name(row.id, keyring().veil))
    return cells.get(Column.NAME) or known


# What waits for the coordinator ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """A nomination that nobody has decided on. `name` is how lists call its person."""

    public_id: str
    name: str
    cells: Cells
    state_code: str
    by: str
    at: dt.datetime
    judgement: Judgement

    @property
    def hidden(self) -> bool:
        """Whether a code name stands for the person, and nothing that could tell who it is stands beside it."""
        return isinstance(self.name, CodeName)


def _of(edition: Edition) -> Select[Nomination]:
    return select(Nomination).where(Nomination.edition_id == edition.id)


def waiting(session: Session, edition: Edition, at: dt.datetime) -> list[Waiting]:
    """What waits in an edition whose door was passed before, the earliest first; a handful of statements."""
    rows = session.scalars(
        _of(edition).where(Nomination.state == NominationState.WAITING).order_by(Nomination.id)
    ).all()
    around = _around(session, edition, rows, at)
    names, by = _names(session, rows, around.people), names_of(session, [row.by_person_id for row in rows])
    return [
        Waiting(row.public_id, names[row.id], cells, row.state_code, by[row.by_person_id], row.at,
                judged(1, cells, row.blind, around))
        for row in rows
        if (cells := cells_of(row, {}))
    ]  # fmt: skip


def _around(session: Session, edition: Edition, rows: Sequence[Nomination], at: dt.datetime) -> Surroundings:
    known = people_known(session, edition.id, {row.blind for row in rows if row.blind}, at.date())
    return Surroundings(known, houses_of(session, {row.state_code for row in rows}), {}, choices(), at.date())


def nomination_in(session: Session, edition: Edition, public_id: str) -> Nomination:
    """A nomination of this edition; raises NotFound."""
    found = session.scalar(_of(edition).where(Nomination.public_id == public_id))
    if found is None:
        raise NotFound
    return found
