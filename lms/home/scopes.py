"""What a mandate shows: of how many people, in which editions, of which states, and how much of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, case, func, select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import NOT_SHOWN, Sight
from lms.kernel.values import dataclass
from lms.people.models import Institution
from lms.people.queries.sensitive import not_to_be_named
from lms.people.rules import Grant
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Place

from .rules.watchers import Holding, shown_by

_enrolment = cast(Table, Enrolment.__table__)


@dataclass(frozen=True)
class Shown:
    """How many people of a state in an edition a mandate shows, and how much of them at most; those who are not to be
    named are of the state `NOT_SHOWN`."""

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
            for state, people in places[place].items():
                numbers[place.edition, state] += people
        found += [Shown(sight, one, titles[one], state, count) for (one, state), count in numbers.items()]
    return found


def _places(session: Session, holder: int) -> tuple[dict[Place, dict[str, int]], dict[str, str]]:
    """How many people but the holder have a place of each kind, by the state under which they are shown, and the titles
    of the editions; one statement."""
    shown_state = case((not_to_be_named(_enrolment.c.person_id), NOT_SHOWN), else_=_enrolment.c.state_code)
    rows = session.execute(
        select(
            Edition.public_id,
            Edition.title,
            Enrolment.state_code,
            Institution.public_id.label("institution"),
            shown_state.label("shown_state"),
            func.count().label("people"),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.person_id != holder)
        .group_by(
            Edition.id, Edition.public_id, Edition.title, Enrolment.state_code, Institution.public_id, shown_state
        )
        .order_by(Edition.starts_on.desc(), Edition.id.desc(), Enrolment.state_code)
    ).all()
    places: dict[Place, dict[str, int]] = {}
    for row in rows:
        place = Place(row.public_id, row.state_code, row.institution, NOT_A_PERSON)
        places.setdefault(place, {})[row.shown_state] = row.people
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
