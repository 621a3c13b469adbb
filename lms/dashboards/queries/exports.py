"""The list behind a number as it is taken away: everyone in it, read while it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Row, Select, Table, and_
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Filter, Sight
from lms.kernel.errors import NotFound
from lms.people.models import IdentityKind, IdentityRow, Person, PersonKey
from lms.people.queries import NO_NAME, opened

from .counting import behind
from .lists import ORDER, SAID, Listed, in_lines
from .looks import Look

AT_ONCE = 400
"""People who are read together: their names are in memory until their lines are sent."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of a list that is taken away; address and language only for those who coordinate the edition."""

    shown: Listed
    address: str = ""
    language: str = ""


_person, _key, _name, _address = (
    cast(Table, table)
    for table in (Person.__table__, PersonKey.__table__, IdentityRow.__table__.alias(), IdentityRow.__table__.alias())
)


def _first(identity: Table, kind: IdentityKind) -> Any:
    return and_(identity.c.person_id == _person.c.id, identity.c.kind == kind, identity.c.primary)


# Built once, of tables: see `lms.people.queries.viewers`.
_NAMED = (
    SAID.add_columns(_person.c.subject, _key.c.wrapped, _name.c.place, _name.c.sealed)
    .join(_person, _person.c.id == SAID.selected_columns.person_id)
    .outerjoin(_key, _key.c.person_id == _person.c.id)
    .outerjoin(_name, _first(_name, IdentityKind.NAME))
    .order_by(*ORDER)
    .execution_options(yield_per=AT_ONCE)
)
_ADDRESSED = _NAMED.add_columns(
    _person.c.locale, _address.c.place.label("address_place"), _address.c.sealed.label("address")
).outerjoin(_address, _first(_address, IdentityKind.ADDRESS))


def taken(session: Session, seen: Look, wanted: Filter) -> Iterator[Taken]:
    """Everyone whom a number counts, by state and institution; one statement for all, and one for each part."""
    if seen.sight is Sight.COUNTS:
        raise NotFound
    full = seen.sight is Sight.EVERYTHING
    return _lines(session, seen, (_ADDRESSED if full else _NAMED).where(*behind(seen, wanted)), full=full)


def _lines(session: Session, seen: Look, which: Select[*tuple[Any, ...]], *, full: bool) -> Iterator[Taken]:
    session.flush()  # a statement sent past the session does not see by itself what is not written yet
    for part in session.connection().execute(which).partitions():
        who = [_opened(row, full=full) for row in part]
        lines = in_lines(session, seen, part, {row.id: name for row, (name, _address) in zip(part, who, strict=True)})
        for row, line, (_name_said, address) in zip(part, lines, who, strict=True):
            yield Taken(line, address, row.locale or "") if full else Taken(line)


def _opened(row: Row[Any], *, full: bool) -> tuple[str, str]:
    """Name and address of one person: whole for who writes to them, as lists have it for who looks on."""
    found = opened(
        row.subject, row.wrapped, (row.place, row.sealed), (row.address_place, row.address) if full else None
    )
    if found is None:
        return str(NO_NAME), ""
    return (found.name.full if full else found.name.listed), found.address
