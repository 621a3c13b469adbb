"""Sealing under the key of one person, so that destroying the key makes everything of theirs unreadable."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, bindparam, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from lms.kernel.errors import NotFound
from lms.kernel.secrets import KeyRing, Unsealable, new_key, seal, unseal, with_former
from lms.kernel.settings import keyring

from .models import FormerKey, Person, PersonKey


def make_key(session: Session, person: Person) -> bytes:
    """Give a person their key; the person's row must be flushed."""
    key = new_key()
    session.add(PersonKey(person_id=person.id, wrapped=keyring().wrap(key, person.subject)))
    return key


def keys_of(session: Session, person_ids: Iterable[int]) -> dict[int, bytes]:
    """The keys of several people in one statement; those whose key was destroyed are absent. A key opens what was
    sealed under an entry that was joined into its holder's, and an entry that was joined has the key of whose it is.
    That two were joined is believed by the key that was wrapped for both, not by what SQL alone says."""
    return _keys(session, person_ids, private=False)


def private_key_of(session: Session, person_id: int) -> bytes:
    """The key for what its holder alone may read: it opens what was written under a joined entry only once they have
    proved an address of that entry. Raises NotFound when it was destroyed."""
    found = _keys(session, [person_id], private=True).get(person_id)
    if found is None:
        raise NotFound
    return found


def _keys(session: Session, person_ids: Iterable[int], *, private: bool) -> dict[int, bytes]:
    own: dict[int, bytes] = {}
    held: dict[int, bytes] = {}
    joined: set[int] = set()
    for row in session.execute(_wrapped(), {"person_ids": list(set(person_ids))}):
        if not row.former_id:
            (own if row.holder == row.id else held)[row.id] = keyring().unwrap(row.wrapped, row.subject)
            continue
        key, keys = unwrap_joined(row.wrapped, row.former, row.subject), own if row.holder == row.id else held
        if key and row.id in keys:
            joined.update({row.id} if row.former_id == row.id else ())
            if row.proved or not private:
                keys[row.id] = with_former(keys[row.id], (*_former(keys[row.id]), key))
    return own | {person_id: key for person_id, key in held.items() if person_id in joined}


@cache
def _wrapped() -> CompoundSelect[Any]:
    """The key of each entry, of the one into which it is said to be joined, and then those of entries joined into
    these. Built once: every page that opens a name asks it, and building it takes longer than asking it."""
    these = Person.id.in_(bindparam("person_ids", expanding=True))
    asked = select(Person.id, Person.joined_into_id).where(these).cte()
    into = select(asked.c.id, asked.c.joined_into_id).where(asked.c.joined_into_id.is_not(None))
    both, before = union_all(select(asked.c.id, asked.c.id.label("holder")), into).cte(), aliased(Person)
    first = (literal(0).label("former_id"), literal("").label("former"), literal(True).label("proved"))
    own = select(*both.c, PersonKey.wrapped, Person.subject, *first)
    own = own.join(PersonKey, PersonKey.person_id == both.c.holder).join(Person, Person.id == PersonKey.person_id)
    theirs = (FormerKey.former_id, before.subject, FormerKey.proved_at.is_not(None))
    former = select(*both.c, FormerKey.wrapped, Person.subject, *theirs)
    former = former.join(FormerKey, FormerKey.person_id == both.c.holder).join(Person, Person.id == FormerKey.person_id)
    return union_all(own, former.join(before, before.id == FormerKey.former_id)).order_by("former_id")


def wrap_joined(key: bytes, goes: str, stays: str) -> bytes:
    """The key of the entry `goes`, for the entry into which it was joined and for no other one; both by subject."""
    return keyring().wrap(key, _joined(goes, stays))


def unwrap_joined(wrapped: bytes, goes: str, stays: str) -> bytes | None:
    """That key; none where these two were not joined through us."""
    try:
        return keyring().unwrap(wrapped, _joined(goes, stays))
    except Unsealable:
        return None


def _joined(goes: str, stays: str) -> str:
    return f"{goes}>{stays}"


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
