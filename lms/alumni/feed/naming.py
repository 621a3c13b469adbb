"""By which name the feed calls somebody: the one that stands on the newest of their records in force."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.secrets import Unsealable, seal, unseal
from lms.people.rules.names import PersonName
from lms.people.sealing import keys_of
from lms.records.models import LedgerEntry, RecordAct, RecordSubject
from lms.records.queries.held import sealed_place

from .models import FeedPerson

_issued, _ended = aliased(LedgerEntry), aliased(LedgerEntry)
_RECORDS = (
    select(
        RecordSubject.person_id,
        RecordSubject.record,
        RecordSubject.sealed_name,
        _issued.dated,
        _ended.id.label("ended"),
    )
    .join(_issued, (_issued.record == RecordSubject.record) & (_issued.act == RecordAct.ISSUED))
    .outerjoin(_ended, (_ended.record == RecordSubject.record) & (_ended.act != RecordAct.ISSUED))
    .order_by(_issued.id)
)


def names_of(session: Session, person_ids: Collection[int]) -> dict[int, PersonName]:
    """The names of these people; who holds no record in force is absent, and whose copy cannot be opened: of that a
    check tells, and others are told of all the same. Two statements."""
    records = _records_of(session, person_ids)
    keys = keys_of(session, records)
    names = {person: _newest_name(keys[person], theirs) for person, theirs in records.items() if person in keys}
    return {person: name for person, name in names.items() if name}


def called_otherwise(session: Session, told: Mapping[int, FeedPerson]) -> list[int]:
    """Who is called otherwise than was told last, which counts as told from now on; of one record alone nobody is."""
    several = select(RecordSubject.person_id).where(RecordSubject.person_id.in_(told)).group_by(RecordSubject.person_id)
    records = _records_of(session, session.scalars(several.having(func.count() > 1)).all())
    keys = keys_of(session, records) if records else {}
    return [person for person, theirs in sorted(records.items()) if _is_new(told[person], keys.get(person), theirs)]


def _is_new(told: FeedPerson, key: bytes | None, records: list[Any]) -> bool:
    name = _newest_name(key, records) if key else None
    if key is None or name is None:
        return False
    place = f"lms_feed_person:sealed_name:{told.person_id}"
    kept = unseal(key, told.sealed_name, place).decode() if told.sealed_name else ""
    before = PersonName.from_json(kept) if kept else _name_on(key, records[0])
    if before is not None and (before.full, before.latin) == (name.full, name.latin):
        return False
    told.sealed_name = seal(key, name.to_json().encode(), place)
    return True


def _records_of(session: Session, person_ids: Collection[int]) -> dict[int, list[Any]]:
    """Their records in the order in which they were written."""
    found: dict[int, list[Any]] = defaultdict(list)
    if person_ids:
        for row in session.execute(_RECORDS.where(RecordSubject.person_id.in_(person_ids))):
            found[row.person_id].append(row)
    return found


def _newest_name(key: bytes, records: list[Any]) -> PersonName | None:
    """On the record of the last day; of one day, on the one that was written last."""
    in_force = [row for row in records if row.ended is None]
    return _name_on(key, sorted(in_force, key=lambda row: row.dated)[-1]) if in_force else None


def _name_on(key: bytes, row: Any) -> PersonName | None:
    try:
        shown = json.loads(unseal(key, row.sealed_name, sealed_place(row.record)))
    except Unsealable:
        return None
    return PersonName.from_json(json.dumps(shown["name"]))
