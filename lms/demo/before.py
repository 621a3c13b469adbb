"""The editions from before this system in the demonstration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from lms.alumni.queries.past import proposal_of
from lms.alumni.services import past as attesting
from lms.catalogue import queries as catalogue
from lms.seminars import services
from lms.seminars.models import Edition, EditionKind
from lms.seminars.rules import EditionFacts

from .cast import Past


def held_before(session: Session, past: Past, *, place: str, zone: str, contact: str, at: dt.datetime) -> Edition:
    """An edition with the days on which it was held, entered long after."""
    slug, _version = catalogue.courses(session)[0]
    facts = EditionFacts(
        kind=EditionKind.GLOBAL,
        title=past.title,
        place=place,
        starts_on=past.starts_on,
        ends_on=past.ends_on,
        zone=zone,
        deadline_at=dt.datetime.combine(past.starts_on, dt.time(8), ZoneInfo(zone)),
        contact=contact,
    )
    return services.create_edition(session, course=slug, facts=facts, at=at, by=None)


def attest(
    session: Session, edition: Edition, places: Sequence[int], past: Past, officers: tuple[str, str], at: dt.datetime
) -> None:
    """One officer proposes the records, and where the past says so another confirms them."""
    first, second = officers
    attesting.propose(session, edition=edition, places=places, source=past.source, by=first, at=at)
    found = proposal_of(session, edition.id, at)
    if past.confirmed and found:
        attesting.confirm(session, edition=edition, proposal=found.public_id, by=second, at=at)
