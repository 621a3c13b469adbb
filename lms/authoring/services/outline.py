"""Acts on the outline of a draft and on its lists: done once, over the newest texts, and undone as one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.authoring.models import Draft
from lms.authoring.queries import is_open, saves_with, texts_before
from lms.authoring.rules.outlining import substantive
from lms.authoring.rules.skeleton import NotPossible
from lms.authoring.rules.writing import changed_files
from lms.authoring.workspace import workspace_of
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.substance import digest
from lms.kernel import audit
from lms.kernel.errors import Conflict, Refused
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.plugins.unit_kind import UnitKind

from .drafts import Clash, hold, save_files
from .refusals import refuse

Act = Callable[[CourseFiles], CourseFiles]
Look = Callable[[CourseFiles], Any]


@dataclass(frozen=True)
class Seen:
    """What somebody had before their eyes when they acted: the part of the course that counts, and its stamp."""

    look: Look
    stamp: str


@dataclass(frozen=True)
class Outlined:
    """A course before and after an act, and whether this is the first time that the act came."""

    before: CourseFiles
    after: CourseFiles
    fresh: bool = True

    @property
    def substantive(self) -> bool:
        """Whether a running edition gets it only by a coordinator's act."""
        return bool(substantive(self.before, self.after))


def stamp(course: CourseFiles, look: Look) -> str:
    """Names a part of a course as it stands, to be sent back with what is changed of it."""
    return digest(look(course))[:16]


def change_course(
    session: Session,
    *,
    draft: Draft,
    kinds: Mapping[str, UnitKind],
    act: Act,
    what: str,
    seen: Seen,
    key: str,
    by: Viewer,
    at: dt.datetime,
) -> Outlined:
    """Do an act on the newest texts of a draft; the same `key` again does nothing.

    Raises Conflict when what was `seen` has been changed by somebody since, Refused for what the course does not allow
    and for a draft that is closed.
    """
    hold(session, draft)
    work = workspace_of(session, draft, kinds)
    if saves_with(session, draft, key):
        return Outlined(work.course, work.course, fresh=False)
    if not is_open(draft):
        raise Refused(_("This draft is closed, so nothing in it can be changed any more."))
    if stamp(work.course, seen.look) != seen.stamp:
        raise Conflict(_("Somebody else has changed this since you opened the page. Look at it again, then decide."))
    try:
        after = act(work.course)
        changes = changed_files(work.course, after, work.files.texts, kinds)
    except NotPossible as no:
        raise refuse(no, work.course) from no
    over = {path: work.files.over(path) for path in changes}
    if changes:
        save_files(session, draft=draft, changes=changes, over=over, key=key, by=by, at=at)
        _note(session, draft, what, len(changes), by, at)
    return Outlined(work.course, after)


def undo(session: Session, *, draft: Draft, act: str, key: str, by: Viewer, at: dt.datetime) -> bool:
    """Put back what stood before an act (its key), as new saves; answers whether there was something to put back.

    Raises Conflict when one of the texts has been changed since, Refused for a draft that is closed.
    """
    hold(session, draft)
    saves = saves_with(session, draft, act)
    if not saves:
        return False
    before = texts_before(session, draft, saves)
    over = {save.path: save.id for save in saves}
    try:
        saved = save_files(session, draft=draft, changes=before, over=over, key=key, by=by, at=at)
    except Clash as clash:
        raise Conflict(_("What you did has been changed since, so it cannot be undone as one.")) from clash
    if saved.fresh:
        _note(session, draft, "undone", len(before), by, at)
    return True


def _note(session: Session, draft: Draft, what: str, files: int, by: Viewer, at: dt.datetime) -> None:
    audit.record(session, at=at, actor=by.subject, act=f"outline.{what}", about=draft.public_id, files=files)
