"""Drafts: course files laid over a published version. Every save is kept; what was done to a draft and what reviewers
said of it is kept beside."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice

from .rules.drafting import LONGEST_TITLE
from .rules.drafting import DraftAct as DraftAct
from .rules.drafting import DraftOrigin as DraftOrigin
from .rules.drafting import DraftState as DraftState
from .rules.remarks import LONGEST_WHERE
from .rules.remarks import CommentAct as CommentAct
from .rules.signing import SignOffAct as SignOffAct


class Draft(Model):
    """A change of a course that is being written. `state` is the summary of its events."""

    __tablename__ = "lms_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), index=True)
    base_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course_version.id"))
    """The version it changes; None for a course that has none yet."""
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    state: Mapped[DraftState] = mapped_column(choice(DraftState))
    origin: Mapped[DraftOrigin] = mapped_column(choice(DraftOrigin))
    begun_by: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    """None where the command line took it from files."""
    begun_at: Mapped[dt.datetime]
    client_key: Mapped[str] = mapped_column(String(64))
    """Of the form it was begun with: sent twice, it begins one draft."""

    __table_args__ = (UniqueConstraint("course_id", "client_key"),)


class DraftEvent(Model):
    """Something that was done to a draft as a whole, with the hash of its files at that moment. Append-only."""

    __tablename__ = "lms_draft_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("lms_draft.id"), index=True)
    act: Mapped[DraftAct] = mapped_column(choice(DraftAct))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    files_hash: Mapped[str] = mapped_column(String(64))
    details: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class DraftSave(Model):
    """One saved state of one file of a draft; the last of a path counts. Append-only."""

    __tablename__ = "lms_draft_save"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("lms_draft.id"))
    path: Mapped[str] = mapped_column(String(255))
    text: Mapped[str | None] = mapped_column(Text)
    """The whole file; None where it was taken out."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"))
    client_key: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]

    __table_args__ = (
        UniqueConstraint("draft_id", "client_key", "path"),
        Index("ix_lms_draft_save_path", "draft_id", "path", "id"),
    )


class SignOff(Model):
    """What a reviewer said of a draft: of exactly the files with this hash. The last word of each reviewer on a kind
    counts. Append-only."""

    __tablename__ = "lms_sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("lms_draft.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    """Of the translations that are meant; empty for every kind but that one."""
    act: Mapped[SignOffAct] = mapped_column(choice(SignOffAct))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    files_hash: Mapped[str] = mapped_column(String(64))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course_version.id"))
    last_save_id: Mapped[int]
    """With the base: which state of the files it was; 0 where nothing had been saved yet."""
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why it was withheld or taken back, under the key of whoever did."""
    at: Mapped[dt.datetime]

    __table_args__ = (
        CheckConstraint("act <> 'withheld' OR sealed_reason IS NOT NULL", name="withheld_for_a_reason"),
        CheckConstraint("(kind = 'language') = (language <> '')", name="of_a_language"),
    )


class DraftComment(Model):
    """A remark on a passage of a draft, or an answer to one. It keeps the words it was about, so that it can be found
    again after they were changed, or stand by itself once they are gone. Append-only."""

    __tablename__ = "lms_draft_comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("lms_draft.id"))
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("lms_draft_comment.id"))
    """The remark that it answers; answers have no passage of their own."""
    path: Mapped[str] = mapped_column(String(255))
    heading: Mapped[str] = mapped_column(String(LONGEST_WHERE))
    about: Mapped[str] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    sealed_words: Mapped[bytes] = mapped_column(LargeBinary)
    """What was said, under the key of whoever said it."""
    client_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("draft_id", "client_key"),)


class DraftCommentOutcome(Model):
    """That a remark was settled, or is open again; the last counts. Append-only."""

    __tablename__ = "lms_draft_comment_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("lms_draft_comment.id"), index=True)
    act: Mapped[CommentAct] = mapped_column(choice(CommentAct))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    at: Mapped[dt.datetime]
