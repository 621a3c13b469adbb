"""Writing to alumni whose mailbox is lost at another address: proposed by one officer, confirmed by another, told to
the old address."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.models import Reinvitation
from lms.alumni.queries.reinvitations import alumni_at, alumni_without_address, open_for, reinvitation
from lms.alumni.sealing import new_address_place, new_address_reason_place
from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.secrets import new_token
from lms.people.models import Person
from lms.people.proposals import services as proposals
from lms.people.proposals.rules import ProposalRefusal, ProposalState
from lms.people.queries import person_by_address
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_text, unseal_text
from lms.people.services import reach_at, refuse_holder
from lms.people.services.persons import checked_address
from lms.people.services.wording import refuse_text

SHORTEST_REASON = 40
LONGEST_REASON = 1000


def propose(
    session: Session, *, old_address: str, new_address: str, reason: str, by: str, at: dt.datetime, place: str = ""
) -> None:
    """An officer proposes another address for the alumna or alumnus who has the old one, or a first one for who holds
    this `place` and has none; nothing changes yet. Raises Refused, NotFound."""
    new_address = checked_address(new_address)
    person = alumni_without_address(session, place) if place else alumni_at(session, old_address.strip())
    if person is None:
        raise Refused(_("No alumna or alumnus has this address."))
    session.refresh(person, with_for_update=True)
    if person.subject == by:
        raise proposals.refused(ProposalRefusal.CONCERNED)
    refuse_holder(session, person, at)
    taken = person_by_address(session, new_address)
    if taken is not None and taken.id != person.id:
        raise Refused(_("The new address belongs to somebody else here. Perhaps one person was entered twice."))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(_("Please say why, and how you made sure that it is the same person."))
    refuse_text(mistake_in_prose(reason, LONGEST_REASON))
    if proposals.waits(session, open_for(session, person.id), at):
        raise Refused(_("Another address is proposed for this person already."))
    public_id = new_token()
    session.add(
        Reinvitation(
            public_id=public_id,
            person_id=person.id,
            sealed_address=seal_text(session, person.id, new_address, new_address_place(public_id)),
            sealed_reason=seal_text(session, person.id, reason.strip(), new_address_reason_place(public_id)),
            proposed_by=by,
            proposed_at=at,
        )
    )
    audit.record(session, at=at, actor=by, act="reinvitation.proposed", about=person.subject)


def confirm(session: Session, *, proposal: str, by: str, at: dt.datetime) -> None:
    """The second officer confirms: letters go to the new address from now on, the old one is told, and a link to come
    in again goes to the new one. Raises Refused."""
    found, person = _shown(session, proposal)
    if _chose_since(session, person, found.proposed_at):
        raise Refused(_("This person has chosen an address themselves since this was proposed. Turn it down."))
    proposals.confirm(session, found, by=by, concerned=person.subject == by, at=at)
    address = unseal_text(session, person.id, found.sealed_address, new_address_place(found.public_id))
    reach_at(session, person=person, address=address, at=at, by=by)
    audit.record(session, at=at, actor=by, act="reinvitation.confirmed", about=person.subject)


def decline(session: Session, *, proposal: str, by: str, at: dt.datetime) -> None:
    """An officer turns a proposal down, or its proposer takes it back. Raises Refused."""
    found, person = _shown(session, proposal)
    proposals.decline(session, found, by=by, concerned=person.subject == by, at=at)
    audit.record(session, at=at, actor=by, act="reinvitation.declined", about=person.subject)


def close(session: Session, *, person_id: int, at: dt.datetime) -> None:
    """What is proposed of this person is over: they came in or chose an address themselves, or are erased."""
    found = open_for(session, person_id)
    if found is not None:
        found.state, found.decided_at = ProposalState.OVER, at
        subject = session.get_one(Person, person_id).subject
        audit.record(session, at=at, actor=None, act="reinvitation.over", about=subject)


def _chose_since(session: Session, person: Person, at: dt.datetime) -> bool:
    theirs = select(AuditEntry.id).where(AuditEntry.about == person.subject, AuditEntry.act == "address.primary")
    return session.scalar(theirs.where(AuditEntry.at > at).limit(1)) is not None


def _shown(session: Session, proposal: str) -> tuple[Reinvitation, Person]:
    found = proposals.shown(reinvitation(session, proposal), proposal)
    return found, session.get_one(Person, found.person_id)
