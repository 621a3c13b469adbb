"""Drafts: begun, saved, sent to the reviewers, brought up to a newer version, given up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftAct, DraftEvent, DraftOrigin, DraftSave, DraftState
from lms.authoring.queries import (
    base_files,
    files_of,
    is_open,
    last_written,
    save_of,
    text_before,
)
from lms.authoring.rules.drafting import LONGEST_TITLE, STATE_AFTER, may
from lms.catalogue import queries as catalogue
from lms.catalogue.files.read import may_stand
from lms.catalogue.files.text import decode
from lms.catalogue.models import Course
from lms.catalogue.rules.substance import digest
from lms.catalogue.services import course_row, fingerprint
from lms.kernel import audit
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_token
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.people.rules.names import mistake_in_prose
from lms.people.services.wording import refuse_text

from .asking import ask_again, ask_reviewers

# Saves of one person that follow one another within this time are one sitting in the audit trail.
SITTING = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Saved:
    """That a change is kept: the save of each path, and whether this is the first time it came."""

    ids: Mapping[str, int]
    at: dt.datetime
    fresh: bool = True


class Clash(Conflict):
    """Somebody else changed a file since: `path`, what was written over (`before`), and both texts."""

    def __init__(self, path: str, before: str | None, mine: str | None, theirs: str | None, over: int) -> None:
        super().__init__(_("Somebody else has changed this text since you opened it. Both texts are kept."))
        self.path, self.before, self.mine, self.theirs = path, before, mine, theirs
        self.over = over
        """The save that theirs is: what a next try is written over."""


def open_draft(
    session: Session,
    *,
    slug: str,
    title: str,
    by: Viewer | None,
    at: dt.datetime,
    origin: DraftOrigin = DraftOrigin.BROWSER,
    taken: str = "",
    key: str | None = None,
) -> Draft:
    """Begin a draft over the newest version of a course; `taken` names the files it comes from; the same `key` gives
    the same draft again. Raises Refused for a title that cannot be kept. The caller has seen to it that `by` works on
    the course."""
    latest = catalogue.published(session, slug)
    course = course_row(session, slug, at)
    session.execute(select(Course.id).where(Course.id == course.id).with_for_update())
    same = session.scalar(select(Draft).where(Draft.course_id == course.id, Draft.client_key == key))
    if same is not None:
        return same
    draft = Draft(
        client_key=key or new_token(),
        public_id=new_token(),
        course_id=course.id,
        base_id=latest.version_id if latest else None,
        title=_title(title),
        state=DraftState.DRAFT,
        origin=origin,
        begun_by=by.person_id if by else None,
        begun_at=at,
    )
    session.add(draft)
    session.flush()  # its id is needed for its events and saves
    files_hash = taken or fingerprint(base_files(session, draft.base_id))
    _note(session, draft, DraftAct.OPENED, by, at, files_hash, {"title": draft.title})
    return draft


def draft_for_writing(session: Session, *, slug: str, unit: str, title: str, by: Viewer, at: dt.datetime) -> Draft:
    """The draft, not in review, of a course that somebody wrote in last or began, if it has the unit, or else a new one
    of this title."""
    session.execute(select(Course.id).where(Course.slug == slug).with_for_update())
    found = last_written(session, slug, by.person_id)
    files = files_of(session, found).texts if found else ()
    if found is not None and any(path.endswith((f"/{unit}.md", f"/{unit}.yaml")) for path in files):
        return found
    return open_draft(session, slug=slug, title=title, by=by, at=at)


def _title(title: str) -> str:
    title = " ".join(title.split())
    refuse_text(mistake_in_prose(title, LONGEST_TITLE))
    if not title:
        raise Refused(_("Give the draft a title that says what it changes."))
    return title


def save_files(
    session: Session,
    *,
    draft: Draft,
    changes: Mapping[str, str | None],
    over: Mapping[str, int],
    key: str,
    by: Viewer | None,
    at: dt.datetime,
) -> Saved:
    """Keep new states of files, all or none; None takes a file out. `over` says for each path which save the change was
    written over (0: the base). The same `key` with the same change is answered as the first time.

    Raises Clash when somebody else saved one of the files since, Conflict when the key came with another change before,
    Refused for a draft that is closed and for what can stand in no course.
    """
    hold(session, draft)
    body_hash = digest(dict(changes))
    earlier = session.scalars(
        select(DraftSave).where(DraftSave.draft_id == draft.id, DraftSave.client_key == key)
    ).all()
    if earlier:
        if any(row.body_hash != body_hash for row in earlier):
            raise Conflict(_("This page was sent before with something else. What was saved first is kept."))
        return Saved({row.path: row.id for row in earlier}, earlier[0].at, fresh=False)
    if not is_open(draft):
        raise Refused(_("This draft is closed, so nothing in it can be changed any more."))
    files = files_of(session, draft)
    fresh = {path: text for path, text in changes.items() if files.texts.get(path) != text}
    for path, text in fresh.items():
        _fit(path, text)
        if over.get(path, 0) != files.over(path):
            before = text_before(session, draft, path, over.get(path, 0))
            raise Clash(path, before, text, files.texts.get(path), files.over(path))
    rows = [row(draft, path, text, key, body_hash, by, at) for path, text in fresh.items()]
    if rows and by is not None:
        _note_sitting(session, draft, by, at)
    session.add_all(rows)
    session.flush()  # the page needs the ids of the saves to write over
    if rows:
        asked_again(session, draft, files.texts, by, at)
    return Saved({path: files.over(path) for path in changes} | {row.path: row.id for row in rows}, at)


def asked_again(session: Session, draft: Draft, before: Mapping[str, str], by: Viewer | None, at: dt.datetime) -> None:
    """Write to the reviewers where files other than those `before` made their sign-offs void."""
    if draft.state is DraftState.IN_REVIEW:
        hashes = fingerprint(before), fingerprint(files_of(session, draft).texts)
        ask_again(session, draft=draft, before=hashes[0], after=hashes[1], by=by.person_id if by else None, at=at)


def row(
    draft: Draft, path: str, text: str | None, key: str, body_hash: str, by: Viewer | None, at: dt.datetime
) -> DraftSave:
    """One saved state of a file, not yet in the database."""
    person = by.person_id if by else None
    return DraftSave(
        draft_id=draft.id, path=path, text=text, person_id=person, client_key=key, body_hash=body_hash, at=at
    )


def _fit(path: str, text: str | None) -> None:
    if not may_stand(path):
        raise Refused(_("“%(path)s” has no place in a course.", path=path))
    mistakes = decode(path, (text or "").encode())[1]
    if mistakes:
        raise Refused(f"{mistakes[0].what}: {mistakes[0].cure}")


def _note_sitting(session: Session, draft: Draft, by: Viewer, at: dt.datetime) -> None:
    mine = select(DraftSave.at).where(DraftSave.draft_id == draft.id, DraftSave.person_id == by.person_id)
    last = session.scalar(mine.order_by(DraftSave.id.desc()).limit(1))
    if last is None or at - last > SITTING:
        audit.record(session, at=at, actor=by.subject, act="draft.written", about=draft.public_id)


def hold(session: Session, draft: Draft) -> None:
    """Let nobody else change this draft until the change is over."""
    session.scalars(
        select(Draft).where(Draft.id == draft.id).with_for_update().execution_options(populate_existing=True)
    ).one()


def restore(session: Session, *, draft: Draft, save_id: int, over: int, key: str, by: Viewer, at: dt.datetime) -> Saved:
    """Make an earlier saved state of a file the present one, as a new save. Raises NotFound, and as `save_files`."""
    state = save_of(session, draft, save_id)
    return save_files(
        session, draft=draft, changes={state.path: state.text}, over={state.path: over}, key=key, by=by, at=at
    )


def rename_draft(session: Session, *, draft: Draft, title: str, by: Viewer, at: dt.datetime) -> None:
    """Give a draft another title. Raises Refused."""
    title = _title(title)
    insist(session, draft, DraftAct.RENAMED)
    if title != draft.title:
        draft.title = title
        do(session, draft, DraftAct.RENAMED, by, at, {"title": title})


def send_to_review(session: Session, *, draft: Draft, by: Viewer | None, at: dt.datetime) -> None:
    """Ask the reviewers to read it, by mail too. Raises Refused for a draft that changes nothing, or that nobody is
    writing."""
    if _done(session, draft, DraftAct.SENT):
        return
    files = files_of(session, draft)
    if not files.changed():
        raise Refused(_("This draft changes nothing yet, so there is nothing to review."))
    do(session, draft, DraftAct.SENT, by, at)
    asking = by.person_id if by else None
    ask_reviewers(session, draft=draft, files_hash=fingerprint(files.texts), by=asking, at=at)


def take_back(session: Session, *, draft: Draft, by: Viewer, at: dt.datetime) -> None:
    """Write on; the reviewers need not read it for now. Raises Refused."""
    if _done(session, draft, DraftAct.TAKEN_BACK):
        return
    do(session, draft, DraftAct.TAKEN_BACK, by, at)


def abandon(session: Session, *, draft: Draft, by: Viewer, at: dt.datetime) -> None:
    """Give a draft up; its texts stay and it can be taken up again. Raises Refused."""
    if _done(session, draft, DraftAct.ABANDONED):
        return
    do(session, draft, DraftAct.ABANDONED, by, at)


def take_up(session: Session, *, draft: Draft, by: Viewer, at: dt.datetime) -> None:
    """Write on at a draft that was given up. Raises Refused."""
    if _done(session, draft, DraftAct.TAKEN_UP):
        return
    do(session, draft, DraftAct.TAKEN_UP, by, at)


def _done(session: Session, draft: Draft, act: DraftAct) -> bool:
    """Whether the draft is already where the act leads: a form that was sent twice changes nothing more."""
    hold(session, draft)
    if draft.state is STATE_AFTER[act]:
        return True
    insist(session, draft, act)
    return False


def insist(session: Session, draft: Draft, act: DraftAct) -> None:
    """Hold the draft for an act; raises Refused where it does not stand so that this can be done."""
    hold(session, draft)
    if not may(act, draft.state):
        raise Refused(
            _("Somebody has done something else with this draft since you opened the page. Look at it again.")
        )


def do(
    session: Session,
    draft: Draft,
    act: DraftAct,
    by: Viewer | None,
    at: dt.datetime,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write an act down with the state it leads to."""
    draft.state = STATE_AFTER.get(act, draft.state)
    session.flush()  # the hash is of the files as they stand after the act
    _note(session, draft, act, by, at, fingerprint(files_of(session, draft).texts), details or {})


def _note(
    session: Session,
    draft: Draft,
    act: DraftAct,
    by: Viewer | None,
    at: dt.datetime,
    files_hash: str,
    details: Mapping[str, Any],
) -> None:
    person, actor = (by.person_id, by.subject) if by else (None, None)
    session.add(
        DraftEvent(draft_id=draft.id, act=act, person_id=person, files_hash=files_hash, details=dict(details), at=at)
    )
    audit.record(session, at=at, actor=actor, act=f"draft.{act}", about=draft.public_id, files=files_hash)


def close_as_published(session: Session, *, draft: Draft, number: str, by: Viewer, at: dt.datetime) -> None:
    """The draft has become a version. Raises Refused where it is not in review."""
    insist(session, draft, DraftAct.PUBLISHED)
    do(session, draft, DraftAct.PUBLISHED, by, at, {"version": number})
