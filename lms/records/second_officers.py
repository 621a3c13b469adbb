"""The revocations that wait for a second officer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.people.models import Person
from lms.people.proposals.queries import open_ones
from lms.people.proposals.waiting import Waiting, waits, waits_for_two
from lms.records.models import RecordSubject, Revocation
from lms.seminars.models import Edition, Enrolment


@waits_for_two("records/revocation", _l("To revoke a completion record"), of_editions=True)
def revocations(session: Session, _at: dt.datetime) -> Iterable[Waiting]:
    """Decided by the officers of the edition, but for the holder."""
    rows = session.execute(
        open_ones(Revocation, Edition.public_id, Edition.title, Person.subject)
        .join(RecordSubject, RecordSubject.record == Revocation.record)
        .join(Enrolment, Enrolment.id == RecordSubject.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Person, Person.id == RecordSubject.person_id)
    )
    for found, edition, title, holder in rows:
        there = {"edition": edition, "record": found.record}
        concerned = frozenset({holder})
        yield waits(found, "lives.record", values=there, edition=edition, title=title, concerned=concerned)
