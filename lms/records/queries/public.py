"""What the public may know records by, and what became of a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.records.models import PublicRecord, RecordAct
from lms.records.rules.public import Public

from .ours import PUBLIC as PUBLIC
from .ours import said_of


@dataclass(frozen=True, slots=True)
class RecordState:
    """What became of a record: `act` is ISSUED for as long as it is in force."""

    act: RecordAct
    issued_on: dt.date
    """The day of the award; a successor keeps its predecessor's."""
    issued_at: dt.datetime
    """When this very record was written."""
    ended_on: dt.date | None = None
    ended_at: dt.datetime | None = None
    successor: str | None = None
    """The record that has taken its place, where it was corrected."""
    reason: str | None = None
    """The class of the cause, where it was revoked."""

    @property
    def valid(self) -> bool:
        """Whether the record is in force."""
        return self.act is RecordAct.ISSUED


def public_by_credential(session: Session, credential: str) -> Public | None:
    """The record whose credential has this id."""
    row = session.execute(select(*PUBLIC).where(PublicRecord.credential == credential.lower())).first()
    return Public(*row) if row else None


def public_of(session: Session, records: Collection[str]) -> dict[str, Public]:
    """The public rows of these records, by record."""
    rows = session.execute(select(*PUBLIC).where(PublicRecord.record.in_(records)))
    return {row.record: Public(*row) for row in rows}


def every_public(session: Session) -> dict[str, Public]:
    """Every public row, by record."""
    return {row.record: Public(*row) for row in session.execute(select(*PUBLIC))}


def state_of(session: Session, record: str) -> RecordState | None:
    """What became of a record; None for an unknown one."""
    return states_of(session, [record]).get(record)


def states_of(session: Session, records: Collection[str]) -> dict[str, RecordState]:
    """What became of each of these records, in one statement; of what is not ours nothing is said."""
    return {record: state_told_by(entries) for record, entries in said_of(session, records).items()}


def state_told_by(entries: Sequence[Any]) -> RecordState:
    """What the entries of one record, in their order, come to: its issue, and how it ended if it did."""
    first, last = entries[0], entries[-1]
    if last.act is RecordAct.ISSUED:
        return RecordState(last.act, first.dated, first.created_at)
    ending = {"successor": last.facts.get("successor"), "reason": last.facts.get("reason")}
    return RecordState(last.act, first.dated, first.created_at, last.dated, last.created_at, **ending)
