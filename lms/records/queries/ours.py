"""The one way to ask what we have said of records.

SQL alone can write into the ledger, and whoever takes its triggers away can change it. For such a row we vouch no more
than for a paper that somebody else printed: it issues nothing, it ends nothing, and nothing is made of it. The checks
name it. So whatever goes by the ledger asks here, and never the table itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.records.ledger_keys import ledger_keys
from lms.records.models import LedgerEntry, PublicRecord, RecordAct
from lms.records.rules.ledger import Entry, genuine
from lms.records.rules.public import Public, drawn_for

from .ledger import ENTRY, entry_of

PUBLIC = (
    PublicRecord.record,
    PublicRecord.code,
    PublicRecord.credential,
    PublicRecord.subject,
    PublicRecord.status_list,
    PublicRecord.status_index,
    PublicRecord.awarded_at,
    PublicRecord.replaces,
)
OURS = (*ENTRY, *PUBLIC)
"""What a row must hold, as its last columns, to be asked about; joined outer, for records without a public row."""
with_public = PublicRecord.record == LedgerEntry.record


def ours(rows: Iterable[Any]) -> dict[str, list[Entry]]:
    """What we have said of each record, by rows that end with `OURS` and come in the order of the ledger: its issue,
    and its end if it has one. A record is absent whose issue is not ours, or was written with another public row."""
    found = dict[str, list[Entry]]()
    for _row, entry in each_of_ours(rows):
        if entry.act == RecordAct.ISSUED:
            found[entry.record] = [entry]
        elif entry.record in found:
            found[entry.record].append(entry)
    return found


def each_of_ours(rows: Iterable[Any]) -> Iterator[tuple[Any, Entry]]:
    """Those of such rows that hold an entry of ours, each by itself: with our mark, and an issue with the public row
    that it was written with."""
    keys = ledger_keys()
    for row in rows:
        columns = tuple(row)[-len(OURS) :]
        entry, public = Entry(*columns[: len(ENTRY)]), _public(columns[len(ENTRY) :])
        exchanged = entry.act == RecordAct.ISSUED and public and not drawn_for(entry.facts.get("public"), public)
        if genuine(keys, entry) and not exchanged:
            yield row, entry


def _public(columns: tuple[Any, ...]) -> Public | None:
    return None if columns[0] is None else Public(*columns)


def said_of(session: Session, records: Collection[str]) -> dict[str, list[Entry]]:
    """What we have said of each of these records; one statement."""
    found = select(*OURS).outerjoin(PublicRecord, with_public).where(LedgerEntry.record.in_(records))
    return ours(session.execute(found.order_by(LedgerEntry.id)))


def sorted_out(session: Session, *which: ColumnElement[bool]) -> tuple[list[Entry], list[Entry]]:
    """Those of these entries that carry our mark, whatever became of the others of their record; and the rest."""
    good: list[Entry] = []
    foreign: list[Entry] = []
    keys, rows = ledger_keys(), session.execute(select(*ENTRY).where(*which).order_by(LedgerEntry.id))
    for entry in map(entry_of, rows):
        (good if genuine(keys, entry) else foreign).append(entry)
    return good, foreign
