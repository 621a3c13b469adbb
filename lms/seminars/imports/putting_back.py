"""What an import changed about people and places is made as it was: each table in one statement, however many rows."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.orm import Session

from lms.kernel.db import Model
from lms.kernel.secrets import unseal
from lms.kernel.values import dataclass
from lms.people import services as people_services
from lms.people.models import Affiliation, IdentityKind, IdentityRow, Institution, Person
from lms.people.sealing import keys_of
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Deadline, due_at
from lms.seminars.services.enrolments import withdraw_untold

from .models import Import, ImportRow, Verdict
from .saving import sealed_name, sealed_serving
from .sealing import before_place
from .traces import references, served_then

Served = dict[int, dt.date | None]
"""The affiliations of somebody by their ids, and until when each was."""


@dataclass(frozen=True)
class _Changed:
    """One place that the import changed, and how it was before."""

    place: Enrolment
    key: bytes
    before: Mapping[str, Any]


def put_back(session: Session, found: Import, rows: Sequence[ImportRow], *, at: dt.datetime, by: str) -> None:
    """Make the people and places of these changed rows as they were; those erased since stay as they are."""
    changed = _changed(session, found, rows)
    ours = [one for one in changed if one.before["ours"]]
    _names(session, ours)
    _houses(session, ours, session.get_one(Edition, found.edition_id).deadline)
    again = [one.place for one in changed if one.before["again"]]
    withdraw_untold(session, enrolments=again, at=at, by=by)
    for one in changed:
        session.expire(one.place)  # the statements went past it


def _changed(session: Session, found: Import, rows: Sequence[ImportRow]) -> list[_Changed]:
    numbers = [row.enrolment_id for row in rows]
    places = {place.id: place for place in session.scalars(select(Enrolment).where(Enrolment.id.in_(numbers)))}
    keys = keys_of(session, [place.person_id for place in places.values()]) if places else {}
    changed = []
    for row in rows:
        place = places.get(row.enrolment_id or 0)
        if place is not None and row.sealed_before and place.person_id in keys:
            key = keys[place.person_id]
            changed.append(_Changed(place, key, _before(found, row, key)))
    return changed


def _before(found: Import, row: ImportRow, key: bytes) -> Any:
    return json.loads(unseal(key, row.sealed_before or b"", before_place(found.public_id, row.number)))


def _names(session: Session, changed: Sequence[_Changed]) -> None:
    by_person = {one.place.person_id: one for one in changed}
    mine = (IdentityRow.person_id.in_(by_person), IdentityRow.kind == IdentityKind.NAME, IdentityRow.primary)
    names = session.execute(select(IdentityRow.id, IdentityRow.person_id, IdentityRow.place).where(*mine))
    sealed = [
        {"id": row.id, "sealed": sealed_name(one.key, one.before[Column.NAME], row.place)}
        for row in names
        for one in [by_person[row.person_id]]
    ]
    _write(session, IdentityRow, sealed)
    locales = [{"id": number, "locale": one.before[Column.LANGUAGE]} for number, one in by_person.items()]
    _write(session, Person, locales)


def _houses(session: Session, changed: Sequence[_Changed], deadline: Deadline) -> None:
    """Where they serve: the affiliation, and what the place keeps of it."""
    numbers = {one.before[Column.INSTITUTION] for one in changed}
    houses = {house.id: house for house in session.scalars(select(Institution).where(Institution.id.in_(numbers)))}
    since = select(Affiliation.id, Affiliation.since).where(
        Affiliation.id.in_({one.place.affiliation_id for one in changed})
    )
    begun = {row.id: row.since for row in session.execute(since)}
    servings, places = [], []
    for one in changed:
        house, number = houses[one.before[Column.INSTITUTION]], one.place.affiliation_id
        function = people_services.sealed_function(one.key, one.before[Column.FUNCTION], begun[number])
        servings.append({"id": number, "institution_id": house.id, "sealed_function": function})
        places.append({"id": one.place.id, **_place_at(one.place, house, deadline)})
    _write(session, Affiliation, servings)
    _write(session, Enrolment, places)


def _place_at(place: Enrolment, house: Institution, deadline: Deadline) -> dict[str, object]:
    extended = Deadline(place.deadline_at) if place.deadline_at else None
    return {
        "institution_id": house.id,
        "state_code": house.state_code,
        "sector": house.sector,
        "due_at": due_at(deadline, extended, house.zone),
    }


def _write(session: Session, table: type[Model], rows: Sequence[Mapping[str, object]]) -> None:
    """Change rows by their ids, all of them in one statement."""
    if rows:
        session.execute(update(table), list(rows))


def served_before(session: Session, found: Import, rows: Collection[tuple[ImportRow, int]]) -> dict[int, Served]:
    """Who of these was known before, and where they served when the import gave them a place; not those erased."""
    known = [(row, person_id) for row, person_id in rows if row.sealed_before]
    keys = keys_of(session, [person_id for _row, person_id in known]) if known else {}
    return {
        person_id: {
            number: dt.date.fromisoformat(until) if until else None
            for number, until in served_then(
                keys[person_id], row.sealed_before, before_place(found.public_id, row.number)
            ).items()
        }
        for row, person_id in known
        if person_id in keys
    }


def serve_as_before(session: Session, people: Mapping[int, Served]) -> None:
    """Open the affiliations that the import ended, and remove those that it made; where a place elsewhere has come to
    stand on one of these, its holder has moved for good, or until what made that place is taken back too."""
    if not people:
        return
    mine = select(Affiliation.id, Affiliation.person_id).where(Affiliation.person_id.in_(people))
    rows = session.execute(mine).all()
    made = [row.id for row in rows if row.id not in people[row.person_id]]
    used = or_(*(exists().where(column == Affiliation.id) for column in references("lms_affiliation")))
    moved = set(session.scalars(select(Affiliation.person_id).where(Affiliation.id.in_(made), used)))
    _hand_on(session, made, {person_id: people[person_id] for person_id in moved})
    session.execute(delete(Affiliation).where(Affiliation.id.in_(made), ~used))
    earlier = [
        {"id": row.id, "until": people[row.person_id][row.id]}
        for row in rows
        if row.id in people[row.person_id] and row.person_id not in moved
    ]
    _write(session, Affiliation, earlier)


def _hand_on(session: Session, made: Collection[int], moved: Mapping[int, Served]) -> None:
    """Other imports that gave these people a place where they have moved to took the move for granted: from now on
    theirs is the knowledge of where they served before, so that both can be taken back in either order."""
    standing = (
        select(ImportRow, Import.public_id, Enrolment.person_id)
        .join(Import, Import.id == ImportRow.import_id)
        .join(Enrolment, Enrolment.id == ImportRow.enrolment_id)
        .where(Enrolment.affiliation_id.in_(made), Enrolment.person_id.in_(moved))
        .where(ImportRow.verdict == Verdict.NEW, ImportRow.sealed_before.is_not(None))
    )
    rows = session.execute(standing).all() if moved else []
    keys = keys_of(session, {row.person_id for row in rows}) if rows else {}
    for row, public_id, person_id in rows:
        row.sealed_before = sealed_serving(keys[person_id], moved[person_id], before_place(public_id, row.number))
