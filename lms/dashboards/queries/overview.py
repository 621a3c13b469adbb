"""All editions of a year side by side, for those who coordinate them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from sqlalchemy import ColumnElement, func, select, union_all
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import NOT_SHOWN, Filter
from lms.kernel.values import dataclass
from lms.people.models import Sector
from lms.people.queries.sensitive import unnamed_people
from lms.people.rules import Scope
from lms.seminars.models import Enrolment, StageReached, Tally, TallyDelta
from lms.seminars.queries import EditionRow, editions_visible
from lms.seminars.rules import COUNTED, Stage, coordinates

from .choices import Choices

NO_CHOICES = Choices((), (), ())
EVERYBODY = Filter()
_KEPT = ((Tally, Tally.count), (TallyDelta, TallyDelta.change))


@dataclass(frozen=True)
class Overview:
    """The years there are, the one that is shown, and its editions with how many people have reached each stage."""

    years: tuple[int, ...]
    year: int
    editions: Sequence[EditionRow]
    reached: Mapping[tuple[int, Stage], int] = field(default_factory=dict)
    choices: Choices = NO_CHOICES
    """The states and sectors of their people, by which the numbers can be narrowed."""
    wanted: Filter = EVERYBODY


def overview(
    session: Session, scope: Scope, year: int | None, today: dt.date, wanted_of: Callable[[Choices], Filter]
) -> Overview:
    """The editions of a year that somebody with this scope coordinates, the first to begin first, in four statements.
    `wanted_of` says for what is offered whom the numbers are of.

    Where no year is asked for, or one without any, this year's, else the latest.
    """
    mine = [row for row in editions_visible(session, scope) if coordinates(scope, row.public_id)]
    years = tuple(sorted({row.starts_on.year for row in mine}, reverse=True))
    if year not in years:
        year = today.year if today.year in years or not years else years[0]
    shown = sorted((row for row in mine if row.starts_on.year == year), key=lambda row: (row.starts_on, row.id))
    ids = [row.id for row in shown]
    unnamed = _unnamed(session, ids)
    offered = _choices(session, ids, unnamed)
    wanted = wanted_of(offered)
    return Overview(years, year, shown, _reached(session, ids, unnamed, wanted), offered, wanted)


Unnamed = Mapping[tuple[int, str, Sector, Stage], int]
"""Those who are not to be named and so count under no state: by edition, by the state where they serve, and further."""


def _unnamed(session: Session, edition_ids: Sequence[int]) -> Unnamed:
    """From the few who are marked to their places."""
    place = (Enrolment.edition_id, Enrolment.state_code, Enrolment.sector, StageReached.stage)
    theirs = (
        select(*place, func.count())
        .join(StageReached, StageReached.enrolment_id == Enrolment.id)
        # Plus nothing: an expression is in no index, so that nobody goes through everybody in the editions.
        .where(Enrolment.person_id.in_(unnamed_people()), (Enrolment.edition_id + 0).in_(edition_ids))
        .where(Enrolment.state.in_(COUNTED))
        .group_by(*place)
    )
    return {(row[0], row[1], row[2], row[3]): row[4] for row in session.execute(theirs)}


def _choices(session: Session, edition_ids: Sequence[int], unnamed: Unnamed) -> Choices:
    """The states and sectors of whoever has been invited; those that only people have who are not to be named are not
    told."""
    found: Counter[tuple[str, Sector]] = Counter()
    folded, fresh = (
        select(table.state_code, table.sector, func.sum(number))
        .where(table.edition_id.in_(edition_ids), table.stage == Stage.INVITED)
        .group_by(table.state_code, table.sector)
        for table, number in _KEPT
    )
    for state, sector, number in session.execute(union_all(folded, fresh)):
        found[state, sector] += int(number)
    sectors = {sector for (_state, sector), number in found.items() if number}
    for (_edition, state, sector, stage), number in unnamed.items():
        found[state, sector] -= number if stage is Stage.INVITED else 0
    states = sorted({state for (state, _sector), number in found.items() if number})
    return Choices((*states, *((NOT_SHOWN,) if unnamed else ())), tuple(one for one in Sector if one in sectors), ())


def _reached(
    session: Session, edition_ids: Sequence[int], unnamed: Unnamed, wanted: Filter
) -> Mapping[tuple[int, Stage], int]:
    found: Counter[tuple[int, Stage]] = Counter()
    apart: Counter[tuple[int, Stage]] = Counter()
    for (edition_id, state, sector, stage), number in unnamed.items():
        if wanted.state in (state, NOT_SHOWN) and wanted.sector in (None, sector):
            apart[edition_id, stage] += number
    if wanted.state == NOT_SHOWN:
        return apart
    folded, fresh = (
        select(table.edition_id, table.stage, func.sum(number))
        .where(table.edition_id.in_(edition_ids), *_of_place(table, wanted))
        .group_by(table.edition_id, table.stage)
        for table, number in _KEPT
    )
    for edition_id, stage, number in session.execute(union_all(folded, fresh)):
        found[edition_id, Stage(stage)] += int(number)
    found.subtract(apart)
    return found


def _of_place(table: type[Tally] | type[TallyDelta], wanted: Filter) -> list[ColumnElement[bool]]:
    state = [table.state_code == wanted.state] if wanted.state else []
    return [*state, table.sector == wanted.sector] if wanted.sector else state
