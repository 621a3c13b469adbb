"""What loading a course from files must know: how the course stands, and which files are a draft already."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftAct, DraftEvent, DraftOrigin, DraftState
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course, CourseVersion
from lms.catalogue.queries import Published
from lms.kernel.values import dataclass


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest version of a course, and the hash of the folder it was last taken from."""

    version_id: int
    number: str
    files_hash: str
    taken: str | None


def standing_of(session: Session, slug: str) -> Standing | None:
    """How a course stands; None where it has no version yet."""
    found = catalogue.published(session, slug)
    if found is None:
        return None
    version = session.get_one(CourseVersion, found.version_id)
    taken = session.scalar(select(Course.files_hash).where(Course.id == version.course_id))
    return Standing(version.id, found.number, version.document["files_hash"], taken)


def versions_before(session: Session, newest: Published) -> list[int]:
    """The versions of a course before its newest, the last one first."""
    older = (CourseVersion.course_id == newest.course_id, CourseVersion.id < newest.version_id)
    return list(session.scalars(select(CourseVersion.id).where(*older).order_by(CourseVersion.id.desc())))


def draft_taken_from(session: Session, slug: str, files_hash: str) -> Draft | None:
    """The last draft of a course that was loaded from just these files and is not published."""
    loaded = (
        select(Draft)
        .join(Course, Course.id == Draft.course_id)
        .join(DraftEvent, DraftEvent.draft_id == Draft.id)
        .where(Course.slug == slug, Draft.origin == DraftOrigin.FILES, Draft.state != DraftState.PUBLISHED)
        .where(DraftEvent.act == DraftAct.OPENED, DraftEvent.files_hash == files_hash)
    )
    return session.scalars(loaded.order_by(Draft.id.desc()).limit(1)).first()
