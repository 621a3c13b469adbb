"""Who is where and who holds what, read from the tables themselves: what the world looks like after an act."""

from __future__ import annotations

import copy

from sqlalchemy import select

from lms.alumni.models import Introduction
from lms.kernel.clock import now
from lms.kernel.unit_of_work import reading
from lms.people.models import Affiliation, Institution, Mandate, MandateState, SensitiveMark
from lms.seminars.models import Edition, EditionCompanion, Enrolment, EnrolmentState, Nomination

from .world import Held, Placed, World

COUNTED = (EnrolmentState.INVITED, EnrolmentState.ACCEPTED)
PLACES = (
    select(
        Enrolment.public_id, Edition.public_id, Enrolment.person_id,
        Institution.state_code, Institution.public_id, Enrolment.state,
    )
    .join(Edition, Edition.id == Enrolment.edition_id)
    .join(Affiliation, Affiliation.id == Enrolment.affiliation_id)
    .join(Institution, Institution.id == Affiliation.institution_id)
)  # fmt: skip
SERVED = select(Affiliation.person_id, Institution.state_code).join(
    Institution, Institution.id == Affiliation.institution_id
)


def as_it_is(world: World) -> World:
    """The same world with the places, mandates and marks that the tables hold now."""
    later, today = copy.copy(world), now().date()
    with reading() as session:
        later.places = [Placed(*row[:5], counted=row[5] in COUNTED) for row in session.execute(PLACES)]
        later.held = [
            Held(
                one.public_id, one.person_id, one.role, one.scope, one.scope_id,
                counts=one.state is MandateState.IN_FORCE
                and one.since <= today
                and (one.until is None or one.until >= today),
                waits=one.state is MandateState.PROPOSED,
            )
            for one in session.scalars(select(Mandate))
        ]  # fmt: skip
        companions = select(Edition.public_id, EditionCompanion.person_id)
        later.companions = [
            (row[0], row[1])
            for row in session.execute(companions.join(Edition, Edition.id == EditionCompanion.edition_id))
        ]
        nominators = select(Edition.public_id, Nomination.by_person_id)
        later.nominators = [
            (row[0], row[1]) for row in session.execute(nominators.join(Edition, Edition.id == Nomination.edition_id))
        ]
        asked = select(Introduction.asker_id, Introduction.asked_id)
        later.introduced = [(row[0], row[1]) for row in session.execute(asked)]
        marks = list(session.scalars(select(SensitiveMark).order_by(SensitiveMark.id)))
        served = [(row[0], row[1]) for row in session.execute(SERVED)]
    later.serving = set(served)
    last = {mark.person_id or mark.state_code: mark.on for mark in marks}
    marked = {person for person, state in served if last.get(person) or last.get(state)}
    later.unnamed = {one.person_id: one.public_id for one in later.places if one.person_id in marked}
    return later
