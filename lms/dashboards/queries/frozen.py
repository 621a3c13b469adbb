"""Tables as they were published, and what is true when the next ones are made."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from lms.dashboards.models import FrozenTable
from lms.dashboards.rules.frozen import AFTER_THE_END, OTHER, Published, Stratum, Tallies, Tally, group_of
from lms.dashboards.rules.matrix import Place
from lms.kernel.values import dataclass
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent, StageReached
from lms.seminars.rules import COUNTED, Stage


@dataclass(frozen=True)
class Frozen:
    """What was published of an edition on a Monday."""

    as_of: dt.datetime
    groups: tuple[Published, ...]


# What was published -------------------------------------------------------------------------------------------------


def frozen_tables(session: Session, edition_id: int) -> list[Frozen]:
    """Everything that was published of an edition, the latest first; one statement."""
    rows = select(FrozenTable.as_of, FrozenTable.groups).where(FrozenTable.edition_id == edition_id)
    return [Frozen(as_of, _read(groups)) for as_of, groups in session.execute(rows.order_by(FrozenTable.as_of.desc()))]


def parted_by_sector(session: Session) -> frozenset[int]:
    """The editions of which numbers of single sectors were published: their people are counted under the sector they
    had then for the whole term, see `rules.frozen`. One statement."""
    last = select(func.max(FrozenTable.id)).group_by(FrozenTable.edition_id)
    rows = select(FrozenTable.edition_id, FrozenTable.groups).where(FrozenTable.id.in_(last))
    return frozenset(
        edition_id
        for edition_id, groups in session.execute(rows)
        if any(one.group.column != OTHER for one in _read(groups))
    )


def latest_tables(session: Session, editions: Iterable[str]) -> dict[str, Frozen]:
    """The latest table of each of these editions (public ids), where there is one; one statement."""
    last = (
        select(func.max(FrozenTable.id))
        .join(Edition, Edition.id == FrozenTable.edition_id)
        .where(Edition.public_id.in_(list(editions)))
        .group_by(FrozenTable.edition_id)
    )
    rows = (
        select(Edition.public_id, FrozenTable.as_of, FrozenTable.groups)
        .join(FrozenTable, FrozenTable.edition_id == Edition.id)
        .where(FrozenTable.id.in_(last))
    )
    return {edition: Frozen(as_of, _read(groups)) for edition, as_of, groups in session.execute(rows)}


def _read(groups: Sequence[dict[str, Any]]) -> tuple[Published, ...]:
    return tuple(
        Published(
            Stratum(kept["row"], kept["column"], kept["step"]),
            {stage: kept["numbers"].get(stage.value, 0) for stage in Stage},
        )
        for kept in groups
    )


# What is true -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DueEdition:
    """An edition without the table of a Monday, and when somebody was last invited newly."""

    id: int
    deadline_at: dt.datetime
    last_invited: dt.datetime | None


def editions_due(session: Session, as_of: dt.datetime) -> list[DueEdition]:
    """Editions that go on, or ended not long ago, and have no table of this Monday yet; one statement."""
    invited = (
        select(func.max(StageReached.at))
        .join(Enrolment, Enrolment.id == StageReached.enrolment_id)
        .where(Enrolment.edition_id == Edition.id, StageReached.stage == Stage.INVITED, StageReached.at < as_of)
        .scalar_subquery()
    )
    made = select(FrozenTable.id).where(FrozenTable.edition_id == Edition.id, FrozenTable.as_of >= as_of).exists()
    found = select(Edition.id, Edition.deadline_at, invited).where(
        ~made, Edition.ends_on >= (as_of - AFTER_THE_END).date(), Edition.created_at < as_of
    )
    return [DueEdition(*row) for row in session.execute(found.order_by(Edition.id))]


def tallies(session: Session, edition_id: int, as_of: dt.datetime, without: Collection[int] = ()) -> Tallies:
    """How many people ever invited had reached each stage before an instant, and how many of them were there then, by
    state and sector, in two statements; `without` are enrolments that are in no number."""
    invited = (
        select(StageReached.enrolment_id).where(StageReached.stage == Stage.INVITED, StageReached.at < as_of).subquery()
    )
    place = (Enrolment.state_code, Enrolment.sector)
    here = (Enrolment.edition_id == edition_id, Enrolment.id.not_in(list(without)))
    stages = (
        select(*place, StageReached.stage, func.count())
        .join(StageReached, StageReached.enrolment_id == Enrolment.id)
        .join(invited, invited.c.enrolment_id == Enrolment.id)
        .where(*here, StageReached.at < as_of)
        .group_by(*place, StageReached.stage)
    )
    reached: dict[Place, dict[Stage, int]] = defaultdict(dict)
    for state, sector, stage, number in session.execute(stages):
        reached[state, sector][stage] = number
    present = {(state, sector): number for state, sector, number in session.execute(_present(place, here, as_of))}
    return {place: Tally(stages, present.get(place, 0)) for place, stages in reached.items()}


def _present(place: tuple[Any, ...], here: tuple[Any, ...], as_of: dt.datetime) -> Select[Any]:
    """Who had a place at an instant, by the last step before it."""
    last = (
        select(func.max(EnrolmentEvent.id).label("id"))
        .where(EnrolmentEvent.at < as_of)
        .group_by(EnrolmentEvent.enrolment_id)
        .subquery()
    )
    return (
        select(*place, func.count())
        .join(EnrolmentEvent, EnrolmentEvent.enrolment_id == Enrolment.id)
        .join(last, last.c.id == EnrolmentEvent.id)
        .where(*here, EnrolmentEvent.state.in_(COUNTED))
        .group_by(*place)
    )


def last_invited(
    session: Session,
    edition_id: int,
    groups: Sequence[Stratum],
    surplus: dict[tuple[Stratum, str], int],
    as_of: dt.datetime,
) -> set[int]:
    """The enrolments beyond what the groups hide of a state: the last that were invited; a statement where any are."""
    if not surplus:
        return set()
    rows = session.execute(
        select(Enrolment.id, Enrolment.state_code, Enrolment.sector)
        .join(StageReached, and_(StageReached.enrolment_id == Enrolment.id, StageReached.stage == Stage.INVITED))
        .where(Enrolment.edition_id == edition_id, StageReached.at < as_of)
        .where(Enrolment.state_code.in_({state for _group, state in surplus}))
        .order_by(StageReached.at.desc(), Enrolment.id.desc())
    )
    left, found = dict(surplus), set()
    for number, state, sector in rows:
        group = group_of(groups, (state, sector))
        if group is not None and left.get((group, state), 0) > 0:
            left[group, state] -= 1
            found.add(number)
    return found
