"""Who somebody is: names and addresses, unsealed."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Iterable
from typing import cast

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Table, bindparam, exists, select
from sqlalchemy.orm import Session

from lms.kernel.db import ask
from lms.kernel.secrets import Keyring, unseal
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import HostLink, IdentityKind, IdentityRow, NameConfirmation, Person, PersonKey
from lms.people.rules.code_names import code_name
from lms.people.rules.names import PersonName, listed_in
from lms.people.sealing import confirmation_place, keys_of, name_place, open_if_there

from .sensitive import not_to_be_named

NO_NAME = _l("Name erased")


@dataclass(frozen=True)
class AddressView:
    """One address of a person, for themselves."""

    identity_id: int
    public_id: str
    address: str
    primary: bool
    verified_at: dt.datetime | None


class CodeName(str):
    """A name that stands for another one; what else could tell who it is, such as a state, is left out beside it."""


def beside(name: str, state_code: str, institution: str) -> tuple[str, str]:
    """The state and institution that stand beside a name in a list: neither beside a code name."""
    return ("", "") if isinstance(name, CodeName) else (state_code, institution)


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The names as they stand in lists, in one statement: a `CodeName` for whoever is not to be named, "Name erased"
    for people without a key. Every list takes its names from here, so that none of them names who must not be."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    known = _known(session, wanted)
    return {number: _in_lists(number, known.get(number)) for number in wanted}


Sealed = tuple[str | None, bytes | None]
"""The place of something sealed, and what is sealed there; nothing of both where there is none."""


def listed_name(
    ring: Keyring,
    person_id: int,
    subject: str,
    wrapped: bytes | None,
    place: str | None,
    sealed: bytes | None,
    hidden: bool,
) -> str:
    """The name as it stands in lists, from what is kept of it: a `CodeName` where it is `hidden`, that is, for whoever
    is `not_to_be_named`; "Name erased" without a key."""
    if wrapped is None or place is None or sealed is None:
        return str(NO_NAME)
    if hidden:
        return CodeName(code_name(person_id, ring.veil))
    opened = ring.unseal(wrapped, subject, sealed, name_place(place))
    return listed_in(opened.decode())


def opened(
    ring: Keyring, person_id: int, subject: str, wrapped: bytes | None, name: Sealed, address: Sealed, hidden: bool
) -> tuple[str, str]:
    """The full name and the address of somebody, from what is kept of them, for a list that is taken away: as
    `listed_name`, and no address where the name is not to stand."""
    (place, sealed), (address_place, address_sealed) = name, address
    if wrapped is None or place is None or sealed is None:
        return str(NO_NAME), ""
    if hidden:
        return CodeName(code_name(person_id, ring.veil)), ""
    key = ring.unwrap(wrapped, subject)
    full: str = json.loads(unseal(key, sealed, name_place(place)))["full"]
    if address_place is None or address_sealed is None:
        return full, ""
    return full, unseal(key, address_sealed, name_place(address_place)).decode()


# Built once, of tables: see `viewers`.
_person, _key, _identity = (cast(Table, model.__table__) for model in (Person, PersonKey, IdentityRow))
_SEALED_NAMES = (
    select(
        _person.c.id,
        _person.c.subject,
        _key.c.wrapped,
        _identity.c.place,
        _identity.c.sealed,
        not_to_be_named(_person.c.id),
    )
    .join(_key, _key.c.person_id == _person.c.id)
    .join(_identity, _identity.c.person_id == _person.c.id)
    .where(_person.c.id.in_(bindparam("person_ids", expanding=True)))
    .where(_identity.c.kind == IdentityKind.NAME, _identity.c.primary)
)


def full_names_of(session: Session, person_ids: set[int]) -> dict[int, PersonName]:
    """The whole names as they are, in one statement, for records and for their holders, never for lists; people without
    a key are absent."""
    return {number: name for number, (name, _hidden) in _known(session, person_ids).items()}


def _known(session: Session, person_ids: set[int]) -> dict[int, tuple[PersonName, bool]]:
    """The whole names, and who is not to be named."""
    ring, found = keyring(), ask(session, _SEALED_NAMES, {"person_ids": sorted(person_ids)})
    return {
        person_id: (
            PersonName.from_json(ring.unseal(wrapped, subject, sealed, name_place(place)).decode()),
            bool(hidden),
        )
        for person_id, subject, wrapped, place, sealed, hidden in found
    }


def _in_lists(person_id: int, known: tuple[PersonName, bool] | None) -> str:
    if known is None:
        return str(NO_NAME)
    name, hidden = known
    return CodeName(code_name(person_id, keyring().veil)) if hidden else name.listed


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is to those who write to them: name, and the address that letters go to, empty where there is
    none."""

    name: PersonName
    address: str = ""


def identities_of(session: Session, person_ids: Collection[int]) -> dict[int, Identity]:
    """Names and addresses of several people for lists, in one statement: a code name and no address for whoever is not
    to be named; people without a key are absent."""
    ring = keyring()
    keys: dict[int, bytes] = {}
    names: dict[int, PersonName] = {}
    addresses: dict[int, str] = {}
    for person_id, subject, wrapped, kind, place, sealed, hidden in ask(session, _SEALED, {"person_ids": person_ids}):
        if hidden:
            names[person_id] = PersonName(CodeName(code_name(person_id, ring.veil)))
            continue
        if person_id not in keys:
            keys[person_id] = ring.unwrap(wrapped, subject)
        text = unseal(keys[person_id], sealed, name_place(place)).decode()
        if kind is IdentityKind.NAME:
            names[person_id] = PersonName.from_json(text)
        else:
            addresses[person_id] = text
    return {person_id: Identity(name, addresses.get(person_id, "")) for person_id, name in names.items()}


# Built once, of tables: a list of thousands asks it again and again.
_SEALED = (
    select(
        _person.c.id,
        _person.c.subject,
        _key.c.wrapped,
        _identity.c.kind,
        _identity.c.place,
        _identity.c.sealed,
        not_to_be_named(_person.c.id),
    )
    .select_from(
        _person.join(_key, _key.c.person_id == _person.c.id).join(_identity, _identity.c.person_id == _person.c.id)
    )
    .where(_person.c.id.in_(bindparam("person_ids", expanding=True)), _identity.c.primary)
)


def name_of(session: Session, person_id: int) -> PersonName | None:
    """The whole name of one person; None without a key."""
    return full_names_of(session, {person_id}).get(person_id)


def person_name(session: Session, person_id: int) -> str:
    """The full name for a page about somebody else: a `CodeName` for whoever is not to be named; "Name erased" without
    a key."""
    found = _known(session, {person_id}).get(person_id)
    if found is None:
        return str(NO_NAME)
    name, hidden = found
    return CodeName(code_name(person_id, keyring().veil)) if hidden else name.full


def addresses_of(session: Session, person_id: int) -> list[AddressView]:
    """Every address of a person, the primary one first; none without a key, and none that was never proved: its
    presence would tell that nobody else has it."""
    rows = session.execute(
        select(IdentityRow, PersonKey.wrapped, Person.subject)
        .join(PersonKey, PersonKey.person_id == IdentityRow.person_id)
        .join(Person, Person.id == IdentityRow.person_id)
        .where(IdentityRow.person_id == person_id, IdentityRow.kind == IdentityKind.ADDRESS)
        .where(IdentityRow.primary | IdentityRow.verified_at.is_not(None))
        .order_by(IdentityRow.primary.desc(), IdentityRow.id)
    )
    ring = keyring()
    return [
        AddressView(
            identity_id=row.id,
            public_id=row.place,
            address=ring.unseal(wrapped, subject, row.sealed, name_place(row.place)).decode(),
            primary=row.primary,
            verified_at=row.verified_at,
        )
        for row, wrapped, subject in rows
    ]


def person_by_subject(session: Session, subject: str) -> Person | None:
    """The person with this public id; of an entry that was joined into another one, that other one."""
    found = session.scalar(select(Person).where(Person.subject == subject))
    return session.get(Person, found.joined_into_id) if found and found.joined_into_id else found


def owned() -> ColumnElement[bool]:
    """The condition that an address belongs to its person: they proved it, or they were invited at it. What a host
    application says of its user is not enough: there anybody may name anybody's address."""
    vouched_for = select(HostLink.id).where(HostLink.person_id == IdentityRow.person_id).exists()
    return IdentityRow.verified_at.is_not(None) | (IdentityRow.primary & ~vouched_for)


def has_address() -> ColumnElement[bool]:
    """The condition that there is an address to which letters to a person go."""
    theirs = (IdentityRow.person_id == Person.id, IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.primary)
    return exists().where(*theirs).correlate(Person)


def blinds_of(session: Session, person_id: int) -> frozenset[str]:
    """The blind indexes of the addresses that are a person's own: what waits for them under one of these is theirs."""
    mine = (IdentityRow.person_id == person_id, IdentityRow.kind == IdentityKind.ADDRESS, owned())
    return frozenset(blind for blind in session.scalars(select(IdentityRow.blind_index).where(*mine)) if blind)


@dataclass(frozen=True)
class ConfirmedFor:
    """That somebody else said that a person's name is right: who, when and why."""

    by_person_id: int
    at: dt.datetime
    reason: str


def confirmed_for(session: Session, person_id: int) -> ConfirmedFor | None:
    """Who confirmed this person's name for them, if that is what holds; for the person alone."""
    mine = select(NameConfirmation).where(NameConfirmation.person_id == person_id)
    last = session.scalar(mine.order_by(NameConfirmation.id.desc()).limit(1))
    if last is None or last.by_person_id == person_id:
        return None
    key = keys_of(session, [person_id]).get(person_id)
    reason = open_if_there(key, last.sealed_reason, confirmation_place(last.at))
    return ConfirmedFor(last.by_person_id, last.at, reason)


def person_by_address(session: Session, address: str) -> Person | None:
    """The person who has this address, proved to be theirs or the one they were invited at."""
    return session.scalar(
        select(Person)
        .join(IdentityRow, IdentityRow.person_id == Person.id)
        .where(IdentityRow.blind_index == keyring().blind(address), owned())
    )


def subjects_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The public ids of several people."""
    rows = session.execute(select(Person.id, Person.subject).where(Person.id.in_(set(person_ids))))
    return {row.id: row.subject for row in rows}


def own_words(session: Session, person_id: int) -> tuple[str, ...]:
    """What others know of a person, and a password must therefore not be made of."""
    name = name_of(session, person_id)
    addresses = (view.address for view in addresses_of(session, person_id))
    return tuple(addresses) if name is None else (name.full, name.latin, *addresses)
