"""A draft becomes a version: two keys, one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftAct, DraftEvent, DraftOrigin
from lms.authoring.review import review_of
from lms.authoring.rules.drafting import may
from lms.authoring.signing_words import obstacle_in_words
from lms.authoring.workspace import workspace_of
from lms.catalogue import queries as catalogue
from lms.catalogue import services as courses
from lms.catalogue.models import Course
from lms.catalogue.services import LoadReport
from lms.kernel.errors import Refused
from lms.kernel.settings import present_settings
from lms.people.queries import Viewer
from lms.people.rules.names import mistake_in_line
from lms.people.services.wording import refuse_text
from lms.plugins.unit_kind import UnitKind

from .drafts import close_as_published, hold

LONGEST_SUMMARY = 300


def publish_draft(
    session: Session,
    *,
    draft: Draft,
    summary: Mapping[str, str],
    kinds: Mapping[str, UnitKind],
    by: Viewer,
    at: dt.datetime,
) -> LoadReport:
    """Make the draft the next version of its course; `summary` is the public line per language.

    Raises Refused where it is not in review, lies over an older version, names another course, has no public line or
    not every sign-off that it needs; BrokenCourse for mistakes in its files.
    """
    course = session.scalars(select(Course).where(Course.id == draft.course_id).with_for_update()).one()
    hold(session, draft)
    if not may(DraftAct.PUBLISHED, draft.state):
        raise Refused(_("Only a draft in review can be published."))
    latest = catalogue.published(session, course.slug)
    if latest is not None and latest.version_id != draft.base_id:
        raise Refused(
            _("Version %(number)s has been published since. Bring the draft up to it first.", number=latest.number)
        )
    workspace = workspace_of(session, draft, kinds)
    if workspace.course.slug != course.slug:
        raise Refused(
            _(
                "The files of this draft name the course “%(other)s”, but it is a draft of “%(slug)s”.",
                other=workspace.course.slug,
                slug=course.slug,
            )
        )
    obstacle = review_of(session, workspace, present_settings().sign_offs, at).obstacle
    if obstacle is not None:
        raise Refused(obstacle_in_words(obstacle))
    lines = _lines(summary, workspace.course.language)
    files = workspace.bytes
    report = courses.publish_files(
        session, files=files, kinds=kinds, at=at, by=by.subject, summary=lines, taken=_taken(session, draft)
    )
    close_as_published(session, draft=draft, number=report.number, by=by, at=at)
    return report


def _lines(summary: Mapping[str, str], needed: str) -> dict[str, str]:
    """The lines that were written; that in the language of the course is needed."""
    lines = {language: " ".join(line.split()) for language, line in summary.items()}
    lines = {language: line for language, line in lines.items() if line}
    if needed not in lines:
        raise Refused(_("Write one line on what is new."))
    for line in lines.values():
        refuse_text(mistake_in_line(line, LONGEST_SUMMARY))
    return lines


def _taken(session: Session, draft: Draft) -> str | None:
    """The hash of the files that a draft was taken from; None for one that was begun in the browser."""
    if draft.origin is not DraftOrigin.FILES:
        return None
    opened = (DraftEvent.draft_id == draft.id) & (DraftEvent.act == DraftAct.OPENED)
    return session.scalar(select(DraftEvent.files_hash).where(opened))
