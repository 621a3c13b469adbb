"""Remarks on passages of a draft: begun, answered, settled and opened again."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.authoring.models import CommentAct, Draft, DraftComment, DraftCommentOutcome
from lms.authoring.queries import is_open, last_outcome, remark_place, remark_row
from lms.authoring.rules.remarks import LONGEST_REMARK, Anchor
from lms.kernel import audit
from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token
from lms.kernel.values import dataclass
from lms.people.queries import Viewer
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_text
from lms.people.services.wording import refuse_text

from .drafts import hold


@dataclass(frozen=True)
class Words:
    """What somebody writes; the same `key` twice is one remark."""

    text: str
    key: str


def remark(session: Session, *, draft: Draft, anchor: Anchor, words: Words, by: Viewer, at: dt.datetime) -> str:
    """Begin a remark on a passage; gives its public id. Raises Refused for words that cannot be kept, and where the
    draft is closed."""
    return _say(session, draft, anchor, None, words, by, at)


def answer(session: Session, *, draft: Draft, remark: str, words: Words, by: Viewer, at: dt.datetime) -> None:
    """Answer a remark. Raises NotFound, Refused as above."""
    hold(session, draft)
    first = remark_row(session, draft, remark)
    _say(session, draft, Anchor(first.path, first.heading, ""), first.id, words, by, at)


def _say(
    session: Session, draft: Draft, anchor: Anchor, answers: int | None, words: Words, by: Viewer, at: dt.datetime
) -> str:
    hold(session, draft)
    same = select(DraftComment.public_id).where(DraftComment.draft_id == draft.id, DraftComment.client_key == words.key)
    earlier = session.scalar(same)
    if earlier is not None:
        return earlier
    _insist_open(draft)
    text = words.text.strip()
    refuse_text(mistake_in_prose(text, LONGEST_REMARK))
    if not text:
        raise Refused(_("Write what you have to say."))
    made = new_token()
    session.add(
        DraftComment(
            public_id=made,
            draft_id=draft.id,
            answers_id=answers,
            path=anchor.path,
            heading=anchor.where,
            about=anchor.about,
            person_id=by.person_id,
            sealed_words=seal_text(session, by.person_id, text, remark_place(made)),
            client_key=words.key,
            at=at,
        )
    )
    act = "draft.remarked" if answers is None else "draft.remark-answered"
    audit.record(session, at=at, actor=by.subject, act=act, about=draft.public_id, file=anchor.path)
    return made


def settle(session: Session, *, draft: Draft, remark: str, act: CommentAct, by: Viewer, at: dt.datetime) -> None:
    """Say that a remark is settled, or open it again; what is so already stays. Raises NotFound, Refused."""
    hold(session, draft)
    first = remark_row(session, draft, remark)
    _insist_open(draft)
    if (last_outcome(session, first.id) or CommentAct.REOPENED) is act:
        return
    session.add(DraftCommentOutcome(comment_id=first.id, act=act, person_id=by.person_id, at=at))
    audit.record(session, at=at, actor=by.subject, act=f"draft.remark-{act}", about=draft.public_id, file=first.path)


def _insist_open(draft: Draft) -> None:
    if not is_open(draft):
        raise Refused(_("This draft is closed, so nothing in it can be changed any more."))
