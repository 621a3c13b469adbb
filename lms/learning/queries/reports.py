"""Errors that readers reported: one's own, and for trainers those of a course's texts, without whose they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion, Unit, UnitRevision
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning.models import TextReport, TextReportOutcome
from lms.learning.rules.reports import ReportOutcome
from lms.people.sealing import keys_of, open_if_there

MOST = 200


@dataclass(frozen=True, slots=True)
class Reported:
    """An error that somebody reported, and what was answered; never who. Without `words` they were erased."""

    public_id: str
    unit_id: int
    unit: str
    revision_id: int
    language: str
    fingerprint: str
    version: str
    """The number of the version that was read; nothing where that was not kept yet."""
    words: str
    at: dt.datetime
    outcome: ReportOutcome | None
    reason: str
    settled_at: dt.datetime | None


def report_place(public_id: str) -> str:
    """Where the words of a report belong, sealed."""
    return f"report:{public_id}"


_COLUMNS: tuple[Any, ...] = (
    TextReport.id, TextReport.public_id, TextReport.revision_id, TextReport.person_id, TextReport.sealed, TextReport.at,
    Unit.id.label("unit_id"), Unit.key.label("unit"), UnitRevision.language, UnitRevision.content_hash,
    CourseVersion.major, CourseVersion.minor,
    TextReportOutcome.outcome, TextReportOutcome.reason, TextReportOutcome.at.label("settled_at"),
)  # fmt: skip
_WAITS = TextReportOutcome.report_id.is_(None)


def _reports(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(TextReport)
        .join(UnitRevision, UnitRevision.id == TextReport.revision_id)
        .join(Unit, Unit.id == UnitRevision.unit_id)
        .outerjoin(TextReportOutcome, TextReportOutcome.report_id == TextReport.id)
    )


def _whole() -> Select[*tuple[Any, ...]]:
    return _reports(*_COLUMNS).outerjoin(CourseVersion, CourseVersion.id == TextReport.version_id)


def reports_of(session: Session, course_id: int, *, answered: bool = False) -> list[Reported]:
    """What was reported of the texts that a course owns, read in whichever course: those that wait for an answer, the
    oldest first, or those answered of late. At most `MOST`; two statements: the reports, and the keys to them."""
    here = _whole().where(Unit.course_id == course_id)
    wanted = (
        here.where(~_WAITS).order_by(TextReportOutcome.at.desc(), TextReport.id.desc())
        if answered
        else here.where(_WAITS).order_by(TextReport.id)
    )
    return _opened(session, session.execute(wanted.limit(MOST)).all())


def waiting_reports(session: Session, course_id: int) -> int:
    """How many reports of the texts that a course owns wait for an answer."""
    return session.scalar(_reports(func.count()).where(Unit.course_id == course_id, _WAITS)) or 0


def own_reports(session: Session, person_id: int) -> list[Reported]:
    """What a person reported, the newest first, at most `MOST`; for that person alone."""
    mine = _whole().where(TextReport.person_id == person_id).order_by(TextReport.id.desc())
    return _opened(session, session.execute(mine.limit(MOST)).all())


def report_in_course(session: Session, course_id: int, public_id: str) -> Any:
    """One report of a text that a course owns, with its outcome if it has one; raises NotFound."""
    # PostgreSQL cannot even be asked for a zero byte.
    found = _whole().where(Unit.course_id == course_id, TextReport.public_id == public_id)
    row = None if "\x00" in public_id else session.execute(found).first()
    if row is None:
        raise NotFound
    return row


def _opened(session: Session, rows: Sequence[Any]) -> list[Reported]:
    keys = keys_of(session, {row.person_id for row in rows}) if rows else {}
    return [
        Reported(
            public_id=row.public_id,
            unit_id=row.unit_id,
            unit=row.unit,
            revision_id=row.revision_id,
            language=row.language,
            fingerprint=row.content_hash[:12],
            version="" if row.major is None else f"{row.major}.{row.minor}",
            words=open_if_there(keys.get(row.person_id), row.sealed, report_place(row.public_id)),
            at=row.at,
            outcome=row.outcome,
            reason=row.reason or "",
            settled_at=row.settled_at,
        )
        for row in rows
    ]
