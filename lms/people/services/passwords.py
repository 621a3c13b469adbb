"""Passwords, already hashed: hashing is slow work that belongs before the change."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.people.models import Password, Person
from lms.people.rules.codes import TokenPurpose

from .codes import void_codes
from .letters import write_to
from .sessions import end_other_sessions


def keep_password(session: Session, *, person_id: int, hashed: str, at: dt.datetime) -> None:
    """Keep the hash, in place of an older one."""
    insert = dialect_insert(session)
    row = insert(Password).values(person_id=person_id, hash=hashed, changed_at=at)
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_={"hash": hashed, "changed_at": at}))


def change_password(session: Session, *, person: Person, hashed: str, at: dt.datetime, but: int | None = None) -> None:
    """A new password: every sign-in but the one with row number `but` ends, no letter sent before opens the account
    any more, and the person is told."""
    keep_password(session, person_id=person.id, hashed=hashed, at=at)
    end_other_sessions(session, person_id=person.id, at=at, but=but)
    void_codes(session, purpose=TokenPurpose.RESET, person_id=person.id, at=at)
    write_to(session, person_id=person.id, template="people/password-changed")
    audit.record(session, at=at, actor=person.subject, act="password.changed", about=person.subject)
