"""The one who seals: entries get their place in the chain here, one worker at a time, and nowhere else."""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.unit_of_work import one_at_a_time

from . import anchors, queries
from .ledger_keys import ledger_keys
from .models import LedgerSeal
from .rules.ledger import genuine, seal

_LOCK = 0x1ED6E5
log = structlog.get_logger("lms.records")


@outbox.database("records.seal", every=30)
def seal_waiting(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Seal what waits, in the order of its numbers; what does not carry our mark is left for the check to name."""
    one_at_a_time(session, _LOCK)
    keys, rows = ledger_keys(), []
    head = queries.head(session)
    sequence, previous = head.sequence, head.seal
    for entry in queries.unsealed(session):
        if not genuine(keys, entry):
            log.error("ledger.foreign_entry", entry=entry.id)
            continue
        sequence += 1
        made = seal(keys.sealing, sequence, previous, entry)
        rows.append({"sequence": sequence, "entry_id": entry.id, "previous": previous, "seal": made, "sealed_at": at})
        previous = made
    if rows:
        session.execute(insert(LedgerSeal), rows)
        outbox.enqueue(session, "records.anchor", {"sequence": sequence, "seal": previous, "at": at.isoformat()})


@outbox.effect("records.anchor")
def note_head(payload: dict[str, Any], _delivery: str) -> None:
    """Note the head of the chain outside the database; noting one twice does no harm."""
    anchors.note(payload["sequence"], payload["seal"], payload["at"])
