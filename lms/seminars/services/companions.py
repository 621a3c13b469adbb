"""People in an edition who are no participants: fellows, instructors, observers, speakers. They are in no number."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import CursorResult, delete
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Refused
from lms.seminars.models import Edition, EditionCompanion
from lms.seminars.queries import CompanionRow
from lms.seminars.rules import Companion


def add_companion(
    session: Session, *, edition: Edition, person_id: int, subject: str, role: Companion, at: dt.datetime, by: str
) -> None:
    """Put somebody into an edition beside its participants; raises Refused for one who is there in this role."""
    insert = dialect_insert(session)
    row = insert(EditionCompanion).values(edition_id=edition.id, person_id=person_id, role=role)
    if session.scalar(row.on_conflict_do_nothing().returning(EditionCompanion.id)) is None:
        raise Refused(_("This person is in the edition in this role already."))
    audit.record(session, at=at, actor=by, act="companion.added", about=edition.public_id, who=subject, role=str(role))


def remove_companion(session: Session, *, edition: Edition, companion: CompanionRow, at: dt.datetime, by: str) -> None:
    """Take somebody out again; nothing happens for one who is not there."""
    theirs = delete(EditionCompanion).where(
        EditionCompanion.edition_id == edition.id,
        EditionCompanion.person_id == companion.person_id,
        EditionCompanion.role == companion.role,
    )
    result = session.execute(theirs)
    if isinstance(result, CursorResult) and result.rowcount:
        facts = {"who": companion.subject, "role": str(companion.role)}
        audit.record(session, at=at, actor=by, act="companion.removed", about=edition.public_id, **facts)
