"""Drafts: course files laid over a published version. Every save is kept; what was done to a draft is kept beside."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice

from .rules.drafting import LONGEST_TITLE
from .rules.drafting import DraftAct as DraftAct
from .rules.drafting import DraftOrigin as DraftOrigin
from .rules.drafting import DraftState as DraftState


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
