"""The contact log of a participant, and what a coordinator has seen of an edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.secrets import new_token
from lms.people.queries import subjects_of
from lms.people.sealing import seal_text, unseal_text
from lms.seminars.models import ContactKind, ContactNote, Edition, EditionSeen, Enrolment
from lms.seminars.rules import contact_place


def note_contact(
    session: Session,
    *,
    enrolment: Enrolment,
    kind: ContactKind,
    day: dt.date,
    words: str,
    key: str,
    at: dt.datetime,
    by: int,
    corrects: str | None = None,
) -> None:
    """Append an entry to somebody's contact log, once for each `key`; `by` is a person's id, `corrects` the public id
    of an earlier entry of theirs. Raises Refused for a day to come and for another's entry, Conflict for an entry that
    was corrected or kept with other words meanwhile, NotFound for whoever is erased."""
    zone = session.get_one(Edition, enrolment.edition_id).zone
    if day > at.astimezone(ZoneInfo(zone)).date():
        raise Refused(_("This day is still to come."))
    public_id = new_token()
    sealed = seal_text(session, enrolment.person_id, words, contact_place(public_id)) if words else None
    row = dialect_insert(session)(ContactNote).values(
        public_id=public_id, enrolment_id=enrolment.id, client_key=key, kind=kind, day=day, sealed_words=sealed,
        by_person_id=by, at=at, corrects_id=_corrected(session, enrolment, corrects, key, by),
    )  # fmt: skip
    if session.scalar(row.on_conflict_do_nothing().returning(ContactNote.id)) is None:
        _must_be_the_same(session, enrolment, key, (kind, day, words))
        return
    actor = subjects_of(session, [by]).get(by)
    audit.record(session, at=at, actor=actor, act="contact.noted", about=enrolment.public_id, kind=str(kind))


def _corrected(session: Session, enrolment: Enrolment, corrects: str | None, key: str, by: int) -> int | None:
    """The entry to be corrected, held until the end; none when this correction is there already."""
    if not corrects:
        return None
    theirs = select(ContactNote).where(ContactNote.enrolment_id == enrolment.id)
    earlier = session.scalar(theirs.where(ContactNote.public_id == corrects).with_for_update())
    if earlier is None:
        raise NotFound
    if earlier.by_person_id != by:
        raise Refused(_("Only who wrote an entry can correct it. Write an entry of your own instead."))
    later = session.scalar(theirs.where(ContactNote.corrects_id == earlier.id))
    if later is not None and later.client_key != key:
        raise Conflict(_("This entry was corrected in the meantime."))
    return earlier.id


def _must_be_the_same(session: Session, enrolment: Enrolment, key: str, said: tuple[ContactKind, dt.date, str]) -> None:
    """Raises Conflict unless the entry with this key says the same."""
    kept = session.scalars(
        select(ContactNote).where(ContactNote.enrolment_id == enrolment.id, ContactNote.client_key == key)
    ).one_or_none()
    if kept is None:
        raise Conflict(_("This entry was corrected in the meantime."))
    place = contact_place(kept.public_id)
    words = unseal_text(session, enrolment.person_id, kept.sealed_words, place) if kept.sealed_words else ""
    if (kept.kind, kept.day, words) != said:
        raise Conflict(_("This entry was kept already, with other words. Look at the log, then write a new one."))


def mark_seen(session: Session, *, person_id: int, edition_ids: Iterable[int], upto: dt.datetime) -> None:
    """A coordinator says that they have seen what changed in these editions up to then; never moves back."""
    insert = dialect_insert(session)
    for edition_id in sorted(edition_ids):
        row = insert(EditionSeen).values(person_id=person_id, edition_id=edition_id, at=upto)
        session.execute(
            row.on_conflict_do_update(
                index_elements=["person_id", "edition_id"],
                set_={"at": row.excluded.at},
                where=EditionSeen.at < row.excluded.at,
            )
        )
