"""Who has finished which module, noted at the moment it changes, so that nobody counts it of many people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Delete, delete, select, tuple_
from sqlalchemy.orm import Session

from lms.kernel.db import dialect_insert
from lms.learning.models import ModuleFinished
from lms.learning.queries import whole_modules
from lms.learning.rules.modules import counted_as
from lms.seminars.models import Enrolment
from lms.seminars.rules import Stage
from lms.seminars.services import count, count_part

AT_ONCE = 200


def keep_modules(session: Session, *, enrolment_ids: Collection[int]) -> None:
    """Note which modules these have finished, of those who count and are not complete, and keep the numbers in line."""
    ids = sorted(enrolment_ids)
    for first in range(0, len(ids), AT_ONCE):
        _keep(session, ids[first : first + AT_ONCE])


def forget_modules(session: Session, *, enrolment_id: int) -> None:
    """Whoever is complete has finished every module, and is counted among the complete."""
    _hold(session, [enrolment_id])
    _change(session, [], delete(ModuleFinished).where(ModuleFinished.enrolment_id == enrolment_id))


def count_stage(
    session: Session, *, enrolment_ids: Collection[int], stage: Stage | None = None, change: int = 1
) -> None:
    """A stage more of people who may have finished modules, or all that they have reached; the caller holds their
    places."""
    noted = select(ModuleFinished.module_key, ModuleFinished.enrolment_id)
    for key, theirs in _by_module(session.execute(noted.where(ModuleFinished.enrolment_id.in_(enrolment_ids)))).items():
        count_part(session, part=counted_as(key), enrolment_ids=theirs, change=change, stage=stage)


def _hold(session: Session, ids: Collection[int]) -> set[int]:
    """The editions of these, whose places nobody changes until the end of the transaction."""
    # The lock puts this before or after a withdrawal going on at the same time, as in `seminars.services.reach`.
    held = select(Enrolment.edition_id).where(Enrolment.id.in_(ids)).order_by(Enrolment.id)
    return set(session.scalars(held.with_for_update(key_share=True)))


def _keep(session: Session, ids: list[int]) -> None:
    session.flush()  # the rows are read as they stand in the database
    editions = _hold(session, ids)
    rows = [(row[0], row[1], row[2]) for row in session.execute(whole_modules(editions).where(Enrolment.id.in_(ids)))]
    noted, place = ModuleFinished, (ModuleFinished.enrolment_id, ModuleFinished.module_key)
    others = delete(noted).where(noted.enrolment_id.in_(ids))
    if rows:
        others = others.where(tuple_(*place).not_in([(enrolment_id, key) for enrolment_id, _edition, key in rows]))
    _change(session, rows, others)


def _change(session: Session, rows: list[tuple[int, int, str]], others: Delete) -> None:
    place = (ModuleFinished.module_key, ModuleFinished.enrolment_id, ModuleFinished.edition_id)
    if rows:
        names = ("enrolment_id", "edition_id", "module_key")
        new = dialect_insert(session)(ModuleFinished).values([dict(zip(names, row, strict=True)) for row in rows])
        _count(session, session.execute(new.on_conflict_do_nothing().returning(*place)).all(), 1)
    gone = session.execute(others.returning(*place), execution_options={"synchronize_session": False}).all()
    _count(session, gone, -1)


def _count(session: Session, noted: Sequence[Any], change: int) -> None:
    """Bring people who have finished modules, or have not any more, into the numbers or out of them."""
    sums = Counter((row.edition_id, row.module_key) for row in noted)
    for (edition_id, key), number in sorted(sums.items()):
        count(session, edition_id=edition_id, what=counted_as(key), change=change * number)
    for key, theirs in sorted(_by_module(noted).items()):
        count_part(session, part=counted_as(key), enrolment_ids=theirs, change=change)


def _by_module(rows: Iterable[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        found[row.module_key].append(row.enrolment_id)
    return found
