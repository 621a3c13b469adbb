"""Published courses. A version is an immutable ordered list of unit revisions; nothing here is ever changed but
`Course`, which remembers what was last taken from files. What native readers say of a translation is appended."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, choice


class ChangeKind(enum.StrEnum):
    """What a version changes against the one before: editorial touches no progress."""

    FIRST = "first"
    EDITORIAL = "editorial"
    SUBSTANTIVE = "substantive"


class Course(Model):
    """A course and the hash of the files it last took."""

    __tablename__ = "lms_course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    files_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[dt.datetime]


class CourseVersion(Model):
    """One published version: number, content hash, and everything of the course that is not a unit."""

    __tablename__ = "lms_course_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), index=True)
    major: Mapped[int]
    minor: Mapped[int]
    change: Mapped[ChangeKind] = mapped_column(choice(ChangeKind))
    content_hash: Mapped[str] = mapped_column(String(64))
    title: Mapped[dict[str, Any]]
    """Title per language."""
    rule: Mapped[dict[str, Any]]
    """The completion rule as in the course file."""
    document: Mapped[dict[str, Any]]
    """The rest of the course: description, pass mark, modules' order, glossary, sources; and the files as loaded."""
    changelog: Mapped[str] = mapped_column(Text)
    """Every difference to the version before, a line each, for those who work on the course."""
    summary: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    """What is new in it in one line for everyone, per language; empty where nobody wrote it."""
    published_at: Mapped[dt.datetime]
    published_by: Mapped[str | None] = mapped_column(String(40))

    modules: Mapped[list[VersionModule]] = relationship(order_by="VersionModule.position")

    __table_args__ = (
        UniqueConstraint("course_id", "major", "minor"),
        CheckConstraint("major >= 1 AND minor >= 0", name="numbered"),
    )


class VersionModule(Model):
    """A module at its place in a version."""

    __tablename__ = "lms_version_module"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lms_course_version.id"), index=True)
    position: Mapped[int]
    key: Mapped[str] = mapped_column(String(80))
    document: Mapped[dict[str, Any]]
    """Title, objectives and minutes per language, pass mark, which modules come before, where it was reused from."""

    units: Mapped[list[VersionUnit]] = relationship(order_by="VersionUnit.position")

    __table_args__ = (UniqueConstraint("version_id", "position"), UniqueConstraint("version_id", "key"))


class Unit(Model):
    """A unit over all its revisions; `key` is stable and unique in the course that owns it."""

    __tablename__ = "lms_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    key: Mapped[str] = mapped_column(String(120))

    __table_args__ = (UniqueConstraint("course_id", "key"),)


class UnitRevision(Model):
    """One text of a unit in one language, as it was published; `substance` changes only when its author says so."""

    __tablename__ = "lms_unit_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(20))
    substance: Mapped[str] = mapped_column(String(80))
    content_hash: Mapped[str] = mapped_column(String(64))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("lms_unit_revision.id"))
    source: Mapped[str] = mapped_column(Text)
    """The unit's file, byte for byte."""
    document: Mapped[dict[str, Any]]
    """What the unit kind parsed from the file."""
    rendered: Mapped[dict[str, Any]]
    """HTML sanitised at publication, with its sections, citations and terms."""
    created_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("unit_id", "language", "content_hash"),)


class VersionUnit(Model):
    """Which revision stands at which place of a version's module."""

    __tablename__ = "lms_version_unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("lms_version_module.id"), index=True)
    position: Mapped[int]
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("lms_unit_revision.id"))

    __table_args__ = (UniqueConstraint("module_id", "position"), UniqueConstraint("module_id", "unit_id"))


class ConfirmationAct(enum.StrEnum):
    """What was said of a translation; the last act counts."""

    CONFIRMED = "confirmed"
    TAKEN_BACK = "taken-back"


class TranslationConfirmation(Model):
    """That a native reader stands behind exactly this text of a translation, or no longer does. Append-only: triggers
    that the migrations make refuse everything else."""

    __tablename__ = "lms_translation_confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("lms_unit_revision.id"), index=True)
    act: Mapped[ConfirmationAct] = mapped_column(choice(ConfirmationAct))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Why it was taken back, under the key of whoever did."""
    at: Mapped[dt.datetime]

    __table_args__ = (
        CheckConstraint("(act = 'taken-back') = (sealed_reason IS NOT NULL)", name="taken_back_for_a_reason"),
    )


class Medium(Model):
    """A picture or document in the form in which it is kept, once for all courses. Append-only, since a version or a
    draft may name it for ever: triggers that the migrations make refuse everything else."""

    __tablename__ = "lms_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    size: Mapped[int]
    """In bytes."""
    width: Mapped[int | None]
    height: Mapped[int | None]
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    kept_at: Mapped[dt.datetime]

    __table_args__ = (CheckConstraint("kind IN ('picture', 'document')", name="known"),)


class MediumSize(Model):
    """A picture at a narrower width, made once when it was kept."""

    __tablename__ = "lms_media_size"

    medium_id: Mapped[int] = mapped_column(ForeignKey("lms_media.id"), primary_key=True)
    width: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class VersionMedium(Model):
    """Which pictures and documents a version has of its own."""

    __tablename__ = "lms_version_media"

    version_id: Mapped[int] = mapped_column(ForeignKey("lms_course_version.id"), primary_key=True)
    medium_id: Mapped[int] = mapped_column(ForeignKey("lms_media.id"), primary_key=True, index=True)
