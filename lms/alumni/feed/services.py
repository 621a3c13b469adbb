"""Telling: whatever the feed has not told of somebody is written down in the transaction that made it true, and placed
afterwards, one worker at a time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.db import dialect_insert
from lms.kernel.unit_of_work import one_at_a_time
from lms.records.models import RecordAct

from . import queries
from .models import FeedEvent, FeedPerson
from .naming import called_otherwise
from .queries import Untold
from .rules import EventKind, Told, news

PLACE, COMPLETE = "alumni.feed-place", "alumni.feed-complete"
AT_ONCE = 1000
_LOCK = 0xFEED


def tell(session: Session, *, person_ids: Collection[int], at: dt.datetime) -> None:
    """Write down what is true of these people now and was not told: of their records, status and name. As many
    statements for one person as for thousands; nothing happens where everything is told, or for the erased."""
    living = queries.living(session, person_ids)
    if not living:
        return
    told = _hold(session, living)
    statuses = queries.statuses(session, living)
    renamed = {*called_otherwise(session, told), *_named_otherwise(told, living)}
    new = [_of_record(entry) for entry in queries.untold(session, living)]
    for person_id, row in told.items():
        now = statuses.get(person_id, Told())
        kind = news(Told(row.since, row.records), now)
        if kind:
            new.append({"person_id": person_id, "kind": kind, "entry_id": None, "facts": _of_status(now)})
            row.since, row.records = now.since, now.records
    new += [_bare(person_id, EventKind.NAME_CORRECTED) for person_id in sorted(renamed)]
    _write(session, told, new, at)


def _named_otherwise(told: dict[int, FeedPerson], living: Mapping[int, bool]) -> list[int]:
    """Of whom something was told while they could be named and cannot be any more, or the other way round; that counts
    as told from now on."""
    turned = [row for person_id, row in told.items() if row.withheld is not living[person_id]]
    known = [row.person_id for row in turned if row.number]
    for row in turned:
        row.withheld = living[row.person_id]
    return known


def tell_who_is_named(session: Session, *, at: dt.datetime) -> None:
    """What was marked since has partners told whose name and state they have to forget; of the many of a large state
    the worker tells a part."""
    people = queries.named_otherwise(session, AT_ONCE)
    tell(session, person_ids=people, at=at)
    if len(people) == AT_ONCE:
        outbox.enqueue(session, COMPLETE, key=COMPLETE)


def _hold(session: Session, person_ids: Iterable[int]) -> dict[int, FeedPerson]:
    """What was told of each, held until the end: the number of an event is taken in the order of commits."""
    first = dialect_insert(session)(FeedPerson).on_conflict_do_nothing()
    session.execute(first, [{"person_id": person_id, "number": 0, "records": 0} for person_id in person_ids])
    held = select(FeedPerson).where(FeedPerson.person_id.in_(person_ids)).order_by(FeedPerson.person_id)
    rows = session.scalars(held.with_for_update(), execution_options={"populate_existing": True})
    return {row.person_id: row for row in rows}


def _of_record(entry: Untold) -> dict[str, Any]:
    said: dict[str, Any] = {"record": entry.record, "dated": entry.dated.isoformat()}
    kind = EventKind.RECORD_ISSUED
    if entry.act is RecordAct.ISSUED:
        said |= {"edition": {"id": entry.edition, **_plain(entry.facts.get("edition"))}, "state": entry.state_code}
        said |= {"replaces": entry.replaces} if entry.replaces else {}
    else:
        kind, said["act"] = EventKind.RECORD_ENDED, str(entry.act)
        said |= {"successor": entry.facts["successor"]} if "successor" in entry.facts else {}
    return {"person_id": entry.person_id, "kind": kind, "entry_id": entry.entry_id, "facts": said}


def _plain(edition: object) -> dict[str, Any]:
    return dict(edition) if isinstance(edition, dict) else {}


def _of_status(now: Told) -> dict[str, Any]:
    return {"since": now.since.isoformat(), "records": now.records} if now.since else {}


def _write(session: Session, told: dict[int, FeedPerson], new: Iterable[dict[str, Any]], at: dt.datetime) -> None:
    rows = []
    for event in new:
        person = told[event["person_id"]]
        person.number += 1
        rows.append({**event, "event": str(uuid.uuid4()), "number": person.number, "at": at})
    session.flush()
    if rows:
        session.execute(insert(FeedEvent), rows)
        # Without a key: two changes that ask for one job under one key wait for each other.
        outbox.enqueue(session, PLACE)


def _bare(person_id: int, kind: EventKind) -> dict[str, Any]:
    return {"person_id": person_id, "kind": kind, "entry_id": None, "facts": {}}


def tell_of_erasure(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """Empty what was told of somebody, and tell that they are gone; of whom nothing was told, nothing is told now."""
    if not queries.tells_of(session, person_id):
        return
    told = _hold(session, [person_id])
    session.execute(update(FeedEvent).where(FeedEvent.person_id == person_id).values(facts={}))
    row = told[person_id]
    row.since, row.records, row.sealed_name, row.withheld = None, 0, None, False
    _write(session, told, [_bare(person_id, EventKind.PERSON_ERASED)], at)


def tell_of_joining(session: Session, *, stays: int, goes: int, at: dt.datetime) -> None:
    """The records of an entry that was joined are told once more, of the one that stays: readers know them by their
    ids, and were told to forget the other entry."""
    tell_of_erasure(session, person_id=goes, at=at)
    session.execute(update(FeedEvent).where(FeedEvent.person_id == goes).values(entry_id=None))
    tell(session, person_ids=[stays], at=at)


@outbox.database(PLACE, every=30)
def place(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Give what is committed its place, in the order in which it was written down. Whatever commits later gets a later
    place, whatever its row's number: nobody's cursor is past it."""
    one_at_a_time(session, _LOCK)
    last = session.scalar(select(func.max(FeedEvent.position))) or 0
    waiting = session.scalars(select(FeedEvent.id).where(FeedEvent.position.is_(None)).order_by(FeedEvent.id)).all()
    if waiting:
        placed = [{"id": number, "position": last + index} for index, number in enumerate(waiting, 1)]
        session.execute(update(FeedEvent), placed)


@outbox.database(COMPLETE, every=300)
def complete(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Tell what was true before there was a feed, a thousand people at a time."""
    people = queries.behind(session, AT_ONCE)
    tell(session, person_ids=people, at=at)
    tell_who_is_named(session, at=at)
    if len(people) == AT_ONCE:
        outbox.enqueue(session, COMPLETE, key=COMPLETE)
