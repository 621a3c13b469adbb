"""The list behind a number as it is taken away: everyone in it, a part at a time, with what coordinators write to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Sight
from lms.people.models import Person
from lms.people.queries import NO_NAME, Identity, identities_of, names_of
from lms.people.rules.names import PersonName
from lms.seminars.queries import PersonRow

from .lists import Listed, listed
from .looks import Look

AT_ONCE = 400
"""People who are read together: their names are in memory until their lines are sent."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One line of a list that is taken away; address and language only for those who coordinate the edition."""

    shown: Listed
    name: str
    address: str = ""
    language: str = ""


def taken(session: Session, seen: Look, rows: list[PersonRow]) -> Iterator[Taken]:
    """What is taken away of these people, whom `people_behind` gave, in their order."""
    for first in range(0, len(rows), AT_ONCE):
        part = rows[first : first + AT_ONCE]
        yield from _whole(session, seen, part) if seen.sight is Sight.EVERYTHING else _outline(session, seen, part)


def _outline(session: Session, seen: Look, rows: list[PersonRow]) -> Iterator[Taken]:
    names = names_of(session, [row.person_id for row in rows])
    return (Taken(line, line.name) for line in listed(session, seen, rows, names))


def _whole(session: Session, seen: Look, rows: list[PersonRow]) -> Iterator[Taken]:
    ids = [row.person_id for row in rows]
    known = identities_of(session, ids)
    locales = {
        row.id: row.locale for row in session.execute(select(Person.id, Person.locale).where(Person.id.in_(ids)))
    }
    erased = Identity(PersonName(str(NO_NAME)))
    who = {number: known.get(number, erased) for number in ids}
    lines = listed(session, seen, rows, {number: one.name.full for number, one in who.items()})
    for row, line in zip(rows, lines, strict=True):
        yield Taken(line, line.name, who[row.person_id].address, locales[row.person_id] or "")
