"""Sealing under the key of one person, so that destroying the key makes everything of theirs unreadable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.secrets import new_key, seal, unseal
from lms.kernel.settings import keyring

from .models import Person, PersonKey


def make_key(session: Session, person: Person) -> bytes:
    """Give a person their key; the person's row must be flushed."""
    key = new_key()
    session.add(PersonKey(person_id=person.id, wrapped=keyring().wrap(key, person.subject)))
    return key


def keys_of(session: Session, person_ids: Iterable[int]) -> dict[int, bytes]:
    """The keys of several people in one statement; those whose key was destroyed are absent."""
    rows = session.execute(
        select(PersonKey.person_id, PersonKey.wrapped, Person.subject)
        .join(Person, Person.id == PersonKey.person_id)
        .where(PersonKey.person_id.in_(set(person_ids)))
    )
    return {person_id: keyring().unwrap(wrapped, subject) for person_id, wrapped, subject in rows}


def key_of(session: Session, person_id: int) -> bytes:
    """The key of one person; raises NotFound when it was destroyed."""
    found = keys_of(session, [person_id]).get(person_id)
    if found is None:
        raise NotFound
    return found


def seal_text(session: Session, person_id: int, text: str, place: str) -> bytes:
    """Seal free text for one place ("table:column:row"); raises NotFound when the person has no key any more."""
    return seal(key_of(session, person_id), text.encode(), place)


def unseal_text(session: Session, person_id: int, sealed: bytes, place: str) -> str:
    """The text; raises NotFound without a key, Unsealable when key and place do not agree."""
    return unseal(key_of(session, person_id), sealed, place).decode()


def seal_reason(session: Session, person_id: int, reason: str | None, place: str) -> bytes | None:
    """Seal why something was done about somebody; nothing without a reason, or for whoever is erased."""
    key = keys_of(session, [person_id]).get(person_id) if reason else None
    return seal(key, reason.encode(), place) if key and reason else None


def open_if_there(key: bytes | None, sealed: bytes | None, place: str) -> str:
    """The text; empty where there is none, and once its person's key is destroyed."""
    return unseal(key, sealed, place).decode() if key and sealed else ""


def name_place(place: str) -> str:
    """Where a sealed row of identity belongs: its own random place, so that rows cannot be exchanged."""
    return f"lms_identity:sealed:{place}"


def mark_place(at: dt.datetime) -> str:
    """Where the reason for not naming somebody belongs."""
    return f"lms_sensitive_mark:reason:{at.astimezone(dt.UTC).isoformat()}"


def confirmation_place(at: dt.datetime) -> str:
    """Where the reason for confirming somebody's name belongs."""
    return f"lms_name_confirmation:reason:{at.astimezone(dt.UTC).isoformat()}"
