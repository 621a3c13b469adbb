"""How people stand, worked out from what is known of them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.rules.stands import standing
from lms.seminars.models import Edition, EditionVersion, Enrolment

from .known import LAST, known


@dataclass(frozen=True, slots=True)
class _Edition:
    zone: str
    starts_on: dt.date
    version_id: int


def stands_of(session: Session, who: ColumnElement[bool]) -> dict[int, tuple[int, str]]:
    """The edition, and how they stand in it, of everybody who counts and for whom this holds of their place."""
    there = select(Edition.id, Edition.zone, Edition.starts_on, EditionVersion.version_id)
    found = there.join(EditionVersion, EditionVersion.id == LAST).where(
        Edition.id.in_(select(Enrolment.edition_id).where(who))
    )
    editions = {row.id: _Edition(row.zone, row.starts_on, row.version_id) for row in session.execute(found)}
    if not editions:
        return {}
    outlines = {number: outline(session, number) for number in {one.version_id for one in editions.values()}}
    return {
        row.id: (row.edition_id, standing(facts, outlines[editions[row.edition_id].version_id].asked_units).key)
        for row, facts in known(session, editions, outlines, {}, who)
    }
