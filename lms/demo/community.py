"""The alumni community of the demonstration: networks, and members who show more or less of themselves."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.alumni.rules.directory import NO_CONSENT, Audience, Consent, Field
from lms.alumni.services.introductions import ask
from lms.alumni.services.membership import agree, join
from lms.alumni.services.networks import add_network
from lms.people.models import Person
from lms.people.queries import person_by_address

from .cast import DOMAIN, Cast


def open_community(session: Session, cast: Cast, *, at: dt.datetime, by: str) -> None:
    """Networks first, then everybody who has joined, some weeks ago."""
    for network in cast.networks:
        add_network(session, name=network.name, states=network.states, at=at - dt.timedelta(days=200), by=by)
    for number, one in enumerate(cast.members):
        person = _person(session, one.by)
        joined = at - dt.timedelta(days=60 - number)
        join(session, person_id=person.id, at=joined)
        shows = {Field(field): Consent(Audience(to)) for field, to in one.shows.items()}
        agree(
            session,
            person_id=person.id,
            wanted={field: shows.get(field, NO_CONSENT) for field in Field},
            languages=one.languages,
            subjects=one.subjects,
            at=joined,
        )
    for asked in cast.introductions:
        asker, other = _person(session, asked.by), _person(session, asked.to)
        day = at - dt.timedelta(days=2)
        ask(session, asker_id=asker.id, asked_id=other.id, message=asked.message, key=f"demo-{asked.by}", at=day)


def _person(session: Session, key: str) -> Person:
    found = person_by_address(session, f"{key}@{DOMAIN}")
    if found is None:
        raise LookupError(f"{key} is not in the demonstration")
    return found
