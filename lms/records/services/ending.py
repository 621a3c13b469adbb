"""The end of a record: an entry of its own, after which it is not valid any more; nothing written is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import NotFound, Refused
from lms.kernel.events import publish
from lms.records.events import RecordEnded
from lms.records.models import LedgerEntry, RecordAct, RecordSubject
from lms.records.queries.ledger import ENTRY, entry_of

from .entries import row_of


def end(
    session: Session, *, record: str, act: RecordAct, at: dt.datetime, facts: Mapping[str, Any] | None = None
) -> None:
    """Say that a record is not valid any more, and what the ledger is to know of it.

    Raises NotFound for an unknown one, Refused for one that has ended.
    """
    holder = select(RecordSubject.person_id).where(RecordSubject.record == record).with_for_update()
    person_id = session.scalar(holder)
    entries = [entry_of(row) for row in session.execute(select(*ENTRY).where(LedgerEntry.record == record))]
    if person_id is None or not entries:
        raise NotFound
    if len(entries) > 1 or act is RecordAct.ISSUED:
        raise Refused(_("This record is not in force any more."))
    ended = replace(entries[0], act=act, facts=dict(facts or {}), dated=at.astimezone(dt.UTC).date(), created_at=at)
    session.execute(insert(LedgerEntry), [row_of(ended)])
    audit.record(session, at=at, actor=None, act=f"record.{act}", about=record)
    publish(session, RecordEnded(record, person_id, str(act), at))
    outbox.enqueue(session, "records.seal", key="records.seal")
