"""The contact log of a participant, for those who coordinate the edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import ColumnElement, Date, Select, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.values import dataclass
from lms.people.queries import names_of
from lms.people.sealing import keys_of, open_if_there
from lms.seminars.models import ContactKind, ContactNote, Edition, Enrolment
from lms.seminars.rules import contact_place


@dataclass(frozen=True)
class Contact:
    """One entry, its words unsealed; empty once the person is erased. `corrected` by a later entry of its writer."""

    public_id: str
    kind: ContactKind
    day: dt.date
    words: str
    by_person_id: int
    by_name: str
    at: dt.datetime
    corrects: str | None
    corrected: bool


def contacts_of(session: Session, enrolment_id: int, person_id: int) -> list[Contact]:
    """Every entry about the holder of an enrolment, whose door was passed before, the latest first."""
    entries = select(ContactNote).where(ContactNote.enrolment_id == enrolment_id)
    rows = session.scalars(entries.order_by(ContactNote.id.desc())).all()
    if not rows:
        return []
    key = keys_of(session, [person_id]).get(person_id)
    names = names_of(session, {row.by_person_id for row in rows})
    known, corrected = {row.id: row.public_id for row in rows}, {row.corrects_id for row in rows}
    return [
        Contact(
            public_id=row.public_id,
            kind=row.kind,
            day=row.day,
            words=open_if_there(key, row.sealed_words, contact_place(row.public_id)),
            by_person_id=row.by_person_id,
            by_name=names[row.by_person_id],
            at=row.at,
            corrects=known[row.corrects_id] if row.corrects_id else None,
            corrected=row.id in corrected,
        )
        for row in rows
    ]


def stands() -> ColumnElement[bool]:
    """The condition over ContactNote that no later entry corrects it."""
    later = aliased(ContactNote)
    return ~exists().where(later.corrects_id == ContactNote.id)


def last_contact_day() -> Select[dt.date]:
    """The day of the last entry that stands, of the Enrolment around this."""
    return (
        select(func.max(ContactNote.day, type_=Date()))
        .where(ContactNote.enrolment_id == Enrolment.id, stands())
        .correlate(Enrolment)
    )


def last_contacts(session: Session, enrolment_ids: Collection[int]) -> dict[int, tuple[ContactKind, dt.date]]:
    """How and on which day each of these people was contacted last, by the entries that stand; one statement."""
    rows = session.execute(
        select(ContactNote.enrolment_id, ContactNote.kind, ContactNote.day)
        .where(ContactNote.enrolment_id.in_(enrolment_ids), stands())
        .order_by(ContactNote.day, ContactNote.id)
    )
    return {row.enrolment_id: (row.kind, row.day) for row in rows}


@dataclass(frozen=True)
class OwnContact:
    """One entry about a person, for whoever gives that person what is kept of them."""

    edition_title: str
    kind: ContactKind
    day: dt.date
    words: str
    at: dt.datetime


def contacts_about(session: Session, person_id: int) -> list[OwnContact]:
    """Everything in contact logs about one person, in all editions, in order; part of what is kept of them."""
    key = keys_of(session, [person_id]).get(person_id)
    rows = session.execute(
        select(ContactNote, Edition.title)
        .join(Enrolment, and_(Enrolment.id == ContactNote.enrolment_id, Enrolment.person_id == person_id))
        .join(Edition, Edition.id == Enrolment.edition_id)
        .order_by(ContactNote.id)
    )
    return [
        OwnContact(
            title, note.kind, note.day, open_if_there(key, note.sealed_words, contact_place(note.public_id)), note.at
        )
        for note, title in rows
    ]
