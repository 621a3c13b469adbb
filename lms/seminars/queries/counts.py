"""The numbers of an edition: what was folded and what was not yet, in one statement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlalchemy import ColumnElement, String, Table, bindparam, func, select, type_coerce, union_all
from sqlalchemy.orm import Session

from lms.people.models import Sector
from lms.seminars.models import Tally, TallyDelta
from lms.seminars.rules import Stage

Counts = Mapping[tuple[str, Sector, Stage], int]

# Built once, of tables: see `lms.people.queries.viewers`.
_tally, _delta = (cast(Table, model.__table__) for model in (Tally, TallyDelta))
# Hundreds of rows: sectors and stages are told apart here, which is quicker than a column does it.
_SECTORS = {sector.value: sector for sector in Sector}
_STAGES = {stage.value: stage for stage in Stage}


def _place(table: Table) -> tuple[ColumnElement[str], ...]:
    return tuple(type_coerce(table.c[name], String) for name in ("state_code", "sector", "stage"))


_KEPT = union_all(
    select(*_place(_tally), _tally.c.count).where(_tally.c.edition_id == bindparam("edition_id")),
    select(*_place(_delta), func.sum(_delta.c.change))
    .where(_delta.c.edition_id == bindparam("edition_id"))
    .group_by(_delta.c.state_code, _delta.c.sector, _delta.c.stage),
)


def counts(session: Session, edition_id: int) -> Counts:
    """How many people of each state and sector have reached each stage; only what is not zero."""
    session.flush()  # a statement sent past the session does not see by itself what is not written yet
    found: dict[tuple[str, Sector, Stage], int] = {}
    for state, sector, stage, number in session.connection().execute(_KEPT, {"edition_id": edition_id}).all():
        place = (state, _SECTORS[sector], _STAGES[stage])
        found[place] = found.get(place, 0) + int(number)
    return {place: number for place, number in found.items() if number}
