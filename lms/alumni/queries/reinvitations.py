"""Proposals to write to alumni at another address; for officers whose mandate reaches over everything, whom the caller
checks."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniStatus, Reinvitation
from lms.alumni.sealing import new_address_place, new_address_reason_place
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.proposals.queries import open_ones
from lms.people.proposals.rules import has_lapsed
from lms.people.queries import has_address, identities_of, names_of, person_by_address
from lms.people.sealing import keys_of, open_if_there
from lms.seminars.models import Enrolment


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open proposal."""

    public_id: str
    person_id: int
    name: str
    old_address: str
    """Empty where it is not to be shown, or there is none."""
    new_address: str
    reason: str
    proposed_by: str
    proposer: str
    proposed_at: dt.datetime


def waiting_reinvitations(session: Session, at: dt.datetime) -> list[Waiting]:
    """Every open proposal that has not lapsed, the oldest first; four statements."""
    rows = session.scalars(open_ones(Reinvitation).order_by(Reinvitation.id)).all()
    rows = [row for row in rows if not has_lapsed(row.proposed_at, at)]
    if not rows:
        return []
    people = {row.person_id for row in rows}
    keys, identities = keys_of(session, people), identities_of(session, sorted(people))
    said = {row.proposed_by for row in rows}
    proposers = {
        row.subject: row.id
        for row in session.execute(select(Person.id, Person.subject).where(Person.subject.in_(said)))
    }
    names = names_of(session, {*people, *proposers.values()})
    return [
        Waiting(
            public_id=row.public_id,
            person_id=row.person_id,
            name=names[row.person_id],
            old_address=identities[row.person_id].address if row.person_id in identities else "",
            new_address=open_if_there(keys.get(row.person_id), row.sealed_address, new_address_place(row.public_id)),
            reason=open_if_there(keys.get(row.person_id), row.sealed_reason, new_address_reason_place(row.public_id)),
            proposed_by=row.proposed_by,
            proposer=names[proposers[row.proposed_by]],
            proposed_at=row.proposed_at,
        )
        for row in rows
    ]


def alumni_at(session: Session, address: str) -> Person | None:
    """The alumna or alumnus who has this address."""
    found = person_by_address(session, address)
    if found is None or session.get(AlumniStatus, found.id) is None:
        return None
    return found


def alumni_without_address(session: Session, place: str) -> Person:
    """The alumna or alumnus who holds the place with this public id and has no address; raises NotFound."""
    theirs = select(Person).join(Enrolment, Enrolment.person_id == Person.id).where(Enrolment.public_id == place)
    found = session.scalar(theirs.join(AlumniStatus, AlumniStatus.person_id == Person.id).where(~has_address()))
    if found is None:
        raise NotFound
    return found


def open_for(session: Session, person_id: int) -> Reinvitation | None:
    """The open proposal for a person, held until the end of a change."""
    theirs = open_ones(Reinvitation).where(Reinvitation.person_id == person_id)
    found: Reinvitation | None = session.scalar(theirs.with_for_update())
    return found


def reinvitation(session: Session, public_id: str) -> Reinvitation | None:
    """The proposal with this public id, held until the end of a change."""
    return session.scalar(select(Reinvitation).where(Reinvitation.public_id == public_id).with_for_update())
