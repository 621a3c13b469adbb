"""Making the week's tables, once: what is shown to those who are not responsible for the people."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.dashboards.models import FrozenTable
from lms.dashboards.queries import frozen as queries
from lms.dashboards.queries.frozen import DueEdition
from lms.dashboards.rules.frozen import Published, Stratum, begins, monday, parted, published, surplus
from lms.kernel.db import dialect_insert
from lms.people.queries import unnamed_states


def freeze(session: Session, *, at: dt.datetime) -> int:
    """Make the tables as of the last Monday, 00:00 UTC, that are not there yet; says how many editions got one.

    An edition's tables begin when its people are there. What happened since Monday is in none of them, so that it does
    not matter when on a day the worker comes to it, or how often.
    """
    as_of = monday(at)
    due = queries.editions_due(session, as_of)
    begun = [edition for edition in due if begins(edition.last_invited, edition.deadline_at, as_of)]
    for edition in begun:
        _freeze(session, edition, as_of, at)
    return len(begun)


def _freeze(session: Session, edition: DueEdition, as_of: dt.datetime, at: dt.datetime) -> None:
    last = next(iter(queries.frozen_tables(session, edition.id)), None)
    table = _table(session, edition.id, as_of, last.groups if last else ())
    row = dialect_insert(session)(FrozenTable).values(
        edition_id=edition.id, as_of=as_of, made_at=at, groups=[_kept(one) for one in table]
    )
    session.execute(row.on_conflict_do_nothing(index_elements=["edition_id", "as_of"]))


def _table(session: Session, edition_id: int, as_of: dt.datetime, before: tuple[Published, ...]) -> list[Published]:
    tallies = queries.tallies(session, edition_id, as_of)
    groups: tuple[Stratum, ...] = tuple(one.group for one in before)
    if not groups:
        people = {place: tally.people for place, tally in tallies.items()}
        groups = parted(people, unnamed_states(session))
    over = surplus(groups, {place: tally.people for place, tally in tallies.items()})
    without = queries.last_invited(session, edition_id, groups, over, as_of)
    if without:
        tallies = queries.tallies(session, edition_id, as_of, without)
    return published(groups, tallies, before)


def _kept(one: Published) -> dict[str, object]:
    group = one.group
    numbers = {stage.value: number for stage, number in one.numbers.items()}
    return {"row": group.row, "column": group.column, "step": group.step, "numbers": numbers}
