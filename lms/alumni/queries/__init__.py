"""Who is an alumna or alumnus, as stored and as it follows from the records."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniRecord, AlumniStatus
from lms.alumni.rules import Status, status
from lms.records.queries import valid_of
from lms.records.queries.held import in_force

_STATUS = (AlumniStatus.first_record, AlumniStatus.since, AlumniStatus.records)


def status_of(session: Session, person_id: int) -> Status | None:
    """The status of one person; one statement."""
    row = session.execute(select(*_STATUS).where(AlumniStatus.person_id == person_id)).first()
    return Status(row.first_record, row.since, row.records) if row else None


def stored(session: Session) -> dict[int, Status]:
    """Every status as it is stored."""
    rows = session.execute(select(AlumniStatus.person_id, *_STATUS))
    return {row.person_id: Status(row.first_record, row.since, row.records) for row in rows}


def recomputed(session: Session) -> dict[int, Status]:
    """Every status as it follows from the records."""
    found = ((person, status(records)) for person, records in valid_of(session).items())
    return {person: made for person, made in found if made}


def records_stored(session: Session) -> dict[str, tuple[int, str]]:
    """Every record that counts for the directory as it is stored: whose it is, and of which edition."""
    rows = session.execute(select(AlumniRecord.record, AlumniRecord.person_id, AlumniRecord.edition))
    return {row.record: (row.person_id, row.edition) for row in rows}


def records_recomputed(session: Session) -> dict[str, tuple[int, str]]:
    """The same as it follows from the ledger."""
    return {one.issue.record: (one.person_id, one.issue.edition) for one in in_force(session)}
