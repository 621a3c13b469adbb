"""Persons: how they come here, what they are called, and how they go."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_key, new_token, seal
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.models import IdentityKind, IdentityRow, Person, PersonKey
from lms.people.queries.persons import owned, person_by_address
from lms.people.rules.names import PersonName, mistake_in_parts, tidy_name
from lms.people.sealing import make_key, name_place

from .codes import forget_address_codes
from .wording import refuse_text


def checked_address(address: str) -> str:
    """The address in the form in which it is kept; raises Refused when no mail can go there."""
    try:
        return validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise Refused(_("This is not an e-mail address.")) from None


def checked_name(name: PersonName | str) -> PersonName:
    """The name in normal form; raises Refused with what is wrong."""
    tidy = tidy_name(PersonName(name) if isinstance(name, str) else name)
    refuse_text(mistake_in_parts(tidy))
    return tidy


def create_person(
    session: Session,
    *,
    name: PersonName | str,
    address: str | None,
    at: dt.datetime,
    locale: str | None = None,
    zone: str | None = None,
) -> Person:
    """Somebody new, with a key of their own and everything that names them sealed.

    Raises Refused for a name or address that cannot be, Conflict when somebody here has the address already.
    """
    name, address = checked_name(name), address and checked_address(address)
    person = Person(subject=new_token(), created_at=at, locale=locale, zone=zone)
    session.add(person)
    session.flush()  # its id is what the key and the identity refer to
    key = make_key(session, person)
    place = new_token()
    sealed = seal(key, name.to_json().encode(), name_place(place))
    session.add(IdentityRow(person_id=person.id, kind=IdentityKind.NAME, place=place, sealed=sealed, created_at=at))
    if address and add_address_row(session, person.id, key, address, at=at, primary=True) is None:
        raise Conflict(_("Somebody here has this address already."))
    session.flush()
    return person


@dataclass(frozen=True)
class Newcomer:
    """Somebody to be made known: name and address are checked already; "" where there is no address."""

    name: str
    address: str
    locale: str | None = None


def create_people(session: Session, newcomers: Sequence[Newcomer], *, at: dt.datetime) -> list[tuple[int, bytes]]:
    """As `create_person`, for up to a thousand at once in few statements: the id and the key of each, in their order.

    Raises Conflict, for all of them, when somebody here has one of the addresses.
    """
    ring = keyring()
    blinds = [ring.blind(newcomer.address) if newcomer.address else None for newcomer in newcomers]
    _release_all(session, [blind for blind in blinds if blind], at)
    subjects = [new_token() for _ in newcomers]
    rows = [
        {"subject": subject, "created_at": at, "locale": newcomer.locale}
        for subject, newcomer in zip(subjects, newcomers, strict=True)
    ]
    ids = session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), rows).all()
    made = [(person_id, new_key()) for person_id in ids]
    wrapped = [
        {"person_id": person_id, "wrapped": ring.wrap(key, subject)}
        for (person_id, key), subject in zip(made, subjects, strict=True)
    ]
    session.execute(insert(PersonKey), wrapped)
    who = list(zip(made, newcomers, blinds, strict=True))
    names = [
        _identity(number, key, IdentityKind.NAME, checked_name(newcomer.name).to_json(), None, at)
        for (number, key), newcomer, _blind in who
    ]
    session.execute(insert(IdentityRow), names)
    addresses = [
        _identity(number, key, IdentityKind.ADDRESS, newcomer.address, blind, at)
        for (number, key), newcomer, blind in who
        if blind
    ]
    if not addresses:
        return made
    change = (
        dialect_insert(session)(IdentityRow).values(addresses).on_conflict_do_nothing(index_elements=["blind_index"])
    )
    if len(session.scalars(change.returning(IdentityRow.id)).all()) < len(addresses):
        raise Conflict(_("Somebody here has this address already."))
    return made


def _identity(
    person_id: int, key: bytes, kind: IdentityKind, text: str, blind: str | None, at: dt.datetime
) -> dict[str, object]:
    place = new_token()
    sealed = seal(key, text.encode(), name_place(place))
    said = {"person_id": person_id, "kind": kind, "place": place, "sealed": sealed, "blind_index": blind}
    return {**said, "primary": True, "created_at": at}


def _release_all(session: Session, blinds: Sequence[str], at: dt.datetime) -> None:
    for unproved in session.scalars(select(IdentityRow.id).where(IdentityRow.blind_index.in_(blinds), ~owned())).all():
        forget_address_codes(session, unproved, at)
        session.execute(delete(IdentityRow).where(IdentityRow.id == unproved))


def add_address_row(
    session: Session, person_id: int, key: bytes, address: str, *, at: dt.datetime, primary: bool
) -> int | None:
    """Seal an address; gives the row's id, or None when the address is taken (also by a change going on beside us)."""
    inserting = dialect_insert(session)
    _release(session, person_id, address, at)
    place = new_token()
    row = {
        "person_id": person_id,
        "kind": IdentityKind.ADDRESS,
        "place": place,
        "sealed": seal(key, address.encode(), name_place(place)),
        "blind_index": keyring().blind(address),
        "primary": primary,
        "created_at": at,
    }
    change = inserting(IdentityRow).values(row).on_conflict_do_nothing(index_elements=["blind_index"])
    return session.scalar(change.returning(IdentityRow.id))


def _release(session: Session, person_id: int, address: str, at: dt.datetime) -> None:
    """An address that somebody else named but never proved is free for whoever can."""
    unproved = session.scalar(
        select(IdentityRow.id).where(
            IdentityRow.blind_index == keyring().blind(address),
            IdentityRow.person_id != person_id,
            ~owned(),
        )
    )
    if unproved is not None:
        forget_address_codes(session, unproved, at)
        session.execute(delete(IdentityRow).where(IdentityRow.id == unproved))


def person_for_address(session: Session, *, name: PersonName | str, address: str, at: dt.datetime) -> Person:
    """The person who has this address, or somebody new with this name; what we know already is not changed."""
    return person_by_address(session, checked_address(address)) or create_person(
        session, name=name, address=address, at=at
    )
