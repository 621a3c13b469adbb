"""Records as their holder sees them, and which of a person's records are valid."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound, Unreadable
from lms.kernel.secrets import Unsealable, seal, unseal
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.rules.names import PersonName
from lms.people.sealing import key_of, keys_of
from lms.records.models import LedgerEntry, PublicRecord, RecordAct, RecordSubject
from lms.records.rules.before import from_before
from lms.records.rules.ledger import Entry, commit_to
from lms.records.signatories.rules import Signatory, signed_by

from .ours import OURS, ours, said_of, with_public


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record in its holder's list; `ended` says how it lost its force, if it did."""

    record: str
    edition_title: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    dated: dt.date
    ended: RecordAct | None
    before: bool = False
    """Whether it is from before this system: then no certificate follows from it."""


@dataclass(frozen=True, slots=True)
class RecordPage:
    """A record as its certificate shows it: nothing here changes when course, edition or account do."""

    held: HeldRecord
    name: PersonName
    institution: str
    state_code: str
    version: str
    version_hash: str
    modules: int
    half_days: tuple[int, int] | None
    """Attended and held; nothing where the course asked for no attendance."""
    made_up: int
    """Excused half-days that count beside the attended ones."""
    signatories: tuple[Signatory, ...] = ()
    """Who signs it, as it was when the record was issued."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record with its holder and their sealed copy, and what we have said of it."""

    person_id: int
    sealed_name: bytes
    said: list[Entry]

    @property
    def issue(self) -> Entry:
        """The entry of its issue."""
        return self.said[0]

    @property
    def ended(self) -> RecordAct | None:
        """How it lost its force, if it did."""
        last = RecordAct(self.said[-1].act)
        return None if last is RecordAct.ISSUED else last


_KEPT = (
    select(RecordSubject.person_id, RecordSubject.sealed_name, *OURS)
    .join(LedgerEntry, LedgerEntry.record == RecordSubject.record)
    .outerjoin(PublicRecord, with_public)
    .order_by(LedgerEntry.id)
)


def kept(session: Session, *whose: ColumnElement[bool]) -> list[Kept]:
    """The records that these conditions over their holders choose, in the order of the ledger, without what is not
    ours; one statement."""
    rows = session.execute(_KEPT.where(*whose)).all()
    of = {row.record: row for row in rows}
    return [Kept(of[record].person_id, of[record].sealed_name, entries) for record, entries in ours(rows).items()]


def sealed_place(record: str) -> str:
    """Where the sealed name of a record belongs."""
    return f"lms_record_subject:sealed_name:{record}"


def seal_shown(key: bytes, shown: Mapping[str, Any], record: str) -> bytes:
    """What stands on a record, sealed under its holder's key: name, institution, state, who signs, and the salt of what
    the ledger committed to."""
    return seal(key, json.dumps(shown).encode(), sealed_place(record))


def open_shown(key: bytes, sealed: bytes, record: str) -> dict[str, Any]:
    """The same opened; raises Unsealable where it is not of this record and this key."""
    shown: dict[str, Any] = json.loads(unseal(key, sealed, sealed_place(record)))
    return shown


def name_in(shown: Mapping[str, Any]) -> PersonName:
    """The name among what stands on a record."""
    return PersonName.from_json(json.dumps(shown["name"]))


def my_records(session: Session, person_id: int) -> list[HeldRecord]:
    """A person's own records, the newest first; one statement."""
    found = kept(session, RecordSubject.person_id == person_id)
    found.sort(key=lambda one: (one.issue.dated, one.issue.id), reverse=True)
    return [_held(one) for one in found]


def held_record(session: Session, record: str, person_id: int) -> HeldRecord:
    """One record in its holder's list, whether or not a certificate follows from it; raises NotFound for everyone
    else."""
    return _held(_mine(session, record, person_id))


def _mine(session: Session, record: str, person_id: int) -> Kept:
    found = kept(session, RecordSubject.record == record, RecordSubject.person_id == person_id)
    if not found:
        raise NotFound
    return found[0]


def my_record(session: Session, record: str, person_id: int) -> RecordPage:
    """One record for its holder; raises NotFound for everyone else, and for a record from before this system."""
    mine = _mine(session, record, person_id)
    facts = mine.issue.facts
    if from_before(facts):
        raise NotFound
    days = facts["met"].get("attendance")
    shown = _opened(session, person_id, mine)
    return RecordPage(
        held=_held(mine),
        name=name_in(shown),
        institution=shown["institution"],
        state_code=shown["state"],
        version=facts["version"],
        version_hash=mine.issue.version_hash,
        modules=facts["met"]["modules"]["needed"],
        half_days=(days["present"], days["held"]) if days else None,
        made_up=days.get("made_up", 0) if days else 0,
        signatories=signed_by(shown),
    )


def _opened(session: Session, person_id: int, mine: Kept) -> dict[str, Any]:
    try:
        return open_shown(key_of(session, person_id), mine.sealed_name, mine.issue.record)
    except Unsealable:
        raise Unreadable(_("This record cannot be opened for now.")) from None


def valid_records(session: Session, person_id: int) -> list[tuple[str, dt.date]]:
    """The records of a person that are in force, with their dates."""
    return valid_of(session, [person_id]).get(person_id, [])


def valid_of(session: Session, person_ids: Collection[int] | None = None) -> dict[int, list[tuple[str, dt.date]]]:
    """The records in force of these people, or of everyone who has one."""
    found: dict[int, list[tuple[str, dt.date]]] = {}
    for one in in_force(session, person_ids):
        found.setdefault(one.person_id, []).append((one.issue.record, one.issue.dated))
    return found


def in_force(session: Session, person_ids: Collection[int] | None = None) -> list[Kept]:
    """The same with all that we have said of each, but for what SQL alone gave to somebody; two statements."""
    found = _said_to_be_in_force(session, person_ids)
    keys = keys_of_holders(session, {one.person_id for one in found}) if found else {}
    return [
        one
        for one in found
        if is_theirs(keys.get(one.person_id), one.sealed_name, one.issue.record, one.issue.commitment)
    ]


def keys_of_holders(session: Session, person_ids: Collection[int]) -> dict[int, bytes]:
    """The keys of these people, empty for whoever was erased; nothing of whoever lost theirs in another way."""
    keys = keys_of(session, person_ids)
    without = set(person_ids) - keys.keys()
    erased = select(Person.id).where(Person.id.in_(without), Person.erased_at.is_not(None))
    return keys | dict.fromkeys(session.scalars(erased) if without else (), b"")


def _said_to_be_in_force(session: Session, person_ids: Collection[int] | None) -> list[Kept]:
    whose = () if person_ids is None else (RecordSubject.person_id.in_(person_ids),)
    return [one for one in kept(session, *whose) if one.ended is None]


def is_theirs(key: bytes | None, sealed_name: bytes, record: str, commitment: str) -> bool:
    """Whether a record is of the person with this key: it opens the name that the ledger committed to. The database
    alone can say that it is somebody else's, and not seal that name under their key. Whoever was erased has none,
    an empty one here, and holds what they held; whose key is gone otherwise holds nothing."""
    if not key:
        return key is not None
    try:
        shown = open_shown(key, sealed_name, record)
    except Unsealable:
        return False
    return commit_to(shown["name"], shown["salt"]) == commitment


@dataclass(frozen=True, slots=True)
class EditionHeld:
    """The edition that a record in force is of, as the ledger has it: its public id, what it was called, and when."""

    edition: str
    title: str
    starts_on: dt.date


def editions_of(
    session: Session, person_ids: Collection[int], *, sure: bool = False
) -> dict[int, tuple[EditionHeld, ...]]:
    """The editions of which these people hold a record in force, the latest first; one statement. Where something is
    opened to them by it, ask `sure`: then in two, and without what SQL alone gave to them."""
    found: dict[int, dict[str, EditionHeld]] = {}
    for one in in_force(session, person_ids) if sure else _said_to_be_in_force(session, person_ids):
        found.setdefault(one.person_id, {})[one.issue.edition] = _edition_held(one.issue)
    return {person: tuple(_latest_first(held.values())) for person, held in found.items()}


def editions_named(session: Session, records: Collection[str]) -> list[EditionHeld]:
    """The editions of these records as the ledger has them, the latest first; one statement."""
    editions = {said[0].edition: _edition_held(said[0]) for said in said_of(session, records).values()}
    return _latest_first(editions.values())


def _edition_held(row: Any) -> EditionHeld:
    said = row.facts["edition"]
    return EditionHeld(row.edition, said["title"], dt.date.fromisoformat(said["starts_on"]))


def _latest_first(held: Iterable[EditionHeld]) -> list[EditionHeld]:
    return sorted(held, key=lambda one: (one.starts_on, one.edition), reverse=True)


def _held(one: Kept) -> HeldRecord:
    edition = one.issue.facts["edition"]
    return HeldRecord(
        record=one.issue.record,
        edition_title=edition["title"],
        place=edition["place"],
        starts_on=dt.date.fromisoformat(edition["starts_on"]),
        ends_on=dt.date.fromisoformat(edition["ends_on"]),
        dated=one.issue.dated,
        ended=one.ended,
        before=from_before(one.issue.facts),
    )
