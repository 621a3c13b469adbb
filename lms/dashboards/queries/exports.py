"""The list behind a number as it is taken away: everyone in it, read while it is sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, String, Table, and_, select, type_coerce
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.rules.looks import Awaiting, Filter, Sight, Status
from lms.kernel.db import ask
from lms.kernel.errors import NotFound
from lms.kernel.settings import keyring
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import asked_done_among
from lms.people.models import IdentityKind, IdentityRow, Institution, Person, PersonKey
from lms.people.queries import beside, listed_name, opened
from lms.people.queries.sensitive import not_to_be_named
from lms.seminars.models import Enrolment

from .counting import behind
from .lists import ASKS, LATE, NAMELESS, STAGES_REACHED, stands, waits
from .looks import Look
from .turning import ORDER, unnamed_last

AT_ONCE = 400
"""People who are read together: their names are in memory until their lines are sent."""


class Taken(NamedTuple):
    """One line of a list that is taken away; from `units` on only for those who coordinate the edition."""

    name: str
    state_code: str
    institution_name: str
    sector: str
    status: Status
    units: int | None = None
    """How many of the units that the record asks for are finished; nothing for those who are not counted."""
    finished_at: dt.datetime | None = None
    late: bool = False
    own_deadline_at: dt.datetime | None = None
    awaiting: tuple[Awaiting, ...] = ()
    address: str = ""
    language: str = ""


_enrolment, _institution, _progress, _person, _key = (
    cast(Table, model.__table__) for model in (Enrolment, Institution, EnrolmentProgress, Person, PersonKey)
)
_name, _address = (cast(Table, IdentityRow.__table__).alias() for _ in range(2))


def _first(identity: Any, kind: IdentityKind) -> ColumnElement[bool]:
    return and_(identity.c.person_id == _person.c.id, identity.c.kind == kind, identity.c.primary)


def _word(column: ColumnElement[Any]) -> ColumnElement[str]:
    """A state or sector as the word that it is in the database: a member of each costs as much as opening a name."""
    return type_coerce(column, String).label(None)


# Built once, of tables: see `lms.people.queries.viewers`.
_NAMED: Select[*tuple[Any, ...]] = (
    select(
        _enrolment.c.person_id, _enrolment.c.state_code, _institution.c.name, _word(_enrolment.c.sector),
        _word(_enrolment.c.state), STAGES_REACHED, _person.c.subject, _key.c.wrapped, _name.c.place, _name.c.sealed,
        not_to_be_named(_person.c.id),
    )
    .select_from(_enrolment)
    .join(_institution, _institution.c.id == _enrolment.c.institution_id)
    .join(_person, _person.c.id == _enrolment.c.person_id)
    .outerjoin(_key, _key.c.person_id == _person.c.id)
    .outerjoin(_name, _first(_name, IdentityKind.NAME))
    .order_by(*ORDER)
    .execution_options(yield_per=AT_ONCE)
)  # fmt: skip
_ADDRESSED = (
    _NAMED.add_columns(
        _address.c.place.label("address_place"), _address.c.sealed.label("address"), _person.c.locale,
        _enrolment.c.id, _progress.c.completed_at, _enrolment.c.deadline_at, LATE, ASKS, NAMELESS,
    )
    .outerjoin(_address, _first(_address, IdentityKind.ADDRESS))
    .outerjoin(_progress, _progress.c.enrolment_id == _enrolment.c.id)
)  # fmt: skip


def taken(session: Session, seen: Look, wanted: Filter) -> Iterator[Taken]:
    """Everyone whom a number counts, by state and institution, in three statements however many they are."""
    if seen.sight is Sight.COUNTS:
        raise NotFound
    # Found apart: a condition asks tables of its own, which may be those that a line is read from.
    which = select(_enrolment.c.id).where(*behind(seen, wanted)).subquery().select()
    return _whole(session, seen, which) if seen.sight is Sight.EVERYTHING else _outline(session, seen, which)


def _in_order(lines: Select[*tuple[Any, ...]], seen: Look, which: Select[*tuple[int]]) -> Select[*tuple[Any, ...]]:
    """These lines by state."""
    found = lines.where(_enrolment.c.id.in_(which))
    return found.order_by(None).order_by(*unnamed_last()) if seen.unnamed else found


def _whole(session: Session, seen: Look, which: Select[*tuple[int]]) -> Iterator[Taken]:
    ring, course = keyring(), outline(session, seen.version_id)
    done = asked_done_among(session, which, course)
    for (
        person_id, state_code, institution, sector, state, stages, subject, wrapped, place, sealed, hidden,
        address_place, address_sealed, locale, enrolment_id, completed_at, deadline_at, late, asks, nameless,
    ) in ask(session, _in_order(_ADDRESSED, seen, which)):  # fmt: skip
        name, address = opened(
            ring, person_id, subject, wrapped, (place, sealed), (address_place, address_sealed), hidden
        )
        if hidden:
            state_code, institution = beside(name, state_code, institution)
        status, counts, unseen = stands(state, stages, seen.sight)
        read = course.asked_units if completed_at else done.get(enrolment_id, 0)
        yield Taken(
            name, state_code, institution, sector, status, read if counts else None, completed_at,
            bool(late), deadline_at,
            waits(counts, unseen, asks, nameless), address, locale or "",
        )  # fmt: skip


def _outline(session: Session, seen: Look, which: Select[*tuple[int]]) -> Iterator[Taken]:
    for (
        person_id, state_code, institution, sector, state, stages, subject, wrapped, place, sealed, hidden,
    ) in ask(session, _in_order(_NAMED, seen, which)):  # fmt: skip
        name = listed_name(keyring(), person_id, subject, wrapped, place, sealed, hidden)
        status, _counts, _unseen = stands(state, stages, seen.sight)
        yield Taken(name, *beside(name, state_code, institution), sector, status)
