"""What reviewers said of drafts: sign-offs, remarks, and who reviews a course."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.authoring.models import (
    CommentAct,
    Draft,
    DraftAct,
    DraftComment,
    DraftCommentOutcome,
    DraftEvent,
    DraftSave,
    SignOff,
)
from lms.authoring.rules.remarks import Anchor
from lms.authoring.rules.signing import Need, SignOffAct, Word
from lms.catalogue.rules.confirmation import may_confirm
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.queries.mandates import mandates_in_force
from lms.people.rules.mandates import Grant
from lms.people.sealing import keys_of, open_if_there

from .drafts import base_files


def sign_off_place(draft: str, need: Need, at: dt.datetime) -> str:
    """Where the reason of a sign-off belongs."""
    return f"lms_sign_off:reason:{draft}:{need.kind}:{need.language}:{at.astimezone(dt.UTC).isoformat()}"


def remark_place(public_id: str) -> str:
    """Where the words of a remark belong."""
    return f"lms_draft_comment:words:{public_id}"


@dataclass(frozen=True, slots=True)
class Signed:
    """One word of a reviewer; the reasons of whoever is erased are gone."""

    id: int
    word: Word
    base_id: int | None
    last_save_id: int
    at: dt.datetime
    reason: str


def signed(session: Session, draft: Draft) -> list[Signed]:
    """Everything reviewers said of a draft, in order; two statements at most."""
    rows = session.scalars(select(SignOff).where(SignOff.draft_id == draft.id).order_by(SignOff.id)).all()
    sealed = {row.person_id for row in rows if row.sealed_reason}
    keys = keys_of(session, sealed) if sealed else {}
    return [_signed(row, draft, keys) for row in rows]


def _signed(row: SignOff, draft: Draft, keys: Mapping[int, bytes]) -> Signed:
    need = Need(row.kind, row.language)
    reason = open_if_there(keys.get(row.person_id), row.sealed_reason, sign_off_place(draft.public_id, need, row.at))
    word = Word(need, SignOffAct(row.act), row.person_id, row.files_hash)
    return Signed(row.id, word, row.base_id, row.last_save_id, row.at, reason)


def given_for(session: Session, draft: Draft, files_hash: str) -> bool:
    """Whether somebody gave a sign-off for a draft with just these files."""
    given = (SignOff.draft_id == draft.id, SignOff.act == SignOffAct.GIVEN, SignOff.files_hash == files_hash)
    return session.scalar(select(SignOff.id).where(*given).limit(1)) is not None


def last_save_id(session: Session, draft: Draft) -> int:
    """The newest save of a draft; 0 before the first."""
    return session.scalar(select(func.max(DraftSave.id)).where(DraftSave.draft_id == draft.id)) or 0


def files_when(session: Session, draft: Draft, sign_off: Signed) -> dict[str, str]:
    """The files of a draft as they were when somebody spoke of them."""
    texts = dict(base_files(session, sign_off.base_id))
    saved = (DraftSave.draft_id == draft.id, DraftSave.id <= sign_off.last_save_id)
    newest = select(func.max(DraftSave.id)).where(*saved).group_by(DraftSave.path)
    for path, text in session.execute(select(DraftSave.path, DraftSave.text).where(DraftSave.id.in_(newest))):
        texts.pop(path, None)
        if text is not None:
            texts[path] = text
    return dict(sorted(texts.items()))


def sender_of(session: Session, draft: Draft) -> int | None:
    """Who sent a draft to review the last time; None for the command line."""
    sent = select(DraftEvent.person_id).where(DraftEvent.draft_id == draft.id, DraftEvent.act == DraftAct.SENT)
    return session.scalar(sent.order_by(DraftEvent.id.desc()).limit(1))


def reviewers_of(session: Session, slug: str, at: dt.datetime) -> list[int]:
    """Who may sign for a course at that instant and can still sign in, in the order of their mandates."""
    held = mandates_in_force(session, at)
    found = dict.fromkeys(
        one.person_id for one in held if may_confirm([Grant(one.role, one.scope, one.scope_id)], slug)
    )
    here = (Person.id.in_(found), Person.disabled_at.is_(None), Person.erased_at.is_(None))
    present = set(session.scalars(select(Person.id).where(*here)))
    return [person for person in found if person in present]


def disabled_of(session: Session, people: Collection[int]) -> frozenset[int]:
    """Those of these people who are kept from signing in; no statement where there are none to ask about."""
    if not people:
        return frozenset()
    return frozenset(session.scalars(select(Person.id).where(Person.id.in_(people), Person.disabled_at.is_not(None))))


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something in a remark, when, and the words; empty once whoever said them is erased."""

    person_id: int
    at: dt.datetime
    words: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a remark."""

    act: CommentAct
    person_id: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark with its answers and what became of it."""

    public_id: str
    anchor: Anchor
    said: tuple[Said, ...]
    settled: tuple[Settled, ...]

    @property
    def open(self) -> bool:
        """Whether it still waits."""
        return not self.settled or self.settled[-1].act is CommentAct.REOPENED

    @property
    def people(self) -> set[int]:
        """Everyone whose name stands in it."""
        return {one.person_id for one in self.said} | {one.person_id for one in self.settled}


def remarks_of(session: Session, draft: Draft) -> list[Remark]:
    """The remarks on a draft, in the order they were begun; three statements however many there are."""
    rows = session.scalars(
        select(DraftComment).where(DraftComment.draft_id == draft.id).order_by(DraftComment.id)
    ).all()
    if not rows:
        return []
    keys = keys_of(session, {row.person_id for row in rows})
    answers: dict[int, list[DraftComment]] = {}
    for row in rows:
        answers.setdefault(row.answers_id or row.id, []).append(row)
    settled = _settled(session, draft)
    return [
        Remark(
            first.public_id,
            Anchor(first.path, first.heading, first.about),
            tuple(_said(row, keys) for row in answers[first.id]),
            tuple(settled.get(first.id, ())),
        )
        for first in rows
        if first.answers_id is None
    ]


def _said(row: DraftComment, keys: Mapping[int, bytes]) -> Said:
    return Said(
        row.person_id, row.at, open_if_there(keys.get(row.person_id), row.sealed_words, remark_place(row.public_id))
    )


def _settled(session: Session, draft: Draft) -> dict[int, list[Settled]]:
    outcomes = (
        select(DraftCommentOutcome)
        .join(DraftComment, DraftComment.id == DraftCommentOutcome.comment_id)
        .where(DraftComment.draft_id == draft.id)
        .order_by(DraftCommentOutcome.id)
    )
    found: dict[int, list[Settled]] = {}
    for row in session.scalars(outcomes):
        found.setdefault(row.comment_id, []).append(Settled(CommentAct(row.act), row.person_id, row.at))
    return found


def remark_row(session: Session, draft: Draft, public_id: str) -> DraftComment:
    """The first words of a remark on this draft; raises NotFound for any other."""
    mine = (DraftComment.draft_id == draft.id, DraftComment.answers_id.is_(None), DraftComment.public_id == public_id)
    found = session.scalar(select(DraftComment).where(*mine))
    if found is None:
        raise NotFound
    return found


def last_outcome(session: Session, comment_id: int) -> CommentAct | None:
    """What became of a remark last."""
    acts = select(DraftCommentOutcome.act).where(DraftCommentOutcome.comment_id == comment_id)
    return session.scalar(acts.order_by(DraftCommentOutcome.id.desc()).limit(1))


def open_remarks(session: Session, draft_ids: Collection[int]) -> dict[int, int]:
    """How many remarks wait in several drafts; one statement."""
    last = select(func.max(DraftCommentOutcome.id)).group_by(DraftCommentOutcome.comment_id)
    done = select(DraftCommentOutcome.comment_id).where(
        DraftCommentOutcome.id.in_(last), DraftCommentOutcome.act == CommentAct.RESOLVED
    )
    waiting = (DraftComment.draft_id.in_(draft_ids), DraftComment.answers_id.is_(None), DraftComment.id.not_in(done))
    rows = session.execute(select(DraftComment.draft_id, func.count()).where(*waiting).group_by(DraftComment.draft_id))
    return dict(rows.all())


@dataclass(frozen=True, slots=True)
class FromDraft:
    """Which draft became a version, and who published it."""

    draft: Draft
    by: int | None


def published_drafts(session: Session, course_id: int) -> dict[str, FromDraft]:
    """The drafts of a course that became versions, by the version's number; one statement."""
    done: Any = (Draft.course_id == course_id, DraftEvent.act == DraftAct.PUBLISHED)
    rows = session.execute(
        select(Draft, DraftEvent.person_id, DraftEvent.details)
        .join(DraftEvent, DraftEvent.draft_id == Draft.id)
        .where(*done)
    )
    return {str(details.get("version")): FromDraft(draft, by) for draft, by, details in rows}


def published_files_hash(session: Session, draft: Draft) -> str:
    """The files of a draft when it became a version; empty where it has not."""
    done = (DraftEvent.draft_id == draft.id, DraftEvent.act == DraftAct.PUBLISHED)
    return session.scalar(select(DraftEvent.files_hash).where(*done)) or ""
