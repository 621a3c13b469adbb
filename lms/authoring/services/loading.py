"""Files that come in from outside: a folder at the command line, a bundle in the browser. Where a course has reviewers
they become a draft, of exactly what differs from the published version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftOrigin
from lms.authoring.queries import base_files, reviewers_of
from lms.authoring.queries.loading import draft_taken_from, standing_of, versions_before
from lms.catalogue import queries as catalogue
from lms.catalogue import services as courses
from lms.catalogue.checks import Checked
from lms.catalogue.models import ChangeKind, Course
from lms.catalogue.queries import Published
from lms.catalogue.rules.mistakes import Mistake
from lms.catalogue.rules.substance import Change
from lms.catalogue.services import BrokenCourse, LoadReport, fingerprint
from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.plugins.unit_kind import UnitKind

from .drafts import open_draft, save_files, send_to_review


@dataclass(frozen=True)
class Waiting:
    """Loaded files that are a draft now, or were before (`fresh` says which), and what publishing it would change."""

    slug: str
    draft: Draft
    fresh: bool
    number: str
    """The version it is laid over."""
    kind: ChangeKind | None = None
    changes: tuple[Change, ...] = ()
    notices: tuple[Mistake, ...] = ()


def load_folder(
    session: Session, *, folder: Path, kinds: Mapping[str, UnitKind], at: dt.datetime
) -> LoadReport | Waiting:
    """Take a course's folder: as a draft in review where the course is published and has a reviewer, else as a version.

    Raises BrokenCourse for mistakes in the files, Refused when the course was changed elsewhere since they were taken.
    """
    checked = courses.check_against(session, folder=folder, kinds=kinds)
    if not checked.sound:
        raise BrokenCourse(checked.mistakes)
    assert checked.course is not None  # noqa: S101 - `sound` says so
    slug, files_hash = checked.course.slug, fingerprint(checked.files)
    standing = standing_of(session, slug)
    if standing is None or standing.files_hash == files_hash or not reviewers_of(session, slug, at):
        return courses.load_checked(session, checked=checked, kinds=kinds, at=at)
    # Two that load at the same time come one after the other from here on.
    session.execute(select(Course.id).where(Course.slug == slug).with_for_update())
    before = draft_taken_from(session, slug, files_hash)
    if before is not None:
        return Waiting(slug, before, fresh=False, number=standing.number)
    if standing.taken != standing.files_hash:
        raise Refused(courses.ELSEWHERE)
    courses.keep_files(session, checked, at)
    kind, changes = courses.foresee(session, files=_encoded(checked), kinds=kinds, at=at)
    title = _("From files, %(day)s", day=at.strftime("%Y-%m-%d"))
    draft = _draft(session, slug, checked.files, title=title, key=new_token(), by=None, at=at)
    send_to_review(session, draft=draft, by=None, at=at)
    return Waiting(slug, draft, True, standing.number, kind, changes, tuple(checked.notices))


def _encoded(checked: Checked) -> dict[str, bytes]:
    return {path: text.encode() for path, text in checked.files.items()}


def take_bundle(
    session: Session, *, slug: str, files: Mapping[str, str], title: str, key: str, by: Viewer, at: dt.datetime
) -> tuple[Draft, int] | None:
    """A draft of what differs from the published version, and of how many files that is; None where nothing does. The
    files are a sound course. The same `key` gives the same draft again. Raises Refused as `open_draft`, and where the
    files come from a version before the newest."""
    found = catalogue.published(session, slug)
    changes = differences(base_files(session, found.version_id if found else None), files)
    if not changes:
        return None
    if found is not None and _is_behind(session, found, changes):
        raise Refused(_("This bundle was made from an older version. Take down the newest one, and change that."))
    draft = _draft(session, slug, files, title=title, key=key, by=by, at=at)
    return draft, len(differences(base_files(session, draft.base_id), files))


def _is_behind(session: Session, newest: Published, changes: Mapping[str, str | None]) -> bool:
    """Whether a change would bring back what an older version said: the files were taken from that one."""
    return any(
        text is not None and older.get(path) == text
        for version_id in versions_before(session, newest)
        for older in [base_files(session, version_id)]
        for path, text in changes.items()
    )


def differences(base: Mapping[str, str], files: Mapping[str, str]) -> dict[str, str | None]:
    """Each path whose text is another than in `base`, with the new text; None where there is no such file any more."""
    return {path: files.get(path) for path in sorted({*base, *files}) if base.get(path) != files.get(path)}


def _draft(
    session: Session,
    slug: str,
    files: Mapping[str, str],
    *,
    title: str,
    key: str,
    by: Viewer | None,
    at: dt.datetime,
) -> Draft:
    taken = fingerprint(files)
    draft = open_draft(session, slug=slug, title=title, by=by, at=at, origin=DraftOrigin.FILES, taken=taken, key=key)
    changes = differences(base_files(session, draft.base_id), files)
    save_files(session, draft=draft, changes=changes, over={}, key=key, by=by, at=at)
    return draft
