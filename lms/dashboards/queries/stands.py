"""How people stand, worked out from what is known of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.catalogue.rules.outline import Outline
from lms.dashboards.models import AttentionStand
from lms.dashboards.rules.stands import standing
from lms.kernel.values import dataclass
from lms.seminars.models import Edition, EditionVersion, Enrolment

from .known import LAST, OnCalendar, known


@dataclass(frozen=True, slots=True)
class _Edition:
    zone: str
    starts_on: dt.date
    version_id: int


Stands = dict[int, tuple[int, str]]
"""By enrolment, its edition and how somebody stands there."""


def stands_of(session: Session, enrolment_ids: Collection[int] | None = None) -> tuple[Stands, Stands]:
    """How these stand, or everybody: as it is noted, and as it follows from what is known of them; two statements."""
    which = true() if enrolment_ids is None else Enrolment.id.in_(enrolment_ids)
    rows = session.execute(
        select(
            Enrolment.id, Enrolment.edition_id, Edition.zone, Edition.starts_on, EditionVersion.version_id,
            AttentionStand.stand,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(EditionVersion, EditionVersion.id == LAST)
        .outerjoin(AttentionStand, AttentionStand.enrolment_id == Enrolment.id)
        .where(which)
    ).all()  # fmt: skip
    noted = {row.id: (row.edition_id, row.stand) for row in rows if row.stand is not None}
    editions = {row.edition_id: _Edition(row.zone, row.starts_on, row.version_id) for row in rows}
    outlines = {number: outline(session, number) for number in {one.version_id for one in editions.values()}}
    # Whoever is in an edition that reads no version stands nowhere: the database check says so of the edition.
    placed = and_(which, Enrolment.edition_id.in_(editions))
    return noted, _real(session, editions, outlines, placed, told=False)


def _real(
    session: Session,
    editions: Mapping[int, OnCalendar],
    outlines: Mapping[int, Outline],
    which: ColumnElement[bool],
    *,
    told: bool,
) -> Stands:
    return {
        row.enrolment_id: (
            row.edition_id,
            standing(facts, outlines[editions[row.edition_id].version_id].asked_units).key,
        )
        for row, facts in known(session, editions, outlines, {}, which, told=told)
    }


def told_stands(
    session: Session,
    editions: Mapping[int, OnCalendar],
    outlines: Mapping[int, Outline],
    ids: Collection[int],
) -> Stands:
    """How these are told to stand, who are not to be named and whose own clocks are told nowhere; one statement."""
    return _real(session, editions, outlines, Enrolment.id.in_(ids), told=True)
