"""Drawing what the public may know records by; as many statements for thousands as for one."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import CODE_ALPHABET
from lms.kernel.unit_of_work import one_at_a_time
from lms.kernel.values import dataclass
from lms.records import places
from lms.records.credentials import publishing
from lms.records.models import PublicRecord
from lms.records.rules.public import CODE_LENGTH, Public, drawn, free, shares

_LOCK = 0x57A705


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record that needs its public row. A successor keeps the subject and the day of what it replaces."""

    record: str
    awarded_at: dt.datetime
    replaces: str | None = None
    subject: str | None = None


def draw(session: Session, wanted: Collection[Wanted]) -> dict[str, Public]:
    """A public row for each of these records, by record; the caller inserts them."""
    given = _places(session, len(wanted))
    return {one.record: _public(one, *place) for one, place in zip(wanted, given, strict=True)}


def _public(one: Wanted, status_list: int, status_index: int) -> Public:
    return Public(
        record=one.record,
        code="".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH)),
        credential=str(uuid.uuid4()),
        subject=one.subject or str(uuid.uuid4()),
        status_list=status_list,
        status_index=status_index,
        awarded_at=one.awarded_at,
        replaces=one.replaces,
    )


def _places(session: Session, number: int) -> list[tuple[int, int]]:
    one_at_a_time(session, _LOCK)
    newest = select(func.max(PublicRecord.status_list)).scalar_subquery()
    current, used = session.execute(
        select(func.coalesce(func.max(PublicRecord.status_list), 0), func.count()).where(
            PublicRecord.status_list == newest
        )
    ).one()
    if current < places.first():
        current, used = places.first(), 0
    found: list[tuple[int, int]] = []
    for status_list, share in shares(used, number, current):
        found += [(status_list, index) for index in _free(session, status_list, share)]
    return found


def _free(session: Session, status_list: int, number: int) -> list[int]:
    published = publishing.published_list(status_list)
    # Of a record that a restored database has lost: whoever got its place now would be born revoked.
    ended = published[0] if published else frozenset()
    found: list[int] = []
    while len(found) < number:
        tried = [place for place in drawn(number, secrets.randbelow) if place not in found and place not in ended]
        taken = select(PublicRecord.status_index).where(
            PublicRecord.status_list == status_list, PublicRecord.status_index.in_(tried)
        )
        found += free(tried, session.scalars(taken).all(), number - len(found))
    return found
