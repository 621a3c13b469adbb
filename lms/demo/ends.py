"""What becomes of a record in the demonstration, through the same services as a real one's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from lms.people.models import Person
from lms.records import queries, services
from lms.records.models import Cause
from lms.records.queries.life import Wish

Officers = tuple[str, str]


def _record_of(session: Session, person: Person) -> str:
    """The only record of somebody; raises LookupError where there is none."""
    session.flush()
    held = queries.my_records(session, person.id)
    if not held:
        raise LookupError("somebody of the demonstration has no record")
    return held[0].record


def correct(session: Session, *, person: Person, officers: Officers, at: dt.datetime) -> None:
    """The holder asks for a longer name, and an officer agrees a day later."""
    record = _record_of(session, person)
    page = queries.my_record(session, record, person.id)
    given, _blank, family = page.name.full.partition(" ")
    wish = Wish(replace(page.name, full=f"{given} Maria {family}"), page.institution, "As in my passport.")
    asked = services.ask_correction(session, record=record, wish=wish, by=person.subject, at=at)
    session.flush()
    later = at + dt.timedelta(days=1)
    services.grant_request(session, record=record, request=asked.public_id, by=officers[0], at=later)


def withdraw(session: Session, *, person: Person, officers: Officers, at: dt.datetime) -> None:
    """The holder does not want it any more."""
    services.withdraw(session, record=_record_of(session, person), by=person.subject, at=at)


def revoke(session: Session, *, person: Person, officers: Officers, at: dt.datetime) -> None:
    """One officer proposes, another confirms two days later."""
    record, words = _record_of(session, person), "The attendance sheet was signed by somebody else on two days."
    proposed = services.propose_revocation(
        session, record=record, cause=Cause.CONDITIONS, words=words, by=officers[0], at=at
    )
    session.flush()
    later = at + dt.timedelta(days=2)
    services.confirm_revocation(session, record=record, proposal=proposed.public_id, by=officers[1], at=later)


ENDS: Mapping[str, Callable[..., None]] = {"corrected": correct, "withdrawn": withdraw, "revoked": revoke}
"""What is done, by the stage that the cast names."""
