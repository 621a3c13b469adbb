"""The ledger as it stands: its chain in order, what waits for a seal, its head."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.records.models import LedgerEntry, LedgerSeal
from lms.records.rules.ledger import GENESIS, Entry, Link

_AT_A_TIME = 2000
ENTRY = (
    LedgerEntry.id,
    LedgerEntry.record,
    LedgerEntry.act,
    LedgerEntry.subject,
    LedgerEntry.edition,
    LedgerEntry.version_hash,
    LedgerEntry.dated,
    LedgerEntry.commitment,
    LedgerEntry.facts,
    LedgerEntry.created_at,
    LedgerEntry.mark,
)
_SEAL = (LedgerSeal.sequence, LedgerSeal.entry_id, LedgerSeal.previous, LedgerSeal.seal)


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal of the chain; 0 and the first `previous` before there is one."""

    sequence: int = 0
    seal: str = GENESIS
    sealed_at: dt.datetime | None = None


def head(session: Session) -> Head:
    """Where the chain ends now."""
    last = select(LedgerSeal.sequence, LedgerSeal.seal, LedgerSeal.sealed_at).order_by(LedgerSeal.sequence.desc())
    row = session.execute(last.limit(1)).first()
    return Head(*row) if row else Head()


def chain(session: Session) -> Iterator[Link]:
    """Every seal in order with its entry; read a page at a time, so that a long ledger needs no memory."""
    both = select(*_SEAL, *ENTRY).outerjoin_from(LedgerSeal, LedgerEntry, LedgerEntry.id == LedgerSeal.entry_id)
    page = both.order_by(LedgerSeal.sequence).limit(_AT_A_TIME)
    rows = session.execute(page).all()
    while rows:
        yield from (_link(tuple(row)) for row in rows)
        rows = session.execute(page.where(LedgerSeal.sequence > rows[-1].sequence)).all()


def unsealed(session: Session, limit: int | None = None) -> list[Entry]:
    """The entries without a seal, in the order of their numbers."""
    left = select(*ENTRY).outerjoin(LedgerSeal, LedgerSeal.entry_id == LedgerEntry.id)
    waiting = left.where(LedgerSeal.sequence.is_(None)).order_by(LedgerEntry.id).limit(limit)
    return [entry_of(row) for row in session.execute(waiting)]


def entry_of(row: Row[Any]) -> Entry:
    """A row of `ENTRY`."""
    columns: tuple[Any, ...] = tuple(row)
    return Entry(*columns)


def _link(columns: tuple[Any, ...]) -> Link:
    entry = columns[len(_SEAL) :]
    sequence, entry_id, previous, seal = columns[: len(_SEAL)]
    return Link(sequence, entry_id, previous, seal, None if entry[0] is None else Entry(*entry))
