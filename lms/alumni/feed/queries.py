"""Reading the feed: its pages, who may read them, and what it has not told yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import cast
from uuid import UUID

from sqlalchemy import Row, Table, exists, func, select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniStatus
from lms.alumni.rules import status
from lms.kernel.secrets import digest
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.queries.sensitive import not_to_be_named
from lms.records.models import LedgerEntry, PublicRecord, RecordAct, RecordSubject
from lms.records.queries import valid_of
from lms.records.queries.ours import OURS, each_of_ours, with_public
from lms.seminars.models import Enrolment

from .models import FeedEvent, FeedPartner, FeedPerson, FeedToken
from .naming import names_of
from .rules import Cursor, EventKind, Field, Happened, Told, cursor_of

NAMING = frozenset(
    {EventKind.STATUS_OPENED, EventKind.STATUS_CHANGED, EventKind.RECORD_ISSUED, EventKind.NAME_CORRECTED}
)
"""The events that carry a name for those who may have one."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands behind a cursor: the events, where the next page begins, and whether there is more already."""

    events: list[Happened]
    cursor: Cursor | None
    more: bool


_AT_A_TIME = 1000
_person = cast(Table, Person.__table__)
_ALIVE = _person.c.erased_at.is_(None)

Alias = Callable[[str], str]
"""What stands for an id of ours before one partner."""


def page_after(session: Session, cursor: Cursor | None, limit: int, alias: Alias, *, names: bool) -> Page:
    """The next events in the order of their places; one statement, and two more for names."""
    after = cursor.position if cursor else 0
    rows = session.execute(_EVENTS.where(FeedEvent.position > after).limit(limit + 1)).all()
    known = names_of(session, {row.person_id for row in rows[:limit]}) if names and rows else {}
    events = []
    for row in rows[:limit]:
        name = known.get(row.person_id) if row.kind in NAMING and not row.hidden else None
        said = {part: text for part in ("full", "latin") if (text := getattr(name, part, ""))}
        events.append(replace(_happened(row, alias), name=said or None))
    last = cursor_of(events[-1].position, events[-1].event) if events else cursor
    return Page(events, last, len(rows) > limit)


_EVENTS = (
    select(
        FeedEvent.person_id,
        FeedEvent.position,
        FeedEvent.event,
        FeedEvent.kind,
        FeedEvent.number,
        FeedEvent.at,
        FeedEvent.facts,
        Person.subject,
        Person.erased_at,
        not_to_be_named(_person.c.id).label("hidden"),
    )
    .join(Person, Person.id == FeedEvent.person_id)
    .order_by(FeedEvent.position)
)


def _happened(row: Row[tuple[object, ...]], alias: Alias) -> Happened:
    return Happened(
        position=row.position,
        event=_told(row.event, alias),
        kind=row.kind,
        number=row.number,
        at=row.at,
        facts=row.facts,
        subject=row.subject,
        erased=row.erased_at is not None,
        hidden=bool(row.hidden),
    )


def _told(event: str, alias: Alias) -> str:
    """The id of an event for one partner: with one for all, two of them could lay together whom each was told of."""
    return str(UUID(alias(event)))


def is_known(session: Session, cursor: Cursor, alias: Alias) -> bool:
    """Whether the event that a cursor stands behind is in this feed, in that place."""
    event = session.scalar(select(FeedEvent.event).where(FeedEvent.position == cursor.position))
    return event is not None and cursor_of(cursor.position, _told(event, alias)) == cursor


@dataclass(frozen=True, slots=True)
class Permitted:
    """A token that holds now: whose it is, and what may be told beside ids."""

    token_id: int
    partner: str
    fields: frozenset[Field]
    used_at: dt.datetime | None


def permitted(session: Session, token: str, at: dt.datetime) -> Permitted | None:
    """Who shows this token; nothing for one that never was or has ended, and while its partner may not read."""
    row = session.execute(
        select(FeedToken.id, FeedToken.used_at, FeedPartner.public_id, FeedPartner.fields)
        .join(FeedPartner, FeedPartner.id == FeedToken.partner_id)
        .where(FeedToken.token_digest == digest(token), FeedToken.ended_at.is_(None), FeedToken.expires_at > at)
        .where(FeedPartner.ended_at.is_(None), FeedPartner.confirmed_at.is_not(None))
    ).first()
    return Permitted(row.id, row.public_id, frozenset(map(Field, row.fields)), row.used_at) if row else None


@dataclass(frozen=True, slots=True)
class Untold:
    """An entry of the ledger of which the feed has not told."""

    entry_id: int
    person_id: int
    record: str
    act: RecordAct
    dated: dt.date
    edition: str
    facts: dict[str, object]
    state_code: str
    replaces: str | None


def untold(session: Session, person_ids: Collection[int]) -> list[Untold]:
    """What the ledger says of these people's records and the feed does not, in the order of the ledger."""
    entries = each_of_ours(session.execute(_UNTOLD.where(RecordSubject.person_id.in_(person_ids))))
    return [
        Untold(
            entry_id=entry.id,
            person_id=row.person_id,
            record=entry.record,
            act=RecordAct(entry.act),
            dated=entry.dated,
            edition=entry.edition,
            facts=dict(entry.facts),
            state_code=row.state_code,
            replaces=row.replaces,
        )
        for row, entry in entries
    ]


_UNTOLD = (
    select(RecordSubject.person_id, Enrolment.state_code, *OURS)
    .join(LedgerEntry, LedgerEntry.record == RecordSubject.record)
    .join(Enrolment, Enrolment.id == RecordSubject.enrolment_id)
    .outerjoin(PublicRecord, with_public)
    .outerjoin(FeedEvent, FeedEvent.entry_id == LedgerEntry.id)
    .where(FeedEvent.id.is_(None))
    .order_by(LedgerEntry.id)
)


def statuses(session: Session, person_ids: Collection[int]) -> dict[int, Told]:
    """The alumni status of these people as it follows from their records now; who has none is absent."""
    found = {person: status(records) for person, records in valid_of(session, person_ids).items()}
    return {person: Told(made.since, made.records) for person, made in found.items() if made}


def behind(session: Session, limit: int | None = None) -> list[int]:
    """People of whom something is true that the feed has not told: from before there was a feed, or for want of us. Of
    what somebody else wrote into the database nothing is true. That somebody who moved is not to be named any more is
    another matter: the worker comes to it."""
    return sorted({*_behind_with_records(session, limit), *_behind_with_status(session)})[:limit]


def living(session: Session, person_ids: Collection[int]) -> dict[int, bool]:
    """Who of these is not erased, in their order, and whether they are not to be named."""
    found = select(_person.c.id, not_to_be_named(_person.c.id)).where(_person.c.id.in_(person_ids))
    return {row[0]: bool(row[1]) for row in session.execute(found.where(_ALIVE).order_by(_person.c.id))}


def named_otherwise(session: Session, limit: int | None = None) -> list[int]:
    """Of whom it was told otherwise than is true now whether they are to be named."""
    told, hidden = cast(Table, FeedPerson.__table__), not_to_be_named(_person.c.id)
    found = select(told.c.person_id).join(_person, _person.c.id == told.c.person_id).where(_ALIVE)
    return list(session.scalars(found.where(told.c.withheld != hidden).order_by(told.c.person_id).limit(limit)))


def _behind_with_records(session: Session, limit: int | None) -> list[int]:
    living = _UNTOLD.join(Person, Person.id == RecordSubject.person_id).where(Person.erased_at.is_(None))
    by_person = living.order_by(None).order_by(RecordSubject.person_id).execution_options(yield_per=_AT_A_TIME)
    found: dict[int, None] = {}
    with session.execute(by_person) as rows:
        for row, _entry in each_of_ours(rows):
            found[row.person_id] = None
            if len(found) == limit:
                break
    return list(found)


def _behind_with_status(session: Session) -> list[int]:
    same = (FeedPerson.since == AlumniStatus.since) & (FeedPerson.records == AlumniStatus.records)
    of_status = (
        select(AlumniStatus.person_id)
        .outerjoin(FeedPerson, (FeedPerson.person_id == AlumniStatus.person_id) & same)
        .where(FeedPerson.person_id.is_(None))
    )
    over = (
        select(FeedPerson.person_id)
        .outerjoin(AlumniStatus, AlumniStatus.person_id == FeedPerson.person_id)
        .where(FeedPerson.since.is_not(None), AlumniStatus.person_id.is_(None))
    )
    either = Person.id.in_(of_status) | Person.id.in_(over)
    people = list(session.scalars(select(Person.id).where(either, Person.erased_at.is_(None))))
    if not people:
        return []
    told = select(FeedPerson.person_id, FeedPerson.since, FeedPerson.records).where(FeedPerson.person_id.in_(people))
    kept = {row.person_id: Told(row.since, row.records) for row in session.execute(told)}
    true = statuses(session, people)
    return [person for person in people if kept.get(person, Told()) != true.get(person, Told())]


@dataclass(frozen=True, slots=True)
class TokenView:
    """A token as administrators see it: when it was made, used and ends; never the token."""

    public_id: str
    made_at: dt.datetime
    expires_at: dt.datetime
    used_at: dt.datetime | None
    ended_at: dt.datetime | None

    def holds(self, at: dt.datetime) -> bool:
        """Whether the feed can be read with it."""
        return self.ended_at is None and self.expires_at > at


@dataclass(frozen=True, slots=True)
class PartnerView:
    """A partner as administrators see it."""

    public_id: str
    name: str
    fields: frozenset[Field]
    by: str
    at: dt.datetime
    confirmed_at: dt.datetime | None
    ended_at: dt.datetime | None
    tokens: tuple[TokenView, ...] = ()

    @property
    def in_force(self) -> bool:
        """Whether it may read the feed, given a token."""
        return self.confirmed_at is not None and self.ended_at is None

    def holding(self, at: dt.datetime) -> int:
        """How many of its tokens hold."""
        return sum(token.holds(at) for token in self.tokens) if self.in_force else 0


def partners(session: Session, public_id: str | None = None) -> list[PartnerView]:
    """Every partner with its tokens, or one of them, the last named first; two statements."""
    theirs = select(FeedPartner).order_by(FeedPartner.id.desc())
    rows = session.scalars(theirs if public_id is None else theirs.where(FeedPartner.public_id == public_id)).all()
    tokens = select(FeedToken).where(FeedToken.partner_id.in_([row.id for row in rows])).order_by(FeedToken.id.desc())
    of: dict[int, list[TokenView]] = {}
    for token in session.scalars(tokens) if rows else ():
        seen = TokenView(token.public_id, token.made_at, token.expires_at, token.used_at, token.ended_at)
        of.setdefault(token.partner_id, []).append(seen)
    return [
        PartnerView(
            row.public_id,
            row.name,
            frozenset(map(Field, row.fields)),
            row.by,
            row.at,
            row.confirmed_at,
            row.ended_at,
            tuple(of.get(row.id, ())),
        )
        for row in rows
    ]


def reading_partners(session: Session) -> list[tuple[str, frozenset[Field]]]:
    """The names of those who may read the feed now, and what they may be told, for everybody to see; one statement."""
    found = select(FeedPartner.name, FeedPartner.fields).order_by(FeedPartner.name)
    rows = session.execute(found.where(FeedPartner.ended_at.is_(None), FeedPartner.confirmed_at.is_not(None)))
    return [(row.name, frozenset(map(Field, row.fields))) for row in rows]


def tells_of(session: Session, person_id: int) -> bool:
    """Whether the feed has told anything of a person."""
    return bool(session.scalar(select(exists().where(FeedPerson.person_id == person_id))))


def misnumbered(session: Session) -> list[int]:
    """People whose events do not count from one without a gap."""
    counted = select(FeedEvent.person_id).group_by(FeedEvent.person_id)
    return list(session.scalars(counted.having(func.max(FeedEvent.number) != func.count(FeedEvent.id))))
