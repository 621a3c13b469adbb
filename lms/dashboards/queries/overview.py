"""All editions of a year side by side, for those who coordinate them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from lms.people.rules import Scope
from lms.seminars.models import Tally, TallyDelta
from lms.seminars.queries import EditionRow, editions_visible
from lms.seminars.rules import Stage, coordinates


@dataclass(frozen=True)
class Overview:
    """The years there are, the one that is shown, and its editions with how many people have reached each stage."""

    years: tuple[int, ...]
    year: int
    editions: Sequence[EditionRow]
    reached: Mapping[tuple[int, Stage], int] = field(default_factory=dict)


def overview(session: Session, scope: Scope, year: int | None, today: dt.date) -> Overview:
    """The editions of a year that somebody with this scope coordinates, the first to begin first, in two statements.

    Where no year is asked for, or one without any, this year's, else the latest.
    """
    mine = [row for row in editions_visible(session, scope) if coordinates(scope, row.public_id)]
    years = tuple(sorted({row.starts_on.year for row in mine}, reverse=True))
    if year not in years:
        year = today.year if today.year in years or not years else years[0]
    shown = sorted((row for row in mine if row.starts_on.year == year), key=lambda row: (row.starts_on, row.id))
    return Overview(years, year, shown, _reached(session, [row.id for row in shown]))


def _reached(session: Session, edition_ids: Sequence[int]) -> Mapping[tuple[int, Stage], int]:
    folded = select(Tally.edition_id, Tally.stage, func.sum(Tally.count)).group_by(Tally.edition_id, Tally.stage)
    delta = TallyDelta
    fresh = select(delta.edition_id, delta.stage, func.sum(delta.change)).group_by(delta.edition_id, delta.stage)
    found: Counter[tuple[int, Stage]] = Counter()
    for edition_id, stage, number in session.execute(
        union_all(folded.where(Tally.edition_id.in_(edition_ids)), fresh.where(delta.edition_id.in_(edition_ids)))
    ):
        found[edition_id, Stage(stage)] += int(number)
    return found
