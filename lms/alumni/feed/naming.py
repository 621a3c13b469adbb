"""By which name the feed calls somebody: the one that stands on the newest of their records in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import Unsealable, seal, unseal
from lms.people.rules.names import PersonName
from lms.people.sealing import keys_of
from lms.records.models import RecordSubject
from lms.records.queries.held import Kept, kept, name_in, open_shown

from .models import FeedPerson


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


def _is_new(told: FeedPerson, key: bytes | None, records: list[Kept]) -> bool:
    name = _newest_name(key, records) if key else None
    if key is None or name is None:
        return False
    place = f"lms_feed_person:sealed_name:{told.person_id}"
    said = unseal(key, told.sealed_name, place).decode() if told.sealed_name else ""
    before = PersonName.from_json(said) if said else _name_on(key, records[0])
    if before is not None and (before.full, before.latin) == (name.full, name.latin):
        return False
    told.sealed_name = seal(key, name.to_json().encode(), place)
    return True


def _records_of(session: Session, person_ids: Collection[int]) -> dict[int, list[Kept]]:
    """Their records in the order in which they were written."""
    found: dict[int, list[Kept]] = defaultdict(list)
    for one in kept(session, RecordSubject.person_id.in_(person_ids)) if person_ids else ():
        found[one.person_id].append(one)
    return found


def _newest_name(key: bytes, records: list[Kept]) -> PersonName | None:
    """On the record of the last day; of one day, on the one that was written last."""
    in_force = [one for one in records if one.ended is None]
    return _name_on(key, sorted(in_force, key=lambda one: one.issue.dated)[-1]) if in_force else None


def _name_on(key: bytes, one: Kept) -> PersonName | None:
    try:
        shown = open_shown(key, one.sealed_name, one.issue.record)
    except Unsealable:
        return None
    return name_in(shown)
