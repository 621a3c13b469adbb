"""Keeping the alumni status in step with the records, in the same transaction."""

from __future__ import annotations

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.records.queries import valid_records

from .models import AlumniStatus
from .rules import Status, status

_LOCK = 0xA1B


def recompute(session: Session, *, person_id: int) -> Status | None:
    """Bring a person's status into line with their valid records, and give it."""
    _one_at_a_time(session, person_id)
    found = status(valid_records(session, person_id))
    if found is None:
        session.execute(delete(AlumniStatus).where(AlumniStatus.person_id == person_id))
        return None
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    values = {"first_record": found.first_record, "since": found.since, "records": found.records}
    row = insert(AlumniStatus).values(person_id=person_id, **values)
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))
    return found


def _one_at_a_time(session: Session, person_id: int) -> None:
    """Two records of one person may be issued at the same moment; the second must count the first."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_LOCK, person_id)))
