"""What can be read of records in each place: at the page of a code, in the office's list, in the published status list,
in the feed, and in what its holder takes along."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.feed.models import FeedEvent
from lms.alumni.feed.rules import EventKind
from lms.people.rules import Scope
from lms.records import queries
from lms.records.credentials import publishing
from lms.records.credentials.checking import judged
from lms.records.credentials.holding import signed_document
from lms.records.models import RecordAct
from lms.records.rules.public import Public
from lms.records.verification.queries import Found, look_up
from lms.seminars.models import Edition


def at_the_page(session: Session, public: Collection[Public], at: dt.datetime) -> dict[str, Found]:
    """What whoever types a code is told, by record."""
    found = [look_up(session, one.code, at) for one in public]
    return {one.record: one for one in found if one is not None}


def in_the_list(session: Session, editions: Collection[str]) -> dict[str, tuple[RecordAct, bool, bool]]:
    """What became of each record of these editions; whether it is to be revoked; whether a correction is asked for."""
    everything = Scope(0, everything=True)
    numbers = session.scalars(select(Edition.id).where(Edition.public_id.in_(editions)))
    rows = [row for number in numbers for row in queries.records_of(session, number, everything)]
    return {row.record: (row.ended or RecordAct.ISSUED, row.revocation, row.asked) for row in rows if row.record}


def in_the_status_list(public: Collection[Public]) -> dict[str, bool]:
    """Whether the bit of each record is set."""
    lists = {number: publishing.published_list(number) for number in {one.status_list for one in public}}
    places = {number: found[0] if found else frozenset() for number, found in lists.items()}
    return {one.record: one.status_index in places[one.status_list] for one in public}


def in_the_feed(session: Session, people: Collection[int]) -> dict[int, int]:
    """On how many records the status of each alumna or alumnus rests, for whoever has read all that was told."""
    told = select(FeedEvent.person_id, FeedEvent.kind, FeedEvent.facts).where(FeedEvent.person_id.in_(people))
    known: dict[int, int] = {}
    for event in session.execute(told.order_by(FeedEvent.person_id, FeedEvent.number)):
        if event.kind in (EventKind.STATUS_OPENED, EventKind.STATUS_CHANGED) and event.facts:
            known[event.person_id] = event.facts["records"]
        elif event.kind in (EventKind.STATUS_ENDED, EventKind.PERSON_ERASED):
            known.pop(event.person_id, None)
    return known


def taken_along(session: Session, record: str) -> bytes | None:
    """The signed file, while its holder can still take it."""
    return signed_document(session, record)


def holds(document: bytes) -> bool:
    """Whether somebody with nothing but the public files believes a signed file, and finds its bit unset."""
    content = json.loads(publishing.read("did.json") or b"")
    judged(document, documents={content["id"]: content})  # raises where the signature does not hold
    status = json.loads(document)["credentialStatus"]
    published = publishing.published_list(int(status["statusListCredential"].rpartition("/")[2]))
    assert published
    return int(status["statusListIndex"]) not in published[0]
