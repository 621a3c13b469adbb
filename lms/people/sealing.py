"""Sealing under the key of one person, so that destroying the key makes everything of theirs unreadable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.secrets import KeyRing, new_key, seal, unseal, with_former
from lms.kernel.settings import keyring

from .models import FormerKey, Person, PersonKey


def make_key(session: Session, person: Person) -> bytes:
    """Give a person their key; the person's row must be flushed."""
    key = new_key()
    session.add(PersonKey(person_id=person.id, wrapped=keyring().wrap(key, person.subject)))
    return key


def keys_of(session: Session, person_ids: Iterable[int]) -> dict[int, bytes]:
    """The keys of several people in one statement; those whose key was destroyed are absent. A key opens what was
    sealed under an entry that was joined into its holder's, and an entry that was joined has the key of whose it is."""
    return _keys(session, person_ids, private=False)


def private_key_of(session: Session, person_id: int) -> bytes:
    """The key for what its holder alone may read: it opens what was written under a joined entry only once they have
    proved an address of that entry. Raises NotFound when it was destroyed."""
    found = _keys(session, [person_id], private=True).get(person_id)
    if found is None:
        raise NotFound
    return found


def _keys(session: Session, person_ids: Iterable[int], *, private: bool) -> dict[int, bytes]:
    whose = func.coalesce(Person.joined_into_id, Person.id).label("whose")
    asked = select(Person.id, whose).where(Person.id.in_(set(person_ids))).cte()
    own = select(asked.c.id, PersonKey.wrapped, Person.subject, literal(0).label("former"))
    own = own.join(PersonKey, PersonKey.person_id == asked.c.whose).join(Person, Person.id == PersonKey.person_id)
    former = select(asked.c.id, FormerKey.wrapped, Person.subject, literal(1))
    former = former.join(FormerKey, FormerKey.person_id == asked.c.whose).join(Person, Person.id == FormerKey.former_id)
    if private:
        former = former.where(FormerKey.proved_at.is_not(None))
    keys: dict[int, bytes] = {}
    for person_id, wrapped, subject, is_former in session.execute(union_all(own, former).order_by("former")):
        key = keyring().unwrap(wrapped, subject)
        keys[person_id] = with_former(keys[person_id], (*_former(keys[person_id]), key)) if is_former else key
    return keys


def _former(key: bytes) -> tuple[bytes, ...]:
    return key.former if isinstance(key, KeyRing) else ()


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
