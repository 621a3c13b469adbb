"""Who of an import has been written to, has acted or has been dealt with since it was saved, in few statements."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import Column as TableColumn
from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.db import Model
from lms.kernel.secrets import unseal
from lms.kernel.values import dataclass
from lms.people.models import Affiliation, Person
from lms.people.sealing import keys_of
from lms.seminars.models import Enrolment, EnrolmentEvent
from lms.seminars.rules import EnrolmentState

from .models import Import, ImportRow, Verdict
from .sealing import before_place

# What an import itself writes about a place and a person; a row anywhere else says that something has happened since.
_OWN = frozenset({"lms_enrolment_event", "lms_import_row"})
# Nor has anything happened to whoever was left out where others were written to.
_NOTHING = frozenset({"lms_reminder_left_out"})
_OWN_OF_PEOPLE = frozenset({"lms_person_key", "lms_identity", "lms_affiliation", "lms_enrolment"})


@dataclass(frozen=True)
class Touched:
    """Somebody of an import who has been written to or has acted since."""

    enrolment_id: int
    enrolment: str
    person_id: int
    invited: bool


def touched(session: Session, found: Import, *which: ColumnElement[bool]) -> list[Touched]:
    """Who of an import has been mailed, has acted, or has been dealt with otherwise since it was saved; `which` may
    narrow its rows."""
    theirs = (
        select(Enrolment.id, Enrolment.public_id, Enrolment.person_id, Enrolment.invited_at)
        .join(ImportRow, ImportRow.enrolment_id == Enrolment.id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(ImportRow.import_id == found.id, *which)
    )
    moved = Enrolment.id.in_(_moved(session, found, which))
    rows = session.execute(theirs.where(or_(*_traces(found), moved)).order_by(Enrolment.id))
    return [Touched(row.id, row.public_id, row.person_id, row.invited_at is not None) for row in rows]


def _moved(session: Session, found: Import, which: Collection[ColumnElement[bool]]) -> set[int]:
    """Places whose holders have said since that they serve, or will serve, elsewhere: what they had said before the
    import is no trace of anything since."""
    newer = aliased(Affiliation)
    later = (
        select(Enrolment.id, Enrolment.person_id, ImportRow.number, ImportRow.sealed_before, newer.id.label("newer"))
        .join(ImportRow, ImportRow.enrolment_id == Enrolment.id)
        .join(newer, (newer.person_id == Enrolment.person_id) & (newer.id > Enrolment.affiliation_id))
        .where(ImportRow.import_id == found.id, *which)
    )
    rows = session.execute(later).all()
    keys = keys_of(session, {row.person_id for row in rows}) if rows else {}
    return {
        row.id
        for row in rows
        if row.newer
        not in served_then(keys.get(row.person_id), row.sealed_before, before_place(found.public_id, row.number))
    }


def served_then(key: bytes | None, sealed: bytes | None, place: str) -> Mapping[int, str | None]:
    """Where somebody served, or was to serve, when an import came to their row: until when, by affiliation."""
    if key is None or sealed is None:
        return {}
    said = json.loads(unseal(key, sealed, place))
    return dict(said if isinstance(said, list) else said.get("served", ()))


def _traces(found: Import) -> Iterator[ColumnElement[bool]]:
    """Each says of a row, its place and its person that something is known which the import did not write."""
    yield Enrolment.state != EnrolmentState.NOMINATED
    steps = select(func.count()).where(EnrolmentEvent.enrolment_id == Enrolment.id)
    yield and_(ImportRow.verdict == Verdict.NEW, steps.correlate(Enrolment).scalar_subquery() > 1)
    later = aliased(ImportRow)
    yield exists().where(later.enrolment_id == Enrolment.id, later.import_id > found.id)
    # That they came in since, or that they, or a coordinator for them, said that their name is right.
    yield Person.welcomed_at >= found.saved_at
    yield Person.name_confirmed_at >= found.saved_at
    for column in references("lms_enrolment", _OWN | _NOTHING):
        yield exists().where(column == Enrolment.id)
    of_newcomers = [exists().where(column == Person.id) for column in references("lms_person", _OWN_OF_PEOPLE)]
    other = aliased(Enrolment)
    elsewhere = exists().where(other.person_id == Person.id, other.id != Enrolment.id)
    yield and_(ImportRow.person_made, or_(*of_newcomers, elsewhere))


def references(table: str, own: frozenset[str] = frozenset()) -> Iterator[TableColumn[Any]]:
    """Every column of every table that refers to this one, whichever context it belongs to, but for `own`. A table that
    refers to itself is asked as another."""
    for name, other in sorted(Model.metadata.tables.items()):
        if name not in own:
            for key in sorted(other.foreign_keys, key=lambda one: one.parent.name):
                if key.column.table.name == table:
                    yield other.alias().c[key.parent.name] if name == table else key.parent
