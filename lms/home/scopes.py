"""What a mandate shows: of how many people, in which editions, of which states, and how much of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Sight
from lms.people.models import Institution
from lms.people.rules import Grant
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Place

from .rules.watchers import Holding, shown_by


@dataclass(frozen=True)
class Shown:
    """How many people of a state in an edition a mandate shows, and how much of them at most."""

    sight: Sight
    edition: str
    edition_title: str
    state_code: str
    people: int


NOT_A_PERSON = -1
"""The people of one edition and institution are alike for every mandate, so they are asked about together."""


def shown_of(session: Session, person_id: int, grant: Grant) -> list[Shown]:
    """What one mandate shows, by edition and state: the rule of "who can see what about me", asked for every place."""
    held = Holding(person_id, grant)
    places, titles = _places(session, person_id)
    found: list[Shown] = []
    for sight, shown in shown_by(held, places).items():
        numbers = Counter[tuple[str, str]]()
        for place in shown:
            numbers[place.edition, place.state_code] += places[place]
        found += [Shown(sight, one, titles[one], state, count) for (one, state), count in numbers.items()]
    return found


def _places(session: Session, holder: int) -> tuple[dict[Place, int], dict[str, str]]:
    """How many people but the holder have a place of each kind, and the titles of the editions; one statement."""
    rows = session.execute(
        select(
            Edition.public_id,
            Edition.title,
            Enrolment.state_code,
            Institution.public_id.label("institution"),
            func.count().label("people"),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.person_id != holder)
        .group_by(Edition.id, Edition.public_id, Edition.title, Enrolment.state_code, Institution.public_id)
        .order_by(Edition.starts_on.desc(), Edition.id.desc(), Enrolment.state_code)
    ).all()
    places = {Place(row.public_id, row.state_code, row.institution, NOT_A_PERSON): row.people for row in rows}
    return places, {row.public_id: row.title for row in rows}


def people_shown(session: Session, person_id: int, grant: Grant, sights: Iterable[Sight]) -> set[int]:
    """The people whom a mandate shows by name, asked place by place with the same rule."""
    rows = session.execute(
        select(Edition.public_id, Enrolment.state_code, Institution.public_id, Enrolment.person_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
    )
    shown = shown_by(Holding(person_id, grant), [Place(*row) for row in rows])
    return {place.person_id for sight in sights for place in shown.get(sight, ())}
