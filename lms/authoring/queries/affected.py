"""Whom a new version of a course would reach: the running editions that read the course, with how many people."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion
from lms.kernel.values import dataclass
from lms.seminars.models import AttendanceClosing, Edition, EditionVersion, Enrolment
from lms.seminars.rules import COUNTED


@dataclass(frozen=True, slots=True)
class EditionReading:
    """A running edition: the version it reads, and how many people are in it."""

    title: str
    major: int
    minor: int
    people: int

    @property
    def number(self) -> str:
        """The version's number."""
        return f"{self.major}.{self.minor}"


def editions_reading(session: Session, course_id: int) -> list[EditionReading]:
    """The editions of a course that are not closed, by their first day; one statement."""
    last = select(func.max(EditionVersion.id)).group_by(EditionVersion.edition_id)
    inside = Enrolment.state.in_(COUNTED)
    people = select(func.count()).where(Enrolment.edition_id == Edition.id, inside).correlate(Edition).scalar_subquery()
    rows = session.execute(
        select(Edition.title, CourseVersion.major, CourseVersion.minor, people)
        .join(EditionVersion, EditionVersion.edition_id == Edition.id)
        .join(CourseVersion, CourseVersion.id == EditionVersion.version_id)
        .outerjoin(AttendanceClosing, AttendanceClosing.edition_id == Edition.id)
        .where(EditionVersion.id.in_(last), AttendanceClosing.id.is_(None), Edition.course_id == course_id)
        .order_by(Edition.starts_on, Edition.id)
    )
    return [EditionReading(*row) for row in rows]
