"""A draft is laid over a newer version of its course than the one it was begun on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftAct
from lms.authoring.queries import BASE_BEFORE, DraftFiles, base_files, files_of
from lms.authoring.rules.pairing import Three, Trio, trios
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course
from lms.catalogue.rules.substance import digest
from lms.kernel.errors import Conflict, Refused
from lms.people.queries import Viewer

from .drafts import asked_again, do, insist, row

Both = Mapping[str, Three]
Choices = Mapping[str, str | None]


class Behind(Conflict):
    """Files that both the draft and a newer version of the course have changed: path → (before, mine, theirs)."""

    def __init__(self, both: Both) -> None:
        super().__init__(_("A newer version has changed texts that this draft changes too. Choose for each."))
        self.both = both


def bring_up_to_date(
    session: Session,
    *,
    draft: Draft,
    choices: Choices,
    key: str,
    by: Viewer,
    at: dt.datetime,
    fitting: Choices | None = None,
) -> None:
    """Lay a draft over the newest version of its course. A file that only one side changed is taken from there; for one
    that both changed, `choices` has the text that `by` chose to keep, or `fitting` one that says what both say; None
    takes the file out. Who chooses writes; who only brings the draft up does not.

    Every text that changes is saved, so that whoever wrote over the older one is told. Raises Behind while a choice is
    missing, Refused where the draft is closed or newer than everything published."""
    insist(session, draft, DraftAct.BROUGHT_UP)
    course = session.get_one(Course, draft.course_id)
    latest = catalogue.published(session, course.slug)
    if latest is None or latest.version_id == draft.base_id:
        raise Refused(_("This draft is already laid over the newest version."))
    files, found = _trios(session, draft, latest.version_id)
    given = {**(fitting or {}), **choices}
    both = {trio.path: trio.texts for trio in found if trio.disputed and trio.path not in given}
    if both:
        raise Behind(both)
    wanted = _together(found, given)
    body_hash, before = digest(wanted), draft.base_id
    draft.base_id = latest.version_id
    for path, text in sorted(wanted.items()):
        if path in choices or files.texts.get(path) != text:
            session.add(row(draft, path, text, key, body_hash, by if path in choices else None, at))
    do(session, draft, DraftAct.BROUGHT_UP, by, at, {"version": latest.number, BASE_BEFORE: before})
    asked_again(session, draft, files.texts, by, at)


def apart(session: Session, draft: Draft) -> dict[str, Three]:
    """The files that both the draft and the newest version have changed: path → (before, mine, theirs)."""
    latest = catalogue.published(session, session.get_one(Course, draft.course_id).slug)
    if latest is None or latest.version_id == draft.base_id:
        return {}
    return {trio.path: trio.texts for trio in _trios(session, draft, latest.version_id)[1] if trio.disputed}


def _trios(session: Session, draft: Draft, newest: int) -> tuple[DraftFiles, list[Trio]]:
    files = files_of(session, draft)
    return files, trios(files.base, files.texts, base_files(session, newest))


def _together(found: Iterable[Trio], given: Choices) -> dict[str, str | None]:
    """Each file as it is to stand, by its path; None where none is to stand there."""
    wanted: dict[str, str | None] = {}
    for trio in found:
        wanted |= {path: None for path in trio.paths if path}
        wanted[trio.path] = given.get(trio.path, trio.text)
    return wanted
