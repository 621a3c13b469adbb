"""Who has finished which module, noted at the moment it changes, so that nobody counts it of many people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from sqlalchemy import Delete, delete, select, tuple_
from sqlalchemy.orm import Session

from lms.kernel.db import dialect_insert
from lms.learning.models import ModuleFinished
from lms.learning.queries import whole_modules
from lms.learning.rules.modules import counted_as
from lms.seminars.models import Enrolment
from lms.seminars.services import count

AT_ONCE = 200


def keep_modules(session: Session, *, enrolment_ids: Collection[int]) -> None:
    """Note which modules these have finished, of those who count and are not complete, and keep the numbers in line."""
    ids = sorted(enrolment_ids)
    for first in range(0, len(ids), AT_ONCE):
        _keep(session, ids[first : first + AT_ONCE])


def forget_modules(session: Session, *, enrolment_id: int) -> None:
    """Whoever is complete has finished every module, and is counted among the complete."""
    _change(session, [], delete(ModuleFinished).where(ModuleFinished.enrolment_id == enrolment_id))


def _keep(session: Session, ids: list[int]) -> None:
    session.flush()  # the rows are read as they stand in the database
    # The lock puts this before or after a withdrawal going on at the same time, as in `seminars.services.reach`.
    held = select(Enrolment.edition_id).where(Enrolment.id.in_(ids)).order_by(Enrolment.id)
    editions = set(session.scalars(held.with_for_update(key_share=True)))
    rows = [(row[0], row[1], row[2]) for row in session.execute(whole_modules(editions).where(Enrolment.id.in_(ids)))]
    noted, place = ModuleFinished, (ModuleFinished.enrolment_id, ModuleFinished.module_key)
    others = delete(noted).where(noted.enrolment_id.in_(ids))
    if rows:
        others = others.where(tuple_(*place).not_in([(enrolment_id, key) for enrolment_id, _edition, key in rows]))
    _change(session, rows, others)


def _change(session: Session, rows: list[tuple[int, int, str]], others: Delete) -> None:
    changes: Counter[tuple[int, str]] = Counter()
    place = (ModuleFinished.edition_id, ModuleFinished.module_key)
    if rows:
        names = ("enrolment_id", "edition_id", "module_key")
        new = dialect_insert(session)(ModuleFinished).values([dict(zip(names, row, strict=True)) for row in rows])
        made = session.execute(new.on_conflict_do_nothing().returning(*place))
        changes.update((row[0], row[1]) for row in made)
    gone = session.execute(others.returning(*place), execution_options={"synchronize_session": False}).all()
    changes.subtract((row[0], row[1]) for row in gone)
    for (edition_id, key), change in sorted(changes.items()):
        count(session, edition_id=edition_id, what=counted_as(key), change=change)
