"""Keeping the alumni status in step with the records, in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniRecord, AlumniStatus
from lms.alumni.rules import status
from lms.kernel.db import dialect_insert
from lms.kernel.unit_of_work import one_at_a_time
from lms.records.queries.held import Kept, in_force

_LOCK = 0xA1B


def recompute(session: Session, *, person_ids: Collection[int]) -> None:
    """Bring these people's status into line with their valid records; as many statements for one as for thousands."""
    one_at_a_time(session, _LOCK)
    kept = in_force(session, person_ids)
    records: dict[int, list[tuple[str, dt.date]]] = {}
    for one in kept:
        records.setdefault(one.person_id, []).append((one.issue.record, one.issue.dated))
    rows = [
        {"person_id": person, "first_record": found.first_record, "since": found.since, "records": found.records}
        for person in person_ids
        if (found := status(records.get(person, ())))
    ]
    without = set(person_ids) - {row["person_id"] for row in rows}
    if without:
        session.execute(delete(AlumniStatus).where(AlumniStatus.person_id.in_(without)))
    if rows:
        new = dialect_insert(session)(AlumniStatus)
        names = ("first_record", "since", "records")
        kept_as = {name: new.excluded[name] for name in names}
        session.execute(new.on_conflict_do_update(index_elements=["person_id"], set_=kept_as), rows)
    _keep_records(session, person_ids, kept)


def _keep_records(session: Session, person_ids: Collection[int], kept: Collection[Kept]) -> None:
    session.execute(delete(AlumniRecord).where(AlumniRecord.person_id.in_(person_ids)))
    rows = [{"record": one.issue.record, "person_id": one.person_id, "edition": one.issue.edition} for one in kept]
    if rows:
        session.execute(insert(AlumniRecord), rows)
