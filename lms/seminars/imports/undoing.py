"""An import taken back: what it made goes, what it changed is put back; all of it, or nothing of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import Model
from lms.kernel.errors import Conflict
from lms.kernel.secrets import unseal
from lms.people.models import Affiliation, IdentityRow, Institution, Person, PersonKey
from lms.people.sealing import keys_of
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent
from lms.seminars.rules import PLACES, EnrolmentState
from lms.seminars.services.counting import count
from lms.seminars.services.enrolments import withdraw
from lms.web.languages import gettext as _

from .models import Import, ImportInstitution, ImportRow, ImportState, Verdict
from .rehearsing import held
from .saving import set_house, set_name
from .sealing import before_place

# What an import itself writes about a place and a person; a row anywhere else says that something has happened since.
_OWN = frozenset({"lms_enrolment_event", "lms_import_row"})
_OWN_OF_PEOPLE = frozenset({"lms_person_key", "lms_identity", "lms_affiliation", "lms_enrolment"})


@dataclass(frozen=True)
class Touched:
    """Somebody of an import who has been written to or has acted since."""

    enrolment_id: int
    person_id: int
    invited: bool


def touched(session: Session, found: Import) -> list[Touched]:
    """Who of an import has been mailed, has acted, or has been dealt with otherwise since it was saved."""
    stirred: set[int] = set()
    for some in _traces(found):
        stirred |= set(session.scalars(some))
    rows = select(Enrolment.id, Enrolment.person_id, Enrolment.invited_at).where(Enrolment.id.in_(stirred))
    return [Touched(row.id, row.person_id, row.invited_at is not None) for row in session.execute(rows)]


def _mine(found: Import, *which: Any) -> Select[Any]:
    mine = select(ImportRow.enrolment_id).where(ImportRow.import_id == found.id, ImportRow.enrolment_id.is_not(None))
    return mine.where(*which)


def _traces(found: Import) -> Iterator[Select[Any]]:
    """Statements each of which gives places of the import about which something is known that it did not write."""
    every = select(Enrolment.id).where(Enrolment.id.in_(_mine(found)))
    yield every.where(Enrolment.state != EnrolmentState.NOMINATED)
    made = _mine(found, ImportRow.verdict == Verdict.NEW)
    steps = select(EnrolmentEvent.enrolment_id).where(EnrolmentEvent.enrolment_id.in_(made))
    yield steps.group_by(EnrolmentEvent.enrolment_id).having(func.count() > 1)
    later = select(ImportRow.enrolment_id).where(ImportRow.enrolment_id.in_(_mine(found)))
    yield later.join(Import, Import.id == ImportRow.import_id).where(Import.id > found.id)
    # That they came in since, or that they, or a coordinator for them, said that their name is right.
    yield every.join(Person, Person.id == Enrolment.person_id).where(
        or_(Person.welcomed_at >= found.saved_at, Person.name_confirmed_at >= found.saved_at)
    )
    # Where they have said since that they serve, whoever was known before stays.
    newer = Affiliation.__table__.alias()
    yield every.where(exists().where(newer.c.person_id == Enrolment.person_id, newer.c.id > Enrolment.affiliation_id))
    for column in _references("lms_enrolment", _OWN):
        yield every.where(exists().where(column == Enrolment.id))
    newcomers = select(Enrolment.id).where(Enrolment.id.in_(_mine(found, ImportRow.person_made)))
    for column in _references("lms_person", _OWN_OF_PEOPLE):
        yield newcomers.where(exists().where(column == Enrolment.person_id))
    others = Enrolment.__table__.alias()
    yield newcomers.where(exists().where(others.c.person_id == Enrolment.person_id, others.c.id != Enrolment.id))


def _references(table: str, own: frozenset[str]) -> Iterator[TableColumn[Any]]:
    """Every column of every table that refers to this one, whichever context it belongs to, but for `own`."""
    for name, other in sorted(Model.metadata.tables.items()):
        if name not in own:
            for key in sorted(other.foreign_keys, key=lambda one: one.parent.name):
                if key.column.table.name == table:
                    yield key.parent


def undo(session: Session, *, found: Import, at: dt.datetime, by: str) -> list[Touched]:
    """Take an import back; where somebody stands against it, says who, and leaves all as it is. Twice is once.

    Raises Conflict for one that is not saved.
    """
    found = held(session, found.public_id)
    if found.state is ImportState.UNDONE:
        return []
    if found.state is not ImportState.SAVED:
        raise Conflict(_("Only an import that is saved can be taken back."))
    # Held, so that nobody is invited or removed beside it.
    session.execute(select(Edition.id).where(Edition.id == found.edition_id).with_for_update())
    session.execute(select(Enrolment.id).where(Enrolment.id.in_(_mine(found))).with_for_update())
    against = touched(session, found)
    if against:
        return against
    _put_back(session, found, at=at, by=by)
    made = session.execute(
        select(ImportRow.enrolment_id, Enrolment.person_id, ImportRow.person_made)
        .join(Enrolment, Enrolment.id == ImportRow.enrolment_id)
        .where(ImportRow.import_id == found.id, ImportRow.verdict == Verdict.NEW)
    ).all()
    moved = list(_moved(session, found))
    forget = update(ImportRow).where(ImportRow.import_id == found.id).values(enrolment_id=None, sealed_before=None)
    session.execute(forget, execution_options={"synchronize_session": False})
    _remove(session, [row.enrolment_id for row in made if row.enrolment_id], [p for _e, p, new in made if new])
    count(session, edition_id=found.edition_id, what=PLACES, change=-len(made))
    for person_id, before in moved:
        _serve_as_before(session, person_id, before)
    _remove_houses(session, found)
    found.state, found.ended_at = ImportState.UNDONE, at
    audit.record(session, at=at, actor=by, act="import.undone", about=found.public_id, people=len(made))
    return []


def _put_back(session: Session, found: Import, *, at: dt.datetime, by: str) -> None:
    for row, place, key in _with_before(session, found, Verdict.CHANGED):
        before = json.loads(unseal(key, row.sealed_before or b"", before_place(found, row.number)))
        if before["ours"]:
            set_name(session, place.person_id, key, before[Column.NAME])
            place.person.locale = before[Column.LANGUAGE]
            house = session.get_one(Institution, before[Column.INSTITUTION])
            set_house(session, place, key, house, before[Column.FUNCTION])
        if before["again"]:
            withdraw(session, enrolment=place, at=at, by=by)
    session.flush()  # before what they belonged to meanwhile is looked at


Before = dict[int, dt.date | None]
"""The affiliations of somebody by their ids, and until when each was."""


def _moved(session: Session, found: Import) -> Iterator[tuple[int, Before]]:
    """Who was known before, and where they served when the import gave them a place."""
    for row, place, key in _with_before(session, found, Verdict.NEW):
        before = json.loads(unseal(key, row.sealed_before or b"", before_place(found, row.number)))
        yield place.person_id, {number: dt.date.fromisoformat(until) if until else None for number, until in before}


def _serve_as_before(session: Session, person_id: int, before: Before) -> None:
    for serving in session.scalars(select(Affiliation).where(Affiliation.person_id == person_id)).all():
        if serving.id in before:
            serving.until = before[serving.id]
        elif not any(
            session.scalar(_used(column, serving.id)) for column in _references("lms_affiliation", frozenset())
        ):
            session.delete(serving)
    session.flush()  # before the institutions that nobody serves at are looked for


def _used(column: TableColumn[Any], number: int) -> Select[Any]:
    return select(exists().where(column == number))


def _with_before(session: Session, found: Import, verdict: Verdict) -> Iterator[tuple[ImportRow, Enrolment, bytes]]:
    """The rows that changed somebody, with the place and the key; not those of people erased since."""
    mine = select(ImportRow).where(
        ImportRow.import_id == found.id, ImportRow.sealed_before.is_not(None), ImportRow.verdict == verdict
    )
    rows = session.scalars(mine).all()
    places = {row.number: session.get_one(Enrolment, row.enrolment_id) for row in rows if row.enrolment_id}
    keys = keys_of(session, [place.person_id for place in places.values()])
    for row in rows:
        place = places[row.number]
        if place.person_id in keys:
            yield row, place, keys[place.person_id]


_PORTION = 500


def _remove(session: Session, enrolments: Sequence[int], people: Sequence[int]) -> None:
    """Places of which nobody was told, and people of whom nothing but these places was known."""
    for some in _portions(enrolments):
        session.execute(delete(EnrolmentEvent).where(EnrolmentEvent.enrolment_id.in_(some)))
        session.execute(delete(Enrolment).where(Enrolment.id.in_(some)))
    for some in _portions(people):
        for table in (IdentityRow, PersonKey, Affiliation):
            session.execute(delete(table).where(table.person_id.in_(some)))
        session.execute(delete(Person).where(Person.id.in_(some)))


def _portions(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for at in range(0, len(numbers), _PORTION):
        yield numbers[at : at + _PORTION]


def _remove_houses(session: Session, found: Import) -> None:
    """Institutions that were added by it and are nobody's now."""
    mine = select(ImportInstitution.institution_id).where(ImportInstitution.import_id == found.id)
    made = session.scalars(mine).all()
    session.execute(delete(ImportInstitution).where(ImportInstitution.import_id == found.id))
    unused = select(Institution.id).where(Institution.id.in_(made))
    for column in _references("lms_institution", frozenset()):
        unused = unused.where(~exists().where(column == Institution.id))
    session.execute(delete(Institution).where(Institution.id.in_(session.scalars(unused).all())))
