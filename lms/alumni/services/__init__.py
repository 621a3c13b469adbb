"""Keeping the alumni status in step with the records, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniStatus
from lms.alumni.rules import status
from lms.kernel.db import dialect_insert
from lms.kernel.unit_of_work import one_at_a_time
from lms.records.queries import valid_of

_LOCK = 0xA1B


def recompute(session: Session, *, person_ids: Collection[int]) -> None:
    """Bring these people's status into line with their valid records; as many statements for one as for thousands."""
    one_at_a_time(session, _LOCK)
    records = valid_of(session, person_ids)
    rows = [
        {"person_id": person, "first_record": found.first_record, "since": found.since, "records": found.records}
        for person in person_ids
        if (found := status(records.get(person, ())))
    ]
    without = set(person_ids) - {row["person_id"] for row in rows}
    if without:
        session.execute(delete(AlumniStatus).where(AlumniStatus.person_id.in_(without)))
    if rows:
        insert = dialect_insert(session)
        new = insert(AlumniStatus)
        names = ("first_record", "since", "records")
        kept = {name: new.excluded[name] for name in names}
        session.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=kept), rows)
