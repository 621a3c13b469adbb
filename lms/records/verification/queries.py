"""What anybody may know of a record by its code; what its holder is told of that."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping
from contextlib import closing
from typing import Any, cast

import structlog
from sqlalchemy import Table, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lms.catalogue.models import Course, CourseVersion
from lms.catalogue.queries import outline
from lms.catalogue.rules.outline import Outline
from lms.kernel.secrets import Unsealable, digest
from lms.kernel.values import dataclass
from lms.people.models import PersonKey
from lms.people.queries.sensitive import not_to_be_named
from lms.people.rules.names import PersonName
from lms.people.sealing import key_of
from lms.records.models import LedgerEntry, PublicRecord, RecordSubject
from lms.records.queries.held import name_in, open_shown
from lms.records.queries.ours import OURS, each_of_ours, ours, with_public
from lms.records.queries.public import PUBLIC, RecordState, state_told_by

from . import marks
from .models import NameShowing, RecordLooks, RecordShare

log = structlog.get_logger("lms.records")
LOOKS_SHOWN = 60
"""So many days with looks are listed for the holder."""


@dataclass(frozen=True, slots=True)
class Found:
    """A record that has this code: what it stands for, and how much of it the one who asks may see."""

    record: str
    code: str
    person_id: int
    state: RecordState
    facts: Mapping[str, Any]
    version_hash: str
    course: Outline | None
    erased: bool
    """Its holder's name is nowhere here any more."""
    hidden: bool
    """Its holder is not to be named: nothing is said but whether it is in force."""
    shown: bool
    """Whether the name may be shown: by its holder's consent, or by the link that was used."""
    link: RecordShare | None
    """The link that was used."""
    successor: str | None = None
    """The code of the record that has taken its place, where its holder shows that one."""


def look_up(session: Session, code: str, at: dt.datetime, token: str = "") -> Found | None:
    """The record of a code, with the link that was used, if any; as many statements for a code that nobody has."""
    row = session.execute(_OF_CODE, {"code": code}).first()
    record = row.record if row else ""
    said = ours(session.execute(_SAID, {"record": record})).get(record, [])
    course = _course(session, said[0].version_hash if said else "")
    link = session.scalar(select(RecordShare).where(RecordShare.token_hash == digest(token))) if token else None
    if row is None or not said:
        return None
    state = state_told_by(said)
    link = link if link is not None and link.record == row.record else None
    return Found(
        record=row.record,
        code=row.code,
        person_id=row.person_id,
        state=state,
        facts=said[0].facts,
        version_hash=said[0].version_hash,
        course=course,
        erased=row.key is None,
        hidden=bool(row.hidden),
        shown=not row.hidden and state.valid and row.key is not None and (_shows(row) or in_force(link, at)),
        link=link,
        successor=_shown_code(session, state.successor) if state.successor else None,
    )


def _shows(row: Any) -> bool:
    return marks.shows(row.record, row.said_at, row.said_mark, shown=row.shown)


def in_force(link: RecordShare | None, at: dt.datetime) -> bool:
    """Whether a link still shows what it was made for."""
    return link is not None and link.ended_at is None and at < link.ends_at and marks.made_by_us(link)


_last, _subject = aliased(NameShowing), cast(Table, RecordSubject.__table__)
_PUBLIC = (
    select(
        *PUBLIC,
        RecordSubject.person_id,
        PersonKey.person_id.label("key"),
        NameShowing.shown,
        NameShowing.at.label("said_at"),
        NameShowing.mark.label("said_mark"),
        not_to_be_named(_subject.c.person_id).label("hidden"),
    )
    .join(RecordSubject, RecordSubject.record == PublicRecord.record)
    .outerjoin(PersonKey, PersonKey.person_id == RecordSubject.person_id)
    .outerjoin(
        NameShowing,
        and_(
            NameShowing.record == PublicRecord.record,
            NameShowing.id == select(func.max(_last.id)).where(_last.record == PublicRecord.record).scalar_subquery(),
        ),
    )
)
_OF_CODE = _PUBLIC.where(PublicRecord.code == bindparam("code"))
_OF_RECORD = _PUBLIC.where(PublicRecord.record == bindparam("record"))
_SAID = (
    select(*OURS)
    .join(PublicRecord, with_public)
    .where(LedgerEntry.record == bindparam("record"))
    .order_by(LedgerEntry.id)
)
_OF_HASH = select(CourseVersion.id).where(CourseVersion.content_hash == bindparam("hash")).limit(1)


def _course(session: Session, version_hash: str) -> Outline | None:
    version = session.scalar(_OF_HASH, {"hash": version_hash})
    return outline(session, version) if version is not None else None


@dataclass(frozen=True, slots=True)
class Completed:
    """A version of a course for which records were issued."""

    version_hash: str
    course: Outline


def completed_version(session: Session, slug: str, number: str) -> Completed | None:
    """The version of a course with this number, if anybody completed it; what nobody completed is not there, nor what
    only a foreign row says was completed."""
    written = select(LedgerEntry.id).where(LedgerEntry.version_hash == CourseVersion.content_hash)
    every = (
        select(CourseVersion.id, CourseVersion.content_hash, CourseVersion.major, CourseVersion.minor)
        .join(Course, Course.id == CourseVersion.course_id)
        .where(Course.slug == slug, written.exists())
    )
    row = next((row for row in session.execute(every) if f"{row.major}.{row.minor}" == number), None)
    if row is None or not _was_completed(session, row.content_hash):
        return None
    return Completed(row.content_hash, outline(session, row.id))


def _was_completed(session: Session, version_hash: str) -> bool:
    """Whether one entry of ours names it; the first of thousands, unless somebody wrote some before it."""
    said = select(*OURS).outerjoin(PublicRecord, with_public).where(LedgerEntry.version_hash == version_hash)
    few = session.execute(said.order_by(LedgerEntry.id).execution_options(yield_per=20))
    with closing(few):
        return next(each_of_ours(few), None) is not None


def _shown_code(session: Session, record: str) -> str | None:
    row = session.execute(_OF_RECORD, {"record": record}).first()
    return row.code if row is not None and _shows(row) and not row.hidden and row.key is not None else None


def name_on(session: Session, found: Found) -> PersonName | None:
    """The name as it stands on the record, None where it cannot be opened, which the check names; raises NotFound once
    its holder is erased."""
    sealed = session.scalars(select(RecordSubject.sealed_name).where(RecordSubject.record == found.record)).one()
    try:
        opened = open_shown(key_of(session, found.person_id), sealed, found.record)
    except Unsealable:
        log.error("verification.unopened", record=found.record)
        return None
    return name_in(opened)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the holder of a record lets others see, and how often others looked."""

    code: str
    shown: bool
    links: tuple[RecordShare, ...]
    """Those in force, the newest first."""
    looks: tuple[tuple[dt.date, int], ...]
    """The last days on which others looked, the newest first."""


def sharing_of(session: Session, record: str, at: dt.datetime) -> Sharing:
    """For the holder's own page; three statements."""
    public = session.execute(_OF_RECORD, {"record": record}).one()
    links = select(RecordShare).where(
        RecordShare.record == record, RecordShare.ended_at.is_(None), RecordShare.ends_at > at
    )
    looks = select(RecordLooks.day, RecordLooks.number).where(RecordLooks.record == record)
    newest = looks.order_by(RecordLooks.day.desc()).limit(LOOKS_SHOWN)
    return Sharing(
        code=public.code,
        shown=_shows(public),
        links=tuple(filter(marks.made_by_us, session.scalars(links.order_by(RecordShare.made_at.desc())))),
        looks=tuple((row.day, row.number) for row in session.execute(newest)),
    )


@dataclass(frozen=True, slots=True)
class Openness:
    """What the holder of a record lets strangers see of it."""

    shown: bool
    """Whether whoever has the code sees the name."""
    links: int
    """How many links show it for now."""


def openness_of(session: Session, records: Collection[str], at: dt.datetime) -> dict[str, Openness]:
    """What strangers are shown of each of these records; two statements."""
    last = select(func.max(NameShowing.id)).where(NameShowing.record.in_(records)).group_by(NameShowing.record)
    words = session.scalars(select(NameShowing).where(NameShowing.id.in_(last)))
    shown = {word.record for word in words if marks.shows(word.record, word.at, word.mark, shown=word.shown)}
    open_links = select(RecordShare).where(RecordShare.record.in_(records), RecordShare.ended_at.is_(None))
    found = session.scalars(open_links.where(RecordShare.ends_at > at))
    links = Counter(link.record for link in found if marks.made_by_us(link))
    return {record: Openness(record in shown, links[record]) for record in records}
