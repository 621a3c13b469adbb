"""Numbers without a contended row: each change writes its own delta, the worker folds them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, cast

from sqlalchemy import Table, delete, func, literal, select
from sqlalchemy.orm import Session

from lms.kernel.db import Model, dialect_insert
from lms.kernel.events import publish
from lms.people.models import Person, Sector
from lms.seminars.events import CameFurther, CountedElsewhere, LookedAtAnew
from lms.seminars.models import (
    EditionCount,
    EditionCountDelta,
    Enrolment,
    NameAwaited,
    PartTally,
    PartTallyDelta,
    StageReached,
    Tally,
    TallyDelta,
)
from lms.seminars.rules import COMPLETE, NAMES_AWAITED, Stage, counted

FOLD_AT_ONCE = 5000


def reach(session: Session, *, enrolment: Enrolment, stage: Stage, at: dt.datetime) -> bool:
    """Note that an enrolment reached a stage, once; says whether this was the first time.

    Who has left meanwhile keeps the stage but is in no number.
    """
    insert = dialect_insert(session)
    new = insert(StageReached).values(enrolment_id=enrolment.id, edition_id=enrolment.edition_id, stage=stage, at=at)
    if session.scalar(new.on_conflict_do_nothing().returning(StageReached.stage)) is None:
        return False
    # The lock puts this change before or after a withdrawal going on at the same time, so that the delta is right.
    place = select(Enrolment.state, Enrolment.sector).where(Enrolment.id == enrolment.id)
    held = session.execute(place.with_for_update(key_share=True)).first()
    if held and counted(held.state):
        _add(session, enrolment, held.sector, stage, 1)
        _came_further(session, [enrolment.id], stage)
    return True


def reach_all(session: Session, *, enrolment_ids: Collection[int], stage: Stage, at: dt.datetime) -> None:
    """As `reach`, for any number at once in three statements; the deltas of one state and sector become one row."""
    if not enrolment_ids:
        return
    insert = dialect_insert(session)
    moment = (literal(stage, StageReached.stage.type), literal(at, StageReached.at.type))
    wanted = select(Enrolment.id, Enrolment.edition_id, *moment).where(Enrolment.id.in_(enrolment_ids))
    columns = ["enrolment_id", "edition_id", "stage", "at"]
    new = insert(StageReached).from_select(columns, wanted.order_by(Enrolment.id))
    fresh = session.scalars(new.on_conflict_do_nothing().returning(StageReached.enrolment_id)).all()
    place = (Enrolment.edition_id, Enrolment.state_code, Enrolment.sector)
    held = select(Enrolment.id, Enrolment.state, *place).where(Enrolment.id.in_(fresh)).order_by(Enrolment.id)
    rows = session.execute(held.with_for_update(key_share=True)).all() if fresh else []
    here = [row for row in rows if counted(row.state)]
    sums = Counter(tuple(row)[2:] for row in here)
    session.add_all(
        TallyDelta(edition_id=edition, state_code=state, sector=sector, stage=stage, change=number)
        for (edition, state, sector), number in sums.items()
    )
    _came_further(session, [row.id for row in here], stage)


def recount(session: Session, enrolment: Enrolment, change: int) -> None:
    """Bring all stages of an enrolment into the numbers (+1) or out of them (-1); the caller holds its row."""
    reached = session.scalars(select(StageReached.stage).where(StageReached.enrolment_id == enrolment.id)).all()
    for stage in reached:
        _add(session, enrolment, enrolment.sector, stage, change)
    if Stage.PRE_READING in reached:
        count_part(session, part=COMPLETE, enrolment_ids=[enrolment.id], change=change)


def recount_all(session: Session, *, enrolment_ids: Collection[int], change: int) -> None:
    """As `recount`, for any number at once who count, and in every part of their editions that they belong to."""
    session.flush()  # the stages are read as they stand in the database
    place = (Enrolment.edition_id, Enrolment.state_code, Enrolment.sector, StageReached.stage)
    reached = select(*place, func.count()).join(StageReached, StageReached.enrolment_id == Enrolment.id)
    stages = session.execute(reached.where(Enrolment.id.in_(enrolment_ids)).group_by(*place))
    session.add_all(
        TallyDelta(edition_id=edition, state_code=state, sector=sector, stage=stage, change=change * number)
        for edition, state, sector, stage, number in stages
    )
    count_part(session, part=COMPLETE, enrolment_ids=_complete(session, enrolment_ids), change=change)
    publish(session, CountedElsewhere(tuple(enrolment_ids), change))


def _complete(session: Session, enrolment_ids: Collection[int]) -> Sequence[int]:
    """Who of these has completed the pre-reading."""
    whose = select(StageReached.enrolment_id).where(StageReached.stage == Stage.PRE_READING)
    return session.scalars(whose.where(StageReached.enrolment_id.in_(enrolment_ids))).all()


def _came_further(session: Session, enrolment_ids: Collection[int], stage: Stage) -> None:
    """A stage more of people who count, whose places are held: also in every part of their editions they belong to."""
    if not enrolment_ids:
        return
    all_of_theirs = None if stage is Stage.PRE_READING else stage
    theirs = _complete(session, enrolment_ids)
    count_part(session, part=COMPLETE, enrolment_ids=theirs, change=1, stage=all_of_theirs)
    publish(session, CameFurther(tuple(enrolment_ids), stage.value))


def count_part(
    session: Session, *, part: str, enrolment_ids: Collection[int], change: int, stage: Stage | None = None
) -> None:
    """Bring the stages that these have reached, or one of them, into the numbers of a part of their edition (+1) or out
    of them (-1); the caller holds their places."""
    if not enrolment_ids:
        return
    session.flush()  # the stages are read as they stand in the database
    place = (Enrolment.edition_id, Enrolment.state_code, Enrolment.sector, StageReached.stage)
    stages = (
        select(*place, func.count())
        .join(StageReached, StageReached.enrolment_id == Enrolment.id)
        .where(Enrolment.id.in_(enrolment_ids), *([StageReached.stage == stage] if stage else []))
        .group_by(*place)
    )
    session.add_all(
        PartTallyDelta(
            edition_id=edition, part=part, state_code=state, sector=sector, stage=reached, change=change * number
        )
        for edition, state, sector, reached, number in session.execute(stages)
    )


def _add(session: Session, enrolment: Enrolment, sector: Sector, stage: Stage, change: int) -> None:
    session.add(
        TallyDelta(
            edition_id=enrolment.edition_id,
            state_code=enrolment.state_code,
            sector=sector,
            stage=stage,
            change=change,
        )
    )


def count(session: Session, *, edition_id: int, what: str, change: int) -> None:
    """Change how many there are of something in an edition."""
    if change:
        session.add(EditionCountDelta(edition_id=edition_id, what=what, change=change))


def keep_names_awaited(session: Session, *, enrolment_ids: Collection[int]) -> None:
    """Note who of these counts, has signed in and has not confirmed their name, and keep the numbers in line."""
    session.flush()  # the rows are read as they stand in the database
    place = (Enrolment.id, Enrolment.edition_id, Enrolment.person_id, Enrolment.state, Enrolment.first_seen_at)
    held = select(*place).where(Enrolment.id.in_(enrolment_ids)).order_by(Enrolment.id)
    # Held before the names are looked at: of a sign-in and a confirmation at once, the second sees what the first did.
    rows = session.execute(held.with_for_update(key_share=True)).all()
    nameless = select(Person.id).where(
        Person.id.in_({row.person_id for row in rows}), Person.name_confirmed_at.is_(None)
    )
    without = set(session.scalars(nameless))
    awaited = {
        row.id: row.edition_id
        for row in rows
        if counted(row.state) and row.first_seen_at is not None and row.person_id in without
    }
    _keep_awaited(session, awaited, {row.id for row in rows} - awaited.keys())
    publish(session, LookedAtAnew(tuple(row.id for row in rows)))


def _keep_awaited(session: Session, awaited: dict[int, int], others: set[int]) -> None:
    changes: Counter[int] = Counter()
    if awaited:
        rows = [{"enrolment_id": number, "edition_id": edition_id} for number, edition_id in awaited.items()]
        new = dialect_insert(session)(NameAwaited).values(rows).on_conflict_do_nothing()
        changes.update(session.scalars(new.returning(NameAwaited.edition_id)).all())
    gone = delete(NameAwaited).where(NameAwaited.enrolment_id.in_(others)).returning(NameAwaited.edition_id)
    changes.subtract(session.scalars(gone, execution_options={"synchronize_session": False}).all())
    for edition_id, change in changes.items():
        count(session, edition_id=edition_id, what=NAMES_AWAITED, change=change)


def fold_tallies(session: Session) -> int:
    """Add the deltas written so far to the numbers and remove them; says how many that were."""
    session.flush()  # statements about tables do not see by themselves what is not written yet
    place = ("state_code", "sector", "stage")
    return (
        fold(session, TallyDelta, Tally, ("edition_id", *place))
        + fold(session, PartTallyDelta, PartTally, ("edition_id", "part", *place))
        + fold(session, EditionCountDelta, EditionCount, ("edition_id", "what"))
    )


def fold(session: Session, delta: type[Model], tally: type[Model], key: Sequence[str]) -> int:
    """Add the deltas of one kind to their tallies and remove them; says how many that were."""
    fresh, kept = cast(Table, delta.__table__), cast(Table, tally.__table__)
    some = select(fresh.c.id).order_by(fresh.c.id).limit(FOLD_AT_ONCE).with_for_update(skip_locked=True)
    gone = delete(fresh).where(fresh.c.id.in_(some)).returning(*(fresh.c[name] for name in key), fresh.c.change)
    sums: Counter[tuple[Any, ...]] = Counter()
    taken = session.execute(gone).all()
    for one in taken:
        sums[tuple(one)[:-1]] += one.change
    insert = dialect_insert(session)
    # In one order everywhere, so that two workers cannot wait for each other's rows.
    for place, change in sorted(sums.items(), key=str):
        row = insert(kept).values(**dict(zip(key, place, strict=True)), count=change)
        added = {"count": kept.c.count + row.excluded.count}
        session.execute(row.on_conflict_do_update(index_elements=list(key), set_=added))
    return len(taken)
