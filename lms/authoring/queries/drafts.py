"""Drafts and their files. Each question begins with the courses that somebody's mandates reach over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.authoring.models import Draft, DraftAct, DraftEvent, DraftSave
from lms.authoring.rules.drafting import OPEN, DraftState
from lms.catalogue import queries as catalogue
from lms.catalogue.models import Course
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.rules.mandates import Grant

from .courses import reaches


def draft_of(session: Session, grants: Iterable[Grant], slug: str, public_id: str) -> Draft:
    """A draft of a course that somebody works on; raises NotFound for any other."""
    draft = session.scalar(_drafts(slug).where(Draft.public_id == public_id))
    if draft is None or not reaches(grants, slug):
        raise NotFound
    return draft


def _drafts(slug: str) -> Select[Draft]:
    return select(Draft).join(Course, Course.id == Draft.course_id).where(Course.slug == slug)


def open_drafts(session: Session, slug: str) -> list[Draft]:
    """The drafts of a course that are being written or reviewed, the newest first."""
    return list(session.scalars(_drafts(slug).where(Draft.state.in_(OPEN)).order_by(Draft.id.desc())))


def in_review(session: Session, slugs: Iterable[str]) -> dict[str, int]:
    """How many drafts of several courses wait in review, by slug; one statement."""
    waits = select(Course.slug, func.count().label("number")).join(Draft, Draft.course_id == Course.id)
    waits = waits.where(Draft.state == DraftState.IN_REVIEW, Course.slug.in_(set(slugs))).group_by(Course.slug)
    return {row.slug: row.number for row in session.execute(waits)}


def closed_drafts(session: Session, slug: str, most: int = 50) -> list[Draft]:
    """The last drafts of a course that were published or given up, the newest first."""
    return list(session.scalars(_drafts(slug).where(Draft.state.not_in(OPEN)).order_by(Draft.id.desc()).limit(most)))


def slug_of(session: Session, draft: Draft) -> str:
    """The name of the course that a draft changes."""
    return session.scalars(select(Course.slug).where(Course.id == draft.course_id)).one()


@dataclass(frozen=True)
class DraftFiles:
    """The files of a draft as they stand: those of its base, and over them what was saved last."""

    base: Mapping[str, str]
    texts: Mapping[str, str]
    last: Mapping[str, int]
    """The last save of each path that was ever saved."""

    def over(self, path: str) -> int:
        """What a change of this file is written over: its last save, or 0 for the file of the base or none."""
        return self.last.get(path, 0)

    def changed(self) -> tuple[str, ...]:
        """The paths whose text is not that of the base, new and taken out ones included."""
        return tuple(path for path in sorted({*self.base, *self.texts}) if self.base.get(path) != self.texts.get(path))


def files_of(session: Session, draft: Draft) -> DraftFiles:
    """The files of a draft as they stand; two statements, one when the base is at hand."""
    base = base_files(session, draft.base_id)
    texts, last = dict(base), {}
    newest = select(func.max(DraftSave.id)).where(DraftSave.draft_id == draft.id).group_by(DraftSave.path)
    for row in session.execute(select(DraftSave.id, DraftSave.path, DraftSave.text).where(DraftSave.id.in_(newest))):
        last[row.path] = row.id
        if row.text is None:
            texts.pop(row.path, None)
        else:
            texts[row.path] = row.text
    return DraftFiles(base, dict(sorted(texts.items())), last)


def base_files(session: Session, base_id: int | None) -> Mapping[str, str]:
    """The files of the version a draft changes; none for a course that has no version yet."""
    return catalogue.version_files(session, base_id) if base_id else {}


@dataclass(frozen=True, slots=True)
class SavedState:
    """One saved state of a file: whose, when, and its text; None where it was taken out."""

    id: int
    path: str
    person_id: int | None
    at: dt.datetime
    text: str | None


_SAVED = (DraftSave.id, DraftSave.path, DraftSave.person_id, DraftSave.at, DraftSave.text)


def saves_of(session: Session, draft: Draft, path: str, most: int = 500) -> list[SavedState]:
    """The saved states of a file, the newest first."""
    mine = select(*_SAVED).where(DraftSave.draft_id == draft.id, DraftSave.path == path)
    return [SavedState(*row) for row in session.execute(mine.order_by(DraftSave.id.desc()).limit(most))]


def save_of(session: Session, draft: Draft, save_id: int) -> SavedState:
    """One saved state of a draft; raises NotFound for that of another."""
    row = session.execute(select(*_SAVED).where(DraftSave.draft_id == draft.id, DraftSave.id == save_id)).first()
    if row is None:
        raise NotFound
    return SavedState(*row)


def text_before(session: Session, draft: Draft, path: str, over: int) -> str | None:
    """The text that a change of a file was written over: a saved state, or for 0 the file before anything was saved."""
    if over:
        return save_of(session, draft, over).text
    return first_files(session, draft).get(path)


BASE_BEFORE = "base"
"""What a draft was laid over before it was brought up, in the details of that act."""


def first_files(session: Session, draft: Draft) -> Mapping[str, str]:
    """The files of the version that a draft was begun on. A file that was never saved still says what it says there,
    since bringing a draft up saves every text that changes."""
    brought_up = (DraftEvent.draft_id == draft.id, DraftEvent.act == DraftAct.BROUGHT_UP)
    first = session.scalar(select(DraftEvent.details).where(*brought_up).order_by(DraftEvent.id).limit(1))
    return base_files(session, (first or {}).get(BASE_BEFORE, draft.base_id))


def writer_of_text(session: Session, draft: Draft, path: str, save: int) -> int | None:
    """Who wrote the text of a saved state: whoever lets it stand again in a conflict has not written it."""
    said = save_of(session, draft, save)
    wrote = select(DraftSave.person_id).where(
        DraftSave.draft_id == draft.id,
        DraftSave.path == path,
        DraftSave.id <= save,
        DraftSave.text == said.text,
        DraftSave.client_key.not_like("%.b"),
    )
    return session.scalars(wrote.order_by(DraftSave.id.desc()).limit(1)).first() or said.person_id


def writers_of(session: Session, draft: Draft) -> frozenset[int]:
    """Everyone who changed a text of this draft, and who began it."""
    wrote = select(DraftSave.person_id).where(DraftSave.draft_id == draft.id, DraftSave.person_id.is_not(None))
    people = {person for person in session.scalars(wrote.distinct()) if person is not None}
    return frozenset(people | ({draft.begun_by} if draft.begun_by else set()))


def events_of(session: Session, draft: Draft) -> list[DraftEvent]:
    """What was done to a draft, in order."""
    return list(session.scalars(select(DraftEvent).where(DraftEvent.draft_id == draft.id).order_by(DraftEvent.id)))


def last_saves(session: Session, draft_ids: Iterable[int]) -> dict[int, tuple[dt.datetime, int]]:
    """When something was last saved in several drafts, and in how many files; one statement."""
    counted = select(DraftSave.draft_id, func.max(DraftSave.at), func.count(DraftSave.path.distinct()))
    rows = session.execute(counted.where(DraftSave.draft_id.in_(set(draft_ids))).group_by(DraftSave.draft_id))
    return {draft_id: (at, files) for draft_id, at, files in rows}


def last_written(session: Session, slug: str, person_id: int) -> Draft | None:
    """The draft of a course in which somebody saved last, or else the newest that they began, of those that are being
    written: whoever writes in one that is in review means to."""
    last = (
        select(func.max(DraftSave.id))
        .where(DraftSave.draft_id == Draft.id, DraftSave.person_id == person_id)
        .scalar_subquery()
    )
    theirs = _drafts(slug).where(Draft.state == DraftState.DRAFT, last.is_not(None) | (Draft.begun_by == person_id))
    return session.scalar(theirs.order_by(func.coalesce(last, 0).desc(), Draft.id.desc()).limit(1))


def is_open(draft: Draft) -> bool:
    """Whether its texts can be changed."""
    return DraftState(draft.state) in OPEN
