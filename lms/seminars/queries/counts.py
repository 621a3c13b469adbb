"""The numbers of an edition: what was folded and what was not yet, in one statement."""

from __future__ import annotations

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from lms.people.models import Sector
from lms.seminars.models import Tally, TallyDelta
from lms.seminars.rules import Stage

Counts = dict[tuple[str, Sector, Stage], int]


def counts(session: Session, edition_id: int) -> Counts:
    """How many people of each state and sector have reached each stage; only what is not zero."""
    folded = select(Tally.state_code, Tally.sector, Tally.stage, Tally.count.label("number")).where(
        Tally.edition_id == edition_id
    )
    fresh = select(TallyDelta.state_code, TallyDelta.sector, TallyDelta.stage, TallyDelta.change).where(
        TallyDelta.edition_id == edition_id
    )
    both = union_all(folded, fresh).subquery()
    number = func.sum(both.c.number)
    grouped = select(both.c.state_code, both.c.sector, both.c.stage, number).group_by(
        both.c.state_code, both.c.sector, both.c.stage
    )
    rows = session.execute(grouped.having(number != 0))
    return {(state, sector, stage): int(count) for state, sector, stage, count in rows}
