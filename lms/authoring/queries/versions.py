"""The versions of a course as those who work on it see them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import ChangeKind, CourseVersion
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.models import Person


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version; `by` is the person who published it, None for the command line."""

    id: int
    major: int
    minor: int
    change: ChangeKind
    content_hash: str
    summary: Mapping[str, str]
    published_at: dt.datetime
    by: int | None

    @property
    def number(self) -> str:
        """Its number."""
        return f"{self.major}.{self.minor}"


def versions_of(session: Session, course_id: int) -> list[VersionLine]:
    """Every version of a course, the newest first; one statement."""
    version = CourseVersion
    rows = session.execute(
        select(
            version.id, version.major, version.minor, version.change, version.content_hash, version.summary,
            version.published_at, Person.id,
        )
        .outerjoin(Person, Person.subject == version.published_by)
        .where(version.course_id == course_id)
        .order_by(version.major.desc(), version.minor.desc())
    )  # fmt: skip
    return [VersionLine(*row) for row in rows]


def version_and_before(lines: list[VersionLine], number: str) -> tuple[VersionLine, VersionLine | None]:
    """The version with this number, and the one before it; raises NotFound."""
    at = next((at for at, line in enumerate(lines) if line.number == number), None)
    if at is None:
        raise NotFound
    return lines[at], lines[at + 1] if at + 1 < len(lines) else None
