"""The list behind a number as it is taken away: everyone in it, read while it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Row, String, Table, and_, literal, select, type_coerce
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.rules.looks import Filter, Sight
from lms.kernel.errors import NotFound
from lms.kernel.settings import keyring
from lms.learning.queries import asked_done_among
from lms.people.models import IdentityKind, IdentityRow, Person, PersonKey
from lms.people.queries import NO_NAME, Identity, opened
from lms.seminars.models import Enrolment
from lms.seminars.rules import counted

from .counting import behind
from .lists import ORDER, SAID, Listed, line
from .looks import Look

AT_ONCE = 400
"""People who are read together: their names are in memory until their lines are sent."""


class Taken(NamedTuple):
    """One line of a list that is taken away; address and language only for those who coordinate the edition."""

    shown: Listed
    address: str = ""
    language: str = ""


_enrolment, _person, _key, _name, _address = (
    cast(Table, table)
    for table in (
        Enrolment.__table__,
        Person.__table__,
        PersonKey.__table__,
        IdentityRow.__table__.alias(),
        IdentityRow.__table__.alias(),
    )
)


def _first(identity: Table, kind: IdentityKind) -> Any:
    return and_(identity.c.person_id == _person.c.id, identity.c.kind == kind, identity.c.primary)


# Built once, of tables: see `lms.people.queries.viewers`.
_WORDS = frozenset({"state", "sector"})


def _as_taken(said: ColumnElement[Any]) -> ColumnElement[Any]:
    """States and sectors stay the words that they are in the database: to make a member of each costs as much as to
    open a name. Whether letters come back is not taken away."""
    if said.key == "returned":
        return literal(False).label("returned")
    return type_coerce(said, String).label(said.key) if said.key in _WORDS else said


_SAID = SAID.with_only_columns(*(_as_taken(said) for said in SAID.selected_columns))
_NAMED = (
    _SAID.add_columns(_person.c.subject, _key.c.wrapped, _name.c.place, _name.c.sealed)
    .join(_person, _person.c.id == _enrolment.c.person_id)
    .outerjoin(_key, _key.c.person_id == _person.c.id)
    .outerjoin(_name, _first(_name, IdentityKind.NAME))
    .order_by(*ORDER)
    .execution_options(yield_per=AT_ONCE)
)
_ADDRESSED = _NAMED.add_columns(
    _person.c.locale, _address.c.place.label("address_place"), _address.c.sealed.label("address")
).outerjoin(_address, _first(_address, IdentityKind.ADDRESS))


def taken(session: Session, seen: Look, wanted: Filter) -> Iterator[Taken]:
    """Everyone whom a number counts, by state and institution, in two statements however many they are."""
    if seen.sight is Sight.COUNTS:
        raise NotFound
    which = behind(seen, wanted)
    session.flush()  # a statement sent past the session does not see by itself what is not written yet
    if seen.sight is Sight.EVERYTHING:
        return _whole(session, seen, which)
    return _outline(session, seen, session.connection().execute(_NAMED.where(*which)))


def _whole(session: Session, seen: Look, which: list[ColumnElement[bool]]) -> Iterator[Taken]:
    ring, course = keyring(), outline(session, seen.version_id)
    done = asked_done_among(session, select(_enrolment.c.id).where(*which), course)
    asked, nobody = course.asked_units, Identity(str(NO_NAME), str(NO_NAME))
    for row in session.connection().execute(_ADDRESSED.where(*which)):
        who = (
            opened(ring, row.subject, row.wrapped, (row.place, row.sealed), (row.address_place, row.address)) or nobody
        )
        units = (asked if row.completed_at else done.get(row.id, 0), asked) if counted(row.state) else None
        yield Taken(line(seen.sight, row, who.full, units), who.address, row.locale or "")


def _outline(session: Session, seen: Look, rows: Iterable[Row[Any]]) -> Iterator[Taken]:
    ring, nobody = keyring(), Identity(str(NO_NAME), str(NO_NAME))
    for row in rows:
        who = opened(ring, row.subject, row.wrapped, (row.place, row.sealed)) or nobody
        yield Taken(line(seen.sight, row, who.listed, None))
