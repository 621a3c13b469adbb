"""Erasing a person: the key is destroyed, and with it everything that was sealed under it, in every context."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.people.models import Affiliation, HostLink, IdentityRow, MailedToken, Password, Person, PersonKey

from .sessions import end_other_sessions


def erase(session: Session, *, person: Person, by: str | None, at: dt.datetime) -> None:
    """Destroy the key and what leads to the person; what remains names nobody. `by` is the subject who did it."""
    # Held, so that nothing is sealed or named for them beside us and left behind.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    end_other_sessions(session, person_id=person.id, at=at)
    session.execute(update(MailedToken).where(MailedToken.person_id == person.id).values(identity_id=None, void_at=at))
    session.execute(update(Affiliation).where(Affiliation.person_id == person.id).values(sealed_function=None))
    for table in (IdentityRow, PersonKey, Password, HostLink):
        session.execute(delete(table).where(table.person_id == person.id))
    person.locale = person.zone = None
    person.erased_at = person.disabled_at = at
    audit.record(session, at=at, actor=by, act="person.erased", about=person.subject)
