"""What of alumni waits for a second officer: records from before this system, and other addresses."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.people.models import Person
from lms.people.proposals.queries import open_ones
from lms.people.proposals.waiting import Waiting, waits, waits_for_two
from lms.seminars.models import Edition, Enrolment

from .feed.models import FeedPartner
from .models import PastAttestation, PastPlace, Reinvitation


@waits_for_two("alumni/past", _l("Records of an edition from before this system"))
def attestations(session: Session, _at: dt.datetime) -> Iterable[Waiting]:
    """Decided by those whose mandate reaches over everything, but for the people of the proposal."""
    rows = session.execute(
        open_ones(PastAttestation, Edition.public_id, Edition.title).join(
            Edition, Edition.id == PastAttestation.edition_id
        )
    ).all()
    concerned = _concerned(session, [found.id for found, _edition, _title in rows])
    for found, edition, title in rows:
        theirs = frozenset(concerned[found.id])
        yield waits(found, "alumni.past_edition", values={"edition": edition}, title=title, concerned=theirs)


def _concerned(session: Session, proposals: list[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    if proposals:
        rows = session.execute(
            select(PastPlace.attestation_id, Person.subject)
            .join(Enrolment, Enrolment.id == PastPlace.enrolment_id)
            .join(Person, Person.id == Enrolment.person_id)
            .where(PastPlace.attestation_id.in_(proposals))
        )
        for row in rows:
            found[row.attestation_id].add(row.subject)
    return found


@waits_for_two("alumni/reinvitation", _l("Another address for somebody whose mailbox is lost"))
def reinvitations(session: Session, _at: dt.datetime) -> Iterable[Waiting]:
    """Decided by those whose mandate reaches over everything, but for the person."""
    theirs = open_ones(Reinvitation, Person.subject).join(Person, Person.id == Reinvitation.person_id)
    for found, person in session.execute(theirs):
        yield waits(found, "alumni.mailboxes", concerned=frozenset({person}))


@waits_for_two("alumni/partner", _l("An organisation that is to read the alumni feed"), administrators=True)
def partners(session: Session, _at: dt.datetime) -> Iterable[Waiting]:
    """Decided by administrators; it does not lapse."""
    named = select(FeedPartner).where(FeedPartner.confirmed_at.is_(None), FeedPartner.ended_at.is_(None))
    for found in session.scalars(named):
        yield Waiting(
            id=found.public_id,
            by=found.by,
            at=found.at,
            endpoint="feed.partner",
            values={"feed_partner": found.public_id},
            administrators=True,
        )
