"""The end of a record: an entry of its own, after which it is not valid any more; nothing written is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import NotFound
from lms.kernel.events import publish
from lms.people.proposals.rules import ProposalState
from lms.people.services import write_to
from lms.records.events import RecordEnded
from lms.records.models import Correction, LedgerEntry, RecordAct, RequestState, Revocation
from lms.records.queries.held import is_theirs, keys_of_holders
from lms.records.queries.life import Holding, holding
from lms.records.queries.ours import said_of
from lms.records.rules import life
from lms.records.rules.ledger import Entry
from lms.seminars.models import Edition

from .entries import row_of
from .wording import refuse, refused


def take(session: Session, record: str) -> tuple[Holding, list[Entry]]:
    """A record to do something with: held still, with what we have said of it. Raises NotFound, and Refused where the
    ledger's entry is not as we wrote it, or somebody holds it to whom we did not issue it: whatever followed from it
    would carry our mark."""
    found = holding(session, record, held=True)
    if found is None:
        raise NotFound
    entries = said_of(session, [record]).get(record)
    key = keys_of_holders(session, [found.person_id]).get(found.person_id)
    if entries is None or not is_theirs(key, found.sealed_name, record, entries[0].commitment):
        raise refused(life.LifeRefusal.NOT_OURS)
    return found, entries


def state_in(entries: list[Entry]) -> RecordAct:
    """What the last entry of a record says."""
    return RecordAct(entries[-1].act)


def end(
    session: Session,
    *,
    record: str,
    act: RecordAct,
    at: dt.datetime,
    by: str | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Say that a record is not valid any more, and what the ledger is to know of it; what was open about it is over.

    Raises NotFound for an unknown one, Refused for one that has ended.
    """
    found, entries = take(session, record)
    refuse(life.may_follow(state_in(entries), act))
    said = dict(facts or {})
    ended = replace(entries[0], act=act, facts=said, dated=_day(session, entries[0], at), created_at=at)
    session.execute(insert(LedgerEntry), [row_of(ended)])
    _close_what_is_open(session, record, ended.edition, by, at)
    audit.record(session, at=at, actor=by, act=f"record.{act}", about=record, edition=ended.edition, **said)
    publish(session, RecordEnded(record, found.person_id, str(act), at, said.get("successor"), said.get("reason")))
    outbox.enqueue(session, "records.seal", key="records.seal")


def _day(session: Session, issued: Entry, at: dt.datetime) -> dt.date:
    """The day by the clocks of the edition, as that of the issue."""
    zone = session.scalar(select(Edition.zone).where(Edition.public_id == issued.edition))
    return at.astimezone(ZoneInfo(zone or "UTC")).date()


def _close_what_is_open(session: Session, record: str, edition: str, by: str | None, at: dt.datetime) -> None:
    for table, still, over, act in (
        (Revocation, ProposalState.PROPOSED, ProposalState.OVER, "revocation.over"),
        (Correction, RequestState.ASKED, RequestState.OVER, "correction.over"),
    ):
        theirs = update(table).where(table.record == record, table.state == still)
        closed = session.execute(theirs.values(state=over, decided_at=at).returning(table.id)).all()
        if closed:
            audit.record(session, at=at, actor=by, act=act, about=record, edition=edition)


def withdraw(session: Session, *, record: str, by: str, at: dt.datetime) -> None:
    """The holder withdraws their record, for ever; they are written to, so that nobody does it in their place unseen.

    Raises NotFound for somebody else's, Refused for one that has ended.
    """
    found, entries = take(session, record)
    if found.subject != by:
        raise NotFound
    refuse(life.may_withdraw(state_in(entries), holder=found.subject, by=by))
    end(session, record=record, act=RecordAct.WITHDRAWN, at=at, by=by)
    tell(session, found, entries[0], "records/withdrawn", by=by)


def tell(session: Session, found: Holding, entry: Entry, template: str, *, by: str | None, **more: Any) -> None:
    """Write to the holder about a record, if there is an address to write to."""
    secret = {"words": more.pop("words")} if more.get("words") else None
    context = {"edition_title": entry.facts["edition"]["title"], "record": entry.record, **more}
    write_to(
        session, person_id=found.person_id, template=template, context=context, secret=secret,
        about=entry.edition, by=by,
    )  # fmt: skip
