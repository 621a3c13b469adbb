"""Records as their holder sees them, and which of a person's records are valid."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, Subquery, func, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.errors import NotFound
from lms.people.rules.names import PersonName
from lms.people.sealing import unseal_text
from lms.records.models import LedgerEntry, RecordAct, RecordSubject
from lms.records.rules.before import from_before
from lms.records.signatories.rules import Signatory, signed_by

_ended = aliased(LedgerEntry)


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


def sealed_place(record: str) -> str:
    """Where the sealed name of a record belongs."""
    return f"lms_record_subject:sealed_name:{record}"


def my_records(session: Session, person_id: int) -> list[HeldRecord]:
    """A person's own records, the newest first; one statement."""
    rows = session.execute(_records().where(RecordSubject.person_id == person_id))
    return [_held(row) for row in rows]


def held_record(session: Session, record: str, person_id: int) -> HeldRecord:
    """One record in its holder's list, whether or not a certificate follows from it; raises NotFound for everyone
    else."""
    mine = _records().where(RecordSubject.record == record, RecordSubject.person_id == person_id)
    row = session.execute(mine).first()
    if row is None:
        raise NotFound
    return _held(row)


def my_record(session: Session, record: str, person_id: int) -> RecordPage:
    """One record for its holder; raises NotFound for everyone else, and for a record from before this system."""
    row = session.execute(
        _records().where(RecordSubject.record == record, RecordSubject.person_id == person_id)
    ).first()
    if row is None or from_before(row.facts):
        raise NotFound
    days = row.facts["met"].get("attendance")
    shown = json.loads(unseal_text(session, person_id, row.sealed_name, sealed_place(record)))
    return RecordPage(
        held=_held(row),
        name=PersonName.from_json(json.dumps(shown["name"])),
        institution=shown["institution"],
        state_code=shown["state"],
        version=row.facts["version"],
        version_hash=row.version_hash,
        modules=row.facts["met"]["modules"]["needed"],
        half_days=(days["present"], days["held"]) if days else None,
        made_up=days.get("made_up", 0) if days else 0,
        signatories=signed_by(shown),
    )


def valid_records(session: Session, person_id: int) -> list[tuple[str, dt.date]]:
    """The records of a person that are in force, with their dates."""
    rows = session.execute(_valid().where(RecordSubject.person_id == person_id))
    return [(row.record, row.dated) for row in rows]


def valid_of(session: Session, person_ids: Collection[int] | None = None) -> dict[int, list[tuple[str, dt.date]]]:
    """The records in force of these people, or of everyone who has one."""
    found: dict[int, list[tuple[str, dt.date]]] = {}
    theirs = _valid() if person_ids is None else _valid().where(RecordSubject.person_id.in_(person_ids))
    for row in session.execute(theirs):
        found.setdefault(row.person_id, []).append((row.record, row.dated))
    return found


@dataclass(frozen=True, slots=True)
class EditionHeld:
    """The edition that a record in force is of, as the ledger has it: its public id, what it was called, and when."""

    edition: str
    title: str
    starts_on: dt.date


def editions_of(session: Session, person_ids: Collection[int]) -> dict[int, tuple[EditionHeld, ...]]:
    """The editions of which these people hold a record in force, the latest first; one statement."""
    rows = session.execute(
        _valid().add_columns(LedgerEntry.edition, LedgerEntry.facts).where(RecordSubject.person_id.in_(person_ids))
    )
    found: dict[int, dict[str, EditionHeld]] = {}
    for row in rows:
        found.setdefault(row.person_id, {})[row.edition] = _edition_held(row)
    return {person: tuple(_latest_first(held.values())) for person, held in found.items()}


def editions_in_force() -> Subquery:
    """Who holds a record in force of which edition, for use in other statements."""
    found: Select[Any] = _valid().with_only_columns(RecordSubject.person_id, LedgerEntry.edition)
    return found.subquery("editions_in_force")


def editions_named(session: Session, editions: Collection[str]) -> list[EditionHeld]:
    """These editions as the ledger has them, the latest first; one statement."""
    issued = (LedgerEntry.act == RecordAct.ISSUED, LedgerEntry.edition.in_(editions))
    last = select(func.max(LedgerEntry.id)).where(*issued).group_by(LedgerEntry.edition)
    rows = session.execute(select(LedgerEntry.edition, LedgerEntry.facts).where(LedgerEntry.id.in_(last)))
    return _latest_first(_edition_held(row) for row in rows)


def _edition_held(row: Row[Any]) -> EditionHeld:
    said = row.facts["edition"]
    return EditionHeld(row.edition, said["title"], dt.date.fromisoformat(said["starts_on"]))


def _latest_first(held: Iterable[EditionHeld]) -> list[EditionHeld]:
    return sorted(held, key=lambda one: (one.starts_on, one.edition), reverse=True)


def _valid() -> Any:
    return (
        select(RecordSubject.person_id, LedgerEntry.record, LedgerEntry.dated)
        .join(RecordSubject, RecordSubject.record == LedgerEntry.record)
        .outerjoin(_ended, (_ended.record == LedgerEntry.record) & (_ended.act != RecordAct.ISSUED))
        .where(LedgerEntry.act == RecordAct.ISSUED, _ended.id.is_(None))
    )


def _records() -> Any:
    return (
        select(
            RecordSubject.record,
            RecordSubject.sealed_name,
            LedgerEntry.facts,
            LedgerEntry.dated,
            LedgerEntry.version_hash,
            _ended.act.label("ended"),
        )
        .join(LedgerEntry, (LedgerEntry.record == RecordSubject.record) & (LedgerEntry.act == RecordAct.ISSUED))
        .outerjoin(_ended, (_ended.record == RecordSubject.record) & (_ended.act != RecordAct.ISSUED))
        .order_by(LedgerEntry.dated.desc(), LedgerEntry.id.desc())
    )


def _held(row: Row[Any]) -> HeldRecord:
    edition = row.facts["edition"]
    return HeldRecord(
        record=row.record,
        edition_title=edition["title"],
        place=edition["place"],
        starts_on=dt.date.fromisoformat(edition["starts_on"]),
        ends_on=dt.date.fromisoformat(edition["ends_on"]),
        dated=row.dated,
        ended=row.ended,
        before=from_before(row.facts),
    )
