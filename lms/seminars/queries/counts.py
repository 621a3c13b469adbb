"""The numbers of an edition: what was folded and what was not yet, in one statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import cast

from sqlalchemy import Table, bindparam, func, select, union_all
from sqlalchemy.orm import Session

from lms.people.models import Sector
from lms.seminars.models import Tally, TallyDelta
from lms.seminars.rules import Stage

Counts = Mapping[tuple[str, Sector, Stage], int]

# Built once, of tables: see `lms.people.queries.viewers`.
_tally, _delta = (cast(Table, model.__table__) for model in (Tally, TallyDelta))
_PLACE = (_delta.c.state_code, _delta.c.sector, _delta.c.stage)
_KEPT = union_all(
    select(_tally.c.state_code, _tally.c.sector, _tally.c.stage, _tally.c.count).where(
        _tally.c.edition_id == bindparam("edition_id")
    ),
    select(*_PLACE, func.sum(_delta.c.change)).where(_delta.c.edition_id == bindparam("edition_id")).group_by(*_PLACE),
)


def counts(session: Session, edition_id: int) -> Counts:
    """How many people of each state and sector have reached each stage; only what is not zero."""
    session.flush()  # a statement sent past the session does not see by itself what is not written yet
    found: Counter[tuple[str, Sector, Stage]] = Counter()
    for state, sector, stage, number in session.connection().execute(_KEPT, {"edition_id": edition_id}).all():
        found[state, sector, stage] += int(number)
    return {place: number for place, number in found.items() if number}
