"""Who is a member, and what each has agreed to show."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, select
from sqlalchemy.orm import Session, aliased

from lms.alumni.models import AlumniStatus, DirectoryConsent, DirectoryWords, Member, MembershipStep
from lms.alumni.rules.directory import Audience, Consent, Field, shown
from lms.alumni.rules.membership import Membership, Taken, membership
from lms.alumni.sealing import words_place
from lms.kernel.secrets import same
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.queries.sensitive import not_to_be_named
from lms.people.sealing import keys_of, open_if_there

_person = cast(Table, Person.__table__)


def member(session: Session, person_id: int, *, hold: bool = False) -> Member | None:
    """The membership of one person, if they hold a valid record and have agreed; held until the end where `hold`."""
    found = (
        select(Member)
        .join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
        .where(Member.person_id == person_id)
    )
    if hold:
        found = found.with_for_update(of=Member)
    return session.scalar(found)


def to_be_listed() -> ColumnElement[bool]:
    """The condition over Member and Person that somebody may stand in the directory at all: not hidden, not erased,
    able to sign in, and to be named."""
    return (
        Member.hidden_at.is_(None)
        & Person.erased_at.is_(None)
        & Person.disabled_at.is_(None)
        & ~not_to_be_named(_person.c.id)
    )


SAID = (
    DirectoryConsent.step_id,
    DirectoryConsent.field,
    DirectoryConsent.audience,
    DirectoryConsent.until,
    DirectoryConsent.ends_at,
    DirectoryConsent.at,
    DirectoryConsent.mark,
)


def mark_of(person_id: int, said: Any) -> str:
    """The mark of a consent of somebody, by a row that has what `SAID` names."""
    rest = (said.step_id, said.field, said.audience, said.until, said.ends_at, said.at)
    return keyring().mark("directory", person_id, *rest)


def said_by_them(row: Any) -> bool:
    """Whether the member agreed so, through us; of such a row with the person."""
    return same(mark_of(row.person_id, row), row.mark or "")


_later = aliased(DirectoryConsent)
_AFTER, _OVERTAKES = _later.id > DirectoryConsent.id, _later.at > DirectoryConsent.at


def _another(which: ColumnElement[bool]) -> ColumnElement[bool]:
    same_field = (_later.step_id == DirectoryConsent.step_id, _later.field == DirectoryConsent.field)
    return select(_later.id).where(*same_field, which).exists()


def last_word() -> ColumnElement[bool]:
    """The condition over DirectoryConsent that it is the last on its field, by number and by time. The time is in the
    mark: an earlier one that SQL alone put in again, with the mark it had, is the last by number only."""
    return ~_another(_AFTER | _OVERTAKES)


def consents_of_nobody(session: Session) -> set[int]:
    """The members under whose names stands, as the last word on a field, what they did not agree to, or agreed to
    before they said something else."""
    overtaken = _another(_OVERTAKES)
    asked = select(Member.person_id, *SAID, overtaken.label("overtaken"))
    asked = asked.join(Member, Member.step_id == DirectoryConsent.step_id).where(~_another(_AFTER))
    rows = session.execute(asked.where((DirectoryConsent.audience != Audience.NOBODY) | overtaken))
    return {row.person_id for row in rows if row.overtaken or not said_by_them(row)}


def agreed(session: Session, person_ids: Collection[int] | None = None) -> dict[int, dict[Field, Consent]]:
    """The last consents of these members, or of all, under their present membership; one statement."""
    consents: dict[int, dict[Field, Consent]] = {}
    for row in filter(said_by_them, session.execute(_said(person_ids).where(last_word()))):
        consents.setdefault(row.person_id, {})[row.field] = Consent(row.audience, row.until, row.ends_at)
    return consents


def taken_back(
    session: Session, person_ids: Collection[int], at: dt.datetime
) -> dict[int, dict[Field | None, dt.datetime]]:
    """Since when these members show a field no more that they have shown, by their own act or because its last day is
    over; under None, since when they show nothing of what they have shown. One statement."""
    found: dict[int, dict[Field | None, dt.datetime]] = {}
    shows = set()
    for row in _last_genuine(session, person_ids):
        if row.audience is Audience.NOBODY:
            found.setdefault(row.person_id, {})[row.field] = row.at
        elif row.ends_at is not None and row.ends_at <= at:
            found.setdefault(row.person_id, {})[row.field] = row.ends_at
        else:
            shows.add(row.person_id)
    for person_id in found.keys() - shows:
        found[person_id][None] = max(found[person_id].values())
    return found


def said_last_at(session: Session, person_id: int) -> dict[Field, dt.datetime]:
    """When a member spoke last of each field."""
    return {row.field: row.at for row in _last_genuine(session, [person_id])}


def _last_genuine(session: Session, person_ids: Collection[int]) -> Collection[Any]:
    """What each said last of a field, whatever SQL alone put in behind it: what was taken back stays so."""
    found = session.execute(_said(person_ids).order_by(DirectoryConsent.at, DirectoryConsent.id))
    return {(row.person_id, row.field): row for row in filter(said_by_them, found)}.values()


def _said(person_ids: Collection[int] | None) -> Select[*tuple[Any, ...]]:
    found = select(Member.person_id, *SAID).join(Member, Member.step_id == DirectoryConsent.step_id)
    return found if person_ids is None else found.where(Member.person_id.in_(person_ids))


def shown_to_members(session: Session, person_id: int, at: dt.datetime) -> dict[Field, Consent] | None:
    """What a member shows to others at this moment, with whom; None for whoever is no member. Two statements."""
    if member(session, person_id) is None:
        return None
    consents = agreed(session, [person_id]).get(person_id, {})
    return {field: consents[field] for field in Field if field in shown(consents, frozenset(Audience), at)}


@dataclass(frozen=True, slots=True)
class Words:
    """What a member says of themselves."""

    languages: str = ""
    subjects: str = ""


def words_of(session: Session, person_ids: Collection[int]) -> dict[int, Words]:
    """What these members say of themselves, in two statements."""
    rows = session.execute(
        select(DirectoryWords.person_id, DirectoryWords.sealed, Member.public_id)
        .join(Member, Member.person_id == DirectoryWords.person_id)
        .where(DirectoryWords.person_id.in_(person_ids))
    ).all()
    keys = keys_of(session, [row.person_id for row in rows]) if rows else {}
    return {row.person_id: _words(keys.get(row.person_id), row.sealed, row.public_id) for row in rows}


def _words(key: bytes | None, sealed: bytes, public_id: str) -> Words:
    plain = open_if_there(key, sealed, words_place(public_id))
    return Words(**json.loads(plain)) if plain else Words()


def memberships_stored(session: Session) -> dict[int, Membership]:
    """Every membership as it is kept."""
    rows = session.scalars(select(Member))
    return {row.person_id: Membership(row.step_id, row.since, row.confirmed_at, row.hidden_at) for row in rows}


def memberships_recomputed(session: Session) -> Mapping[int, Membership]:
    """Every membership as it follows from the steps."""
    steps: dict[int, list[Taken]] = {}
    for row in session.scalars(select(MembershipStep).order_by(MembershipStep.id)):
        steps.setdefault(row.person_id, []).append(Taken(row.id, row.step, row.at))
    found = ((person, membership(taken)) for person, taken in steps.items())
    return {person: made for person, made in found if made}
