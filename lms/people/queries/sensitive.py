"""Who is not to be named: the one condition behind code names, and what was said of it."""

from __future__ import annotations

import datetime as dt
from typing import cast

from sqlalchemy import Column, ColumnElement, Select, Table, func, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.kernel.values import dataclass
from lms.people.models import Affiliation, Institution, Person, SensitiveMark
from lms.people.sealing import keys_of, mark_place, open_if_there

_mark, _affiliation, _institution = (
    cast(Table, model.__table__) for model in (SensitiveMark, Affiliation, Institution)
)
_last = aliased(_mark)
_STATES_IN_FORCE = select(_mark.c.state_code).where(
    _mark.c.on,
    _mark.c.id.in_(select(func.max(_last.c.id)).where(_last.c.state_code.is_not(None)).group_by(_last.c.state_code)),
)


# Each found once for a whole statement: few are marked, and asking it of every line costs as much as opening its name.
_PEOPLE_IN_FORCE = select(_mark.c.person_id).where(
    _mark.c.on,
    _mark.c.id.in_(select(func.max(_last.c.id)).where(_last.c.person_id.is_not(None)).group_by(_last.c.person_id)),
)
# Whoever ever served them: a place stays that of the state from which it was taken, and a move is announced beforehand.
_SERVING_THEM = (
    select(_affiliation.c.person_id)
    .join(_institution, _institution.c.id == _affiliation.c.institution_id)
    .where(_institution.c.state_code.in_(_STATES_IN_FORCE))
)


def not_to_be_named(person_id: Column[int]) -> ColumnElement[bool]:
    """Whether the last mark of a person says so, or that of a state which they serve, have served or will serve."""
    return person_id.in_(_PEOPLE_IN_FORCE) | person_id.in_(_SERVING_THEM)


def unnamed_people() -> Select[int]:
    """The ids of everybody who is `not_to_be_named`."""
    return select(union_all(_PEOPLE_IN_FORCE, _SERVING_THEM).subquery("unnamed").c.person_id)


def unnamed_states(session: Session) -> frozenset[str]:
    """The states whose people are not to be named; one statement."""
    return frozenset(code for code in session.scalars(_STATES_IN_FORCE) if code)


@dataclass(frozen=True)
class MarkRow:
    """One mark: whether it was set or taken away, when, and why."""

    on: bool
    of_state: bool
    at: dt.datetime
    reason: str


@dataclass(frozen=True)
class Sensitive:
    """What is marked of a person: themselves, and the state they serve."""

    person: bool
    state: bool
    marks: tuple[MarkRow, ...]

    @property
    def in_force(self) -> bool:
        """Whether a code name stands in lists."""
        return self.person or self.state


def sensitive(session: Session, person_id: int, state_code: str) -> Sensitive:
    """The marks of a person and of their state, the last first; two statements."""
    rows = list(session.scalars(_marks(person_id, state_code)))
    keys = keys_of(session, {row.person_id or row.by_person_id for row in rows})
    last = {bool(row.state_code): row.on for row in reversed(rows)}
    marks = tuple(
        MarkRow(
            on=row.on,
            of_state=row.state_code is not None,
            at=row.at,
            reason=open_if_there(keys.get(row.person_id or row.by_person_id), row.sealed_reason, mark_place(row.at)),
        )
        for row in rows
    )
    return Sensitive(person=last.get(False, False), state=last.get(True, False), marks=marks)


def _marks(person_id: int, state_code: str) -> Select[SensitiveMark]:
    either = (SensitiveMark.person_id == person_id) | (SensitiveMark.state_code == state_code)
    return select(SensitiveMark).where(either).order_by(SensitiveMark.id.desc())


def is_to_be_named(session: Session, person_id: int) -> bool:
    """Whether a letter may call this person by name."""
    found = session.scalar(select(not_to_be_named(cast(Table, Person.__table__).c.id)).where(Person.id == person_id))
    return not found
