"""What `flask lms check` recomputes of drafts: where each stands, and that a published one is a version."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion
from lms.kernel.checks import Finding, check

from .models import Draft, DraftAct, DraftEvent
from .rules.drafting import state_after


@check("authoring.drafts")
def drafts(session: Session) -> Iterable[Finding]:
    """Each draft stands where its acts have brought it, and was begun by one; what one became has its very files."""
    acts: dict[int, list[str]] = {}
    for draft_id, act in session.execute(select(DraftEvent.draft_id, DraftEvent.act).order_by(DraftEvent.id)):
        acts.setdefault(draft_id, []).append(act)
    for draft_id, state in session.execute(select(Draft.id, Draft.state).order_by(Draft.id)):
        if state_after(acts.get(draft_id, ())) is not state:
            yield Finding(f"draft {draft_id}", "its state is not what was done to it")
    yield from _not_published(session)


def _not_published(session: Session) -> Iterable[Finding]:
    """Drafts said to be published without a version that has their files."""
    kept = CourseVersion.document["files_hash"].as_string()
    rows = session.execute(select(CourseVersion.course_id, CourseVersion.major, CourseVersion.minor, kept))
    versions = {(course_id, f"{major}.{minor}"): files_hash for course_id, major, minor, files_hash in rows}
    published = (
        select(Draft.id, Draft.course_id, DraftEvent.details, DraftEvent.files_hash)
        .join(DraftEvent, DraftEvent.draft_id == Draft.id)
        .where(DraftEvent.act == DraftAct.PUBLISHED)
        .order_by(DraftEvent.id)
    )
    for draft_id, course_id, details, files_hash in session.execute(published):
        number = str(details.get("version"))
        if (course_id, number) not in versions:
            yield Finding(f"draft {draft_id}", f"it was published as version {number}, which its course does not have")
        elif versions[course_id, number] != files_hash:
            yield Finding(f"draft {draft_id}", f"its files are not those of the version that it became, {number}")
