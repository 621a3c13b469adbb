"""What the signed forms of records are made from, and the signed forms as they are kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.secrets import Unsealable, unseal
from lms.kernel.values import dataclass
from lms.people.models import PersonKey
from lms.people.sealing import keys_of
from lms.records.models import LedgerEntry, PublicRecord, RecordAct, RecordCredential, RecordSubject
from lms.records.queries.held import name_in, open_shown
from lms.records.queries.ours import OURS, ours, with_public
from lms.records.rules.credential import Said
from lms.records.rules.text import clean

from . import publishing

log = structlog.get_logger("lms.records")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Unsigned:
    """A record that waits for its signature, with the key it will be sealed under."""

    record: str
    code: str
    dated: dt.date
    """The day on the certificate."""
    said: Said
    holder_key: bytes


@dataclass(frozen=True, slots=True)
class Kept:
    """The signed forms of a record, opened."""

    document: bytes
    statement: str


def document_place(record: str, key: int) -> str:
    """Where a sealed credential belongs."""
    return f"lms_record_credential:sealed_document:{record}:{key}"


def statement_place(record: str, key: int) -> str:
    """Where a sealed short form belongs."""
    return f"lms_record_credential:sealed_statement:{record}:{key}"


def unsigned(session: Session, *, believed: Collection[int], most: int) -> list[Unsigned]:
    """The records without a signature that can be believed, the oldest first. Whose holder is erased waits no more.

    What does not carry our mark, or stands in the place of another's, is not ours to sign; nor is what cannot be read.
    It is left for the check to name, and keeps nobody else waiting.
    """
    to_sign = (one for _record, one in _each(session, believed, most) if one)
    return list(islice(to_sign, most))


def overdue(session: Session, *, believed: Collection[int], before: dt.datetime) -> tuple[int, list[str]]:
    """How many records issued before that moment wait for a signature, and which ones will never get one."""
    late = RecordSubject.issued_at < before
    found = dict(_each(session, believed, _AT_ONCE, late))
    never = sorted(record for record, one in found.items() if one is None)
    return len(found) - len(never), never


def _each(
    session: Session, believed: Collection[int], some: int, *which: ColumnElement[bool]
) -> Iterator[tuple[str, Unsigned | None]]:
    """What has no signature, in the order of the ledger; nothing to be signed where it is not ours or unreadable."""
    waiting = _waiting(believed).where(*which).order_by(LedgerEntry.id)
    for rows in session.execute(waiting).partitions(some):
        holders, good = keys_of(session, {row.person_id for row in rows}), ours(rows)
        for row in rows:
            yield row.record, _readable(row, holders[row.person_id], ours=row.record in good)


def _readable(row: Row[Any], holder_key: bytes, *, ours: bool) -> Unsigned | None:
    if not ours:
        log.error("credentials.foreign_entry", record=row.record)
        return None
    try:
        return _unsigned(row, holder_key)
    except (Unsealable, LookupError, ValueError) as no:
        log.error("credentials.unreadable", record=row.record, error=type(no).__name__)
        return None


def _waiting(believed: Collection[int]) -> Any:
    signed = exists().where(RecordCredential.record == PublicRecord.record, RecordCredential.key.in_(believed))
    return (
        # The ledger has a subject of its own, which no signed file tells.
        select(PublicRecord.subject.label("told"), RecordSubject.person_id, RecordSubject.sealed_name, *OURS)
        .select_from(PublicRecord)
        .join(LedgerEntry, (LedgerEntry.record == PublicRecord.record) & (LedgerEntry.act == RecordAct.ISSUED))
        .join(RecordSubject, RecordSubject.record == PublicRecord.record)
        .join(PersonKey, PersonKey.person_id == RecordSubject.person_id)
        .where(~signed)
    )


def _unsigned(row: Row[Any], holder_key: bytes) -> Unsigned:
    shown = open_shown(holder_key, row.sealed_name, row.record)
    edition, facts = row.facts["edition"], row.facts
    said = Said(
        credential=row.credential,
        subject=row.told,
        status_list=row.status_list,
        status_index=row.status_index,
        name=clean(name_in(shown).full),
        programme=clean(edition["title"]),
        place=clean(edition["place"]),
        starts_on=dt.date.fromisoformat(edition["starts_on"]),
        ends_on=dt.date.fromisoformat(edition["ends_on"]),
        course=facts["course"],
        version=facts["version"],
        content_hash=row.version_hash,
        rule=facts["rule"],
        issued_at=row.created_at,
        awarded_at=row.awarded_at,
    )
    return Unsigned(row.record, row.code, row.dated, said, holder_key)


def kept(session: Session, record: str, *, believed: Collection[int]) -> Kept | None:
    """The signed forms of a record: None while it waits for its signature, once its holder is erased, and where they
    cannot be opened, which the check names."""
    row = session.execute(_newest(believed).where(RecordCredential.record == record)).first()
    key = keys_of(session, [row.person_id]).get(row.person_id) if row else None
    return _opened(row.RecordCredential, key) if row and key else None


def _newest(believed: Collection[int]) -> Select[RecordCredential, int]:
    """Of every record the signed forms that count, with whose they are."""
    good, newer = RecordCredential.key.in_(believed), aliased(RecordCredential)
    later = (newer.record == RecordCredential.record, newer.key.in_(believed), newer.key > RecordCredential.key)
    return (
        select(RecordCredential, RecordSubject.person_id)
        .join(RecordSubject, RecordSubject.record == RecordCredential.record)
        .where(good, ~exists().where(*later))
    )


def _opened(found: RecordCredential, key: bytes) -> Kept | None:
    record = found.record
    try:
        document = unseal(key, found.sealed_document, document_place(record, found.key))
        statement = unseal(key, found.sealed_statement, statement_place(record, found.key)).decode()
    except Unsealable:
        log.error("credentials.unopened", record=record)
        return None
    return Kept(document, statement)


def every_kept(session: Session, *, believed: Collection[int]) -> Iterator[tuple[str, int, Kept | None]]:
    """For the check: each signed record whose holder is not erased, the key that signed it, and its signed forms if
    they can be opened. Some are held at a time."""
    asked = _newest(believed).order_by(RecordCredential.record).execution_options(yield_per=_AT_ONCE)
    for rows in session.execute(asked).partitions():
        holders = keys_of(session, {row.person_id for row in rows})
        for row in rows:
            if row.person_id in holders:
                found: RecordCredential = row.RecordCredential
                yield found.record, found.key, _opened(found, holders[row.person_id])


def signed_by_unknown(session: Session, *, known: Collection[int], believed: Collection[int]) -> dict[int, int]:
    """For each key that the history does not know: how many records nothing else was signed for. One whose holder is
    erased is none of them: nobody can open it, and it is never signed anew."""
    other = aliased(RecordCredential)
    better = exists().where(other.record == RecordCredential.record, other.key.in_(believed))
    asked = (
        select(RecordCredential.key, func.count().label("number"))
        .join(RecordSubject, RecordSubject.record == RecordCredential.record)
        .join(PersonKey, PersonKey.person_id == RecordSubject.person_id)
        .where(RecordCredential.key.not_in(known), ~better)
    )
    rows = session.execute(asked.group_by(RecordCredential.key).order_by(RecordCredential.key))
    return {row.key: row.number for row in rows}


def highest_key(session: Session) -> int:
    """The highest number of a key that anything kept here is signed with."""
    return session.scalar(select(func.max(RecordCredential.key))) or 0


def is_signed(session: Session, record: str, *, believed: Collection[int]) -> bool:
    """Whether there are signed forms of a record that can be believed; also where nobody can open them any more."""
    good = (RecordCredential.record == record, RecordCredential.key.in_(believed))
    return session.scalar(select(RecordCredential.key).where(*good).limit(1)) is not None


def holder_of(session: Session, record: str) -> int | None:
    """Whose record it is."""
    return session.scalar(select(RecordSubject.person_id).where(RecordSubject.record == record))


def ended_places(session: Session, before: dt.datetime | None = None) -> Mapping[int, Sequence[int]]:
    """For every status list there is, the places of the records that have ended. An end that we did not write ends
    nothing, and of a public row that was exchanged nobody knows whose place it gives."""
    numbers = session.scalars(select(PublicRecord.status_list).distinct())
    found: dict[int, list[int]] = {number: [] for number in numbers}
    ended = select(LedgerEntry.record).where(LedgerEntry.act != RecordAct.ISSUED)
    both = select(*OURS).join(PublicRecord, with_public).where(LedgerEntry.record.in_(ended)).order_by(LedgerEntry.id)
    rows = session.execute(both).all()
    places = {row.record: (row.status_list, row.status_index) for row in rows}
    for record, said in ours(rows).items():
        if said[-1].act is not RecordAct.ISSUED and (before is None or said[-1].created_at < before):
            number, index = places[record]
            found[number].append(index)
    return found or {0: []}


def said_to_have_ended(session: Session) -> list[str]:
    """The records that have ended in a published list and not in the ledger."""
    known, found = ended_places(session), list[str]()
    for number in known:
        published = publishing.published_list(number)
        unknown = (published[0] if published else frozenset()) - set(known[number])
        where = (PublicRecord.status_list == number, PublicRecord.status_index.in_(unknown))
        found += session.scalars(select(PublicRecord.record).where(*where)) if unknown else ()
    return sorted(found)
