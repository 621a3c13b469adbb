"""Where everybody stands, kept in the transaction of whatever changes it, at its end, so that the morning sheet need
not look at people one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.orm import Session

from lms.dashboards.models import AttentionDelta, AttentionStand, AttentionTally
from lms.dashboards.queries.stands import stands_of
from lms.kernel.db import dialect_insert
from lms.seminars.models import Enrolment
from lms.seminars.services import fold

AT_ONCE = 500


def keep_stands(session: Session, enrolment_ids: Collection[int]) -> None:
    """Note how these stand now, of those who count, and keep the numbers in line."""
    ids = sorted(enrolment_ids)
    for first in range(0, len(ids), AT_ONCE):
        _keep(session, ids[first : first + AT_ONCE])


def keep_editions(session: Session, edition_ids: Collection[int]) -> None:
    """The same of everybody in these editions."""
    keep_stands(session, session.scalars(select(Enrolment.id).where(Enrolment.edition_id.in_(edition_ids))).all())


def _keep(session: Session, ids: list[int]) -> None:
    session.flush()  # the rows are read as they stand in the database
    # Held before anything is looked at: of two changes at once, the second sees what the first did.
    held = select(Enrolment.id).where(Enrolment.id.in_(ids)).order_by(Enrolment.id)
    session.execute(held.with_for_update(key_share=True))
    noted = AttentionStand
    before, now = stands_of(session, ids)
    changed = {number: place for number, place in now.items() if before.get(number) != place}
    gone = before.keys() - now.keys()
    if gone:
        session.execute(
            delete(noted).where(noted.enrolment_id.in_(gone)), execution_options={"synchronize_session": False}
        )
    if changed:
        values = [
            {"enrolment_id": number, "edition_id": place[0], "stand": place[1]} for number, place in changed.items()
        ]
        new = dialect_insert(session)(noted).values(values)
        session.execute(new.on_conflict_do_update(index_elements=["enrolment_id"], set_={"stand": new.excluded.stand}))
    changes = Counter(changed.values())
    changes.subtract(before[number] for number in gone | (changed.keys() & before.keys()))
    deltas = [
        {"edition_id": edition, "stand": stand, "change": change}
        for (edition, stand), change in sorted(changes.items())
        if change
    ]
    if deltas:
        session.execute(insert(cast(Table, AttentionDelta.__table__)), deltas)


def fold_stands(session: Session) -> int:
    """Add the deltas written so far to the numbers and remove them, and the numbers that nobody stands for any more."""
    folded = fold(session, AttentionDelta, AttentionTally, ("edition_id", "stand"))
    if folded:
        session.execute(
            delete(AttentionTally).where(AttentionTally.count == 0), execution_options={"synchronize_session": False}
        )
    return folded
