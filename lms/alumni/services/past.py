"""Records for people of editions that were over before this system: proposed by one officer, confirmed by another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.alumni.models import PastAttestation, PastPlace
from lms.alumni.queries.past import candidates, concerned, open_row, places_of
from lms.alumni.rules.past import LONGEST_SOURCE, PastRefusal, may_propose
from lms.alumni.sealing import source_place
from lms.kernel import audit
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_token
from lms.people.models import Person, SentLetter
from lms.people.proposals import services as proposals
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_reason
from lms.people.services import invite
from lms.people.services.wording import refuse_text
from lms.records.services.before import attest_before
from lms.seminars.models import Edition, Enrolment
from lms.seminars.queries import held_here

SAID: Mapping[PastRefusal, Any] = {
    PastRefusal.NOT_OVER: _l("This edition is not over yet."),
    PastRefusal.HELD_HERE: _l("This edition was held in this system, so its records follow from what was done here."),
    PastRefusal.NOBODY: _l("Choose at least one person."),
    PastRefusal.SOURCE: _l("Please say from where it is known that they completed the edition, in a sentence."),
    PastRefusal.WAITING: _l("There is an open proposal for this edition already."),
    PastRefusal.CONCERNED: _l("You are one of these people, so other officers have to do this."),
}
LATELY = dt.timedelta(days=1)


def propose(
    session: Session, *, edition: Edition, places: Collection[int], source: str, by: str, at: dt.datetime
) -> None:
    """An officer proposes records for these places of an edition; nothing is written in the ledger yet. Raises
    Refused."""
    session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())  # one after the other
    waiting = proposals.waits(session, open_row(session, edition.id), at)
    free = {one.enrolment_id for one in candidates(session, edition.id) if not one.attested}
    chosen = free.intersection(places)
    _refuse(
        may_propose(
            ends_on=edition.ends_on,
            today=at.date(),
            held_here=held_here(session, edition.id),
            places=len(chosen),
            source=source,
            waiting=waiting,
            concerned=concerned(session, by, chosen),
        )
    )
    refuse_text(mistake_in_prose(source, LONGEST_SOURCE))
    public_id = new_token()
    proposer = session.scalars(select(Person.id).where(Person.subject == by)).one()
    made = PastAttestation(
        public_id=public_id,
        edition_id=edition.id,
        sealed_source=seal_reason(session, proposer, source.strip(), source_place(public_id)),
        proposed_by=by,
        proposed_at=at,
    )
    session.add(made)
    session.flush()  # its id is what its places refer to
    session.execute(insert(PastPlace), [{"attestation_id": made.id, "enrolment_id": one} for one in sorted(chosen)])
    audit.record(session, at=at, actor=by, act="past.proposed", about=edition.public_id, people=len(chosen))


def confirm(session: Session, *, edition: Edition, proposal: str, by: str, at: dt.datetime) -> int:
    """The second officer confirms the proposal they were shown: the records are written. Says how many. Raises Refused,
    and Conflict where a place has changed since."""
    session.execute(select(Edition.id).where(Edition.id == edition.id).with_for_update())  # as for the proposal
    found = proposals.shown(open_row(session, edition.id), proposal)
    _refuse(PastRefusal.HELD_HERE if held_here(session, edition.id) else None)
    places = places_of(session, found.id)
    proposals.confirm(session, found, by=by, concerned=concerned(session, by, places), at=at)
    records = attest_before(session, edition=edition, places=places, at=at, by=by)
    if len(records) != len(places):
        raise Conflict(
            _("A place of this proposal has changed since. Nothing was written: turn it down, then propose.")
        )
    audit.record(session, at=at, actor=by, act="past.confirmed", about=edition.public_id, people=len(records))
    return len(records)


def decline(session: Session, *, edition: Edition, proposal: str, by: str, at: dt.datetime) -> None:
    """An officer turns a proposal down, or its proposer takes it back. Raises Refused."""
    found = proposals.shown(open_row(session, edition.id), proposal)
    places = places_of(session, found.id)
    proposals.decline(session, found, by=by, concerned=concerned(session, by, places), at=at)
    audit.record(session, at=at, actor=by, act="past.declined", about=edition.public_id)


def forget_source(session: Session, *, person_id: int) -> None:
    """From where it was known that somebody who is erased completed an edition may name them, and is under the key of
    who wrote it. What was written of them and others in one go, goes; a proposal that waits cannot be confirmed."""
    theirs = select(PastPlace.attestation_id).join(Enrolment, Enrolment.id == PastPlace.enrolment_id)
    of_them = PastAttestation.id.in_(theirs.where(Enrolment.person_id == person_id))
    session.execute(update(PastAttestation).where(of_them).values(sealed_source=None))


def invite_all(session: Session, *, edition: Edition, by: int, at: dt.datetime) -> int:
    """Write an invitation to everybody of an edition who was attested a record and has never signed in; nobody gets two
    within a day. Says to how many; addresses at which letters come back are left out."""
    waiting = [one.person_id for one in candidates(session, edition.id) if one.attested and not one.welcomed]
    people = session.scalars(select(Person).where(Person.id.in_(waiting)).order_by(Person.id).with_for_update()).all()
    lately = select(SentLetter.person_id).where(SentLetter.at > at - LATELY, SentLetter.person_id.in_(waiting))
    written = set(session.scalars(lately.where(SentLetter.template == "people/invitation")))
    return sum(_invited(session, person, by, at) for person in people if person.id not in written)


def _invited(session: Session, person: Person, by: int, at: dt.datetime) -> bool:
    try:
        invite(session, person=person, by=by, at=at)
    except Refused:  # no address, or one at which letters come back: the list says so
        return False
    return True


def _refuse(refusal: PastRefusal | None) -> None:
    if refusal is not None:
        raise Refused(str(SAID[refusal]))
