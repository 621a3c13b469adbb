"""The numbers of an edition: what was folded and what was not yet, in one statement."""

from __future__ import annotations

import typing
from collections import defaultdict
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    cast,
    distinct,
    exists,
    func,
    literal,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.kernel.db import ask
from lms.kernel.values import dataclass
from lms.people.models import Sector
from lms.seminars.models import (
    EditionCount,
    EditionCountDelta,
    Enrolment,
    ParticipantRequest,
    PartTally,
    PartTallyDelta,
    Tally,
    TallyDelta,
)
from lms.seminars.rules import ANSWERS_AWAITED, COUNTED, PLACES, Stage

Key = TypeVar("Key")
Counts = Mapping[tuple[str, Sector, Stage], int]


@dataclass(frozen=True, eq=False)
class EditionNumbers:
    """Everything that is counted of an edition: people by state, sector and stage, and whatever else, by its name. As
    long as nothing changes it mostly is the same object, by which one may keep what is worked out from it."""

    stages: Counts
    others: Mapping[str, int]


# Built once, of tables: see `lms.people.queries.viewers`.
_tally, _delta, _count, _count_delta, _part, _part_delta = (
    typing.cast(Table, model.__table__)
    for model in (Tally, TallyDelta, EditionCount, EditionCountDelta, PartTally, PartTallyDelta)
)
_enrolment, _request = (typing.cast(Table, model.__table__) for model in (Enrolment, ParticipantRequest))
# Hundreds of lines: sectors and stages are told apart here, which is quicker than a column does it.
_SECTORS = {sector.value: sector for sector in Sector}
_STAGES = {stage.value: stage for stage in Stage}


def _place(table: Table) -> tuple[ColumnElement[str], ...]:
    return tuple(type_coerce(table.c[name], String) for name in ("state_code", "sector", "stage"))


def _nowhere(what: ColumnElement[str]) -> tuple[ColumnElement[str], ...]:
    return (literal("", String).label("state_code"), literal("", String).label("sector"), type_coerce(what, String))


_HERE = bindparam("edition_id", type_=Integer)
_OTHERS = (
    select(*_nowhere(_count.c.what), _count.c.count).where(_count.c.edition_id == _HERE),
    select(*_nowhere(_count_delta.c.what), func.sum(_count_delta.c.change))
    .where(_count_delta.c.edition_id == _HERE)
    .group_by(_count_delta.c.what),
)
# From the few requests that are open to their people, rather than from everybody in the edition to their requests.
_ANSWERS = (
    select(*_nowhere(literal(ANSWERS_AWAITED, String)), func.count(distinct(_request.c.enrolment_id)))
    .where(_request.c.answered_at.is_(None))
    .where(
        exists().where(
            _enrolment.c.id == _request.c.enrolment_id,
            _enrolment.c.edition_id == _HERE,
            _enrolment.c.state.in_(sorted(COUNTED)),
        )
    )
)


def _in_one_text(found: CompoundSelect[Any]) -> Select[str | None]:
    """All that a statement finds, line by line: hundreds of rows cost several times as much to bring over one by one.
    None of what is counted has a blank but, maybe, what is counted, which is last, and none a line break."""
    state, sector, what, number = found.subquery().c
    line = state + " " + sector + " " + cast(number, String) + " " + what
    return select(func.aggregate_strings(line, "\n"))


_KEPT = _in_one_text(
    union_all(
        select(*_place(_tally), _tally.c.count).where(_tally.c.edition_id == _HERE),
        select(*_place(_delta), func.sum(_delta.c.change))
        .where(_delta.c.edition_id == _HERE)
        .group_by(_delta.c.state_code, _delta.c.sector, _delta.c.stage),
        *_OTHERS,
        _ANSWERS,
    )
)
_PARTS: BindParameter[list[str]] = bindparam("parts", expanding=True)
_OF_PARTS = _in_one_text(
    union_all(
        select(*_place(_part), _part.c.count).where(_part.c.edition_id == _HERE, _part.c.part.in_(_PARTS)),
        select(*_place(_part_delta), func.sum(_part_delta.c.change))
        .where(_part_delta.c.edition_id == _HERE, _part_delta.c.part.in_(_PARTS))
        .group_by(_part_delta.c.state_code, _part_delta.c.sector, _part_delta.c.stage),
    )
)
_ONE = union_all(*(kept.where(kept.selected_columns[2] == bindparam("what")) for kept in _OTHERS))


def edition_numbers(session: Session, edition_id: int) -> EditionNumbers:
    """All that is counted of an edition; only what is not zero."""
    return _kept(ask(session, _KEPT, {"edition_id": edition_id}).scalar_one())


@lru_cache(maxsize=16)
def _kept(told: str | None) -> EditionNumbers:
    """An edition is looked at far more often than anything changes in it, so the numbers of the last few are kept."""
    return _read(told)


def _read(told: str | None) -> EditionNumbers:
    """What `_in_one_text` wrote, from wherever it was found added up."""
    stages: dict[tuple[str, Sector, Stage], int] = defaultdict(int)
    others: dict[str, int] = defaultdict(int)
    for line in told.split("\n") if told else ():
        state, sector, number, what = line.split(" ", 3)
        if state:
            stages[state, _SECTORS[sector], _STAGES[what]] += int(number)
        else:
            others[what] += int(number)
    return EditionNumbers(_not_zero(stages), _not_zero(others))


def _not_zero(found: dict[Key, int]) -> dict[Key, int]:
    return {key: number for key, number in found.items() if number}


def counts(session: Session, edition_id: int) -> Counts:
    """How many people of each state and sector have reached each stage; only what is not zero."""
    return edition_numbers(session, edition_id).stages


def part_counts(session: Session, edition_id: int, parts: Collection[str]) -> Counts:
    """How many people of each state and sector who belong to one of these parts of an edition, of which nobody belongs
    to two, have reached each stage; only what is not zero."""
    asked = {"edition_id": edition_id, "parts": list(parts)}
    return _read(ask(session, _OF_PARTS, asked).scalar_one()).stages


def count_of(session: Session, edition_id: int, what: str) -> int:
    """How many there are of one thing that is counted beside the stages."""
    rows = ask(session, _ONE, {"edition_id": edition_id, "what": what})
    return sum(int(row[3]) for row in rows.all())


def places_of(edition_id: ColumnElement[int] | InstrumentedAttribute[int]) -> ColumnElement[int]:
    """How many places there are in the edition that a statement speaks of, as a part of that statement."""
    folded = select(_count.c.count).where(_count.c.edition_id == edition_id, _count.c.what == PLACES)
    fresh = select(func.sum(_count_delta.c.change)).where(
        _count_delta.c.edition_id == edition_id, _count_delta.c.what == PLACES
    )
    return func.coalesce(folded.scalar_subquery(), 0) + func.coalesce(fresh.scalar_subquery(), 0)
