"""Erasing a person: the key is destroyed, and with it everything that was sealed under it, in every context."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox, scrubbing
from lms.kernel.events import publish
from lms.people import erased
from lms.people.events import PersonErased
from lms.people.models import (
    Affiliation,
    FormerKey,
    HostLink,
    IdentityRow,
    MailChoice,
    MailedToken,
    Password,
    Person,
    PersonKey,
)

from .sessions import end_other_sessions


def erase(session: Session, *, person: Person, by: str | None, at: dt.datetime) -> None:
    """Destroy the key and what leads to the person; what remains names nobody. `by` is the subject who did it."""
    # Held, so that nothing is sealed or named for them beside us and left behind.
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
    end_other_sessions(session, person_id=person.id, at=at)
    session.execute(update(MailedToken).where(MailedToken.person_id == person.id).values(identity_id=None, void_at=at))
    session.execute(update(Affiliation).where(Affiliation.person_id == person.id).values(sealed_function=None))
    for table in (PersonKey, FormerKey, Password, MailChoice):
        session.execute(delete(table).where(table.person_id == person.id))
    person.locale = person.zone = None
    person.erased_at = person.disabled_at = at
    audit.record(session, at=at, actor=by, act="person.erased", about=person.subject)
    outbox.enqueue(session, erased.NOTE, {"subject": person.subject, "at": at.isoformat()})
    scrubbing.ask(session, (table.__tablename__ for table in (PersonKey, FormerKey, IdentityRow, Password)))
    session.flush()  # reactions look at erased_at in the database
    publish(session, PersonErased(person.id, at))
    # Last: what waits elsewhere is found by the blind index of an address that was theirs.
    session.execute(delete(IdentityRow).where(IdentityRow.person_id == person.id))
    session.execute(delete(HostLink).where(HostLink.person_id == person.id))


def erase_again(session: Session, *, at: dt.datetime) -> int:
    """Erase whoever is on the list of the erased and was brought back; says how many there were."""
    back = select(Person).where(Person.erased_at.is_(None), Person.subject.in_(erased.subjects()))
    found = session.scalars(back.order_by(Person.id)).all()
    for person in found:
        erase(session, person=person, by=None, at=at)
    return len(found)
