"""A draft is laid over a newer version of its course than the one it was begun on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftAct
from lms.authoring.queries import DraftFiles, base_files, files_of
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course
from lms.catalogue.rules.substance import digest
from lms.kernel.errors import Conflict, Refused
from lms.people.queries import Viewer

from .drafts import asked_again, do, insist, row

Texts = Mapping[str, str]


class Behind(Conflict):
    """Files that both the draft and a newer version of the course have changed: path → (before, mine, theirs)."""

    def __init__(self, both: Mapping[str, tuple[str | None, str | None, str | None]]) -> None:
        super().__init__(_("A newer version has changed texts that this draft changes too. Choose for each."))
        self.both = both


def bring_up_to_date(
    session: Session, *, draft: Draft, choices: Mapping[str, str], key: str, by: Viewer, at: dt.datetime
) -> None:
    """Lay a draft over the newest version of its course. A file that only one side changed is taken from there; for one
    that both changed, `choices` has the text to keep. Raises Behind while such a choice is missing, Refused where the
    draft is closed or newer than everything published."""
    insist(session, draft, DraftAct.BROUGHT_UP)
    course = session.get_one(Course, draft.course_id)
    latest = catalogue.published(session, course.slug)
    if latest is None or latest.version_id == draft.base_id:
        raise Refused(_("This draft is already laid over the newest version."))
    before, mine, theirs = _three(session, draft, latest.version_id)
    both = _both_changed(before, mine, theirs, choices)
    if both:
        raise Behind(both)
    draft.base_id = latest.version_id
    _keep_over(session, draft, mine.last, _together(before, mine.texts, theirs, choices), theirs, key, by, at)
    do(session, draft, DraftAct.BROUGHT_UP, by, at, {"version": latest.number})
    asked_again(session, draft, mine.texts, by, at)


def apart(session: Session, draft: Draft) -> dict[str, tuple[str | None, str | None, str | None]]:
    """The files that both the draft and the newest version have changed: path → (before, mine, theirs)."""
    latest = catalogue.published(session, session.get_one(Course, draft.course_id).slug)
    if latest is None or latest.version_id == draft.base_id:
        return {}
    return _both_changed(*_three(session, draft, latest.version_id), {})


def _three(session: Session, draft: Draft, newest: int) -> tuple[Texts, DraftFiles, Texts]:
    files = files_of(session, draft)
    return files.base, files, base_files(session, newest)


def _both_changed(
    before: Texts, mine: DraftFiles, theirs: Texts, choices: Texts
) -> dict[str, tuple[str | None, str | None, str | None]]:
    """What both sides changed to something else, and nobody has chosen between yet."""
    found = {}
    for path in mine.changed():
        was, new, other = before.get(path), mine.texts.get(path), theirs.get(path)
        if other not in (was, new) and path not in choices:
            found[path] = (was, new, other)
    return found


def _together(before: Texts, mine: Texts, theirs: Texts, choices: Texts) -> dict[str, str | None]:
    """Each file as it is to stand, by its path."""
    found: dict[str, str | None] = {}
    for path in {*before, *mine, *theirs}:
        text = theirs.get(path) if mine.get(path) == before.get(path) else mine.get(path)
        found[path] = choices.get(path, text)
    return found


def _keep_over(
    session: Session,
    draft: Draft,
    last: Mapping[str, int],
    wanted: Mapping[str, str | None],
    base: Texts,
    key: str,
    by: Viewer,
    at: dt.datetime,
) -> None:
    """Save what over the new base would not stand as it is wanted. A path that was ever saved is saved once more, since
    its last save would hide the new base."""
    body_hash = digest(dict(wanted))
    for path, text in sorted(wanted.items()):
        if path in last or base.get(path) != text:
            session.add(row(draft, path, text, key, body_hash, by, at))
