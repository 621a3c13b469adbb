"""Imports and their rows. What was uploaded rests sealed under a key of its own, which is destroyed with the end."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice


class ImportState(enum.StrEnum):
    """Where an import stands; once it is saved or discarded, no uploaded cell is left."""

    REHEARSING = "rehearsing"
    REHEARSED = "rehearsed"
    SAVING = "saving"
    SAVED = "saved"
    UNDOING = "undoing"
    DISCARDED = "discarded"
    UNDONE = "undone"


class Verdict(enum.StrEnum):
    """What becomes of a row when the import is saved."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class Import(Model):
    """One file of nominations for one edition: read, rehearsed, saved by one act, and perhaps taken back."""

    __tablename__ = "lms_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]
    state: Mapped[ImportState] = mapped_column(choice(ImportState))
    size: Mapped[int]
    """How many rows the file has."""
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_head: Mapped[bytes | None] = mapped_column(LargeBinary)
    """How the file was read and what was made of its columns."""
    undertaking: Mapped[str | None] = mapped_column(String(32))
    """The long work that is or was done for it last."""
    saved_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    client_key: Mapped[str | None] = mapped_column(String(64))
    """What one sending of one file has in common, so that a double click makes one import."""

    __table_args__ = (UniqueConstraint("edition_id", "client_key"),)


class ImportRow(Model):
    """One row: what it says, sealed, what would become of it, and what did. `reason` and `column` are keys."""

    __tablename__ = "lms_import_row"

    import_id: Mapped[int] = mapped_column(ForeignKey("lms_import.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_cells: Mapped[bytes | None] = mapped_column(LargeBinary)
    blind: Mapped[str | None] = mapped_column(String(64))
    """The blind index of its address, by which rows of one person find each other."""
    knot: Mapped[str | None] = mapped_column(String(32))
    """Rows with one and the same unknown institution have the same; keyed, so that it says nothing."""
    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict))
    reason: Mapped[str | None] = mapped_column(String(40))
    column: Mapped[str | None] = mapped_column(String(80))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    """The place that it made or changed."""
    person_made: Mapped[bool] = mapped_column(default=False)
    sealed_before: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What it changed, as it was; under the key of the person concerned."""

    __table_args__ = (
        Index("ix_lms_import_row_blind", "import_id", "blind"),
        Index("ix_lms_import_row_verdict", "import_id", "verdict", "number"),
    )


class ImportInstitution(Model):
    """A ministry or institution that an import added."""

    __tablename__ = "lms_import_institution"

    import_id: Mapped[int] = mapped_column(ForeignKey("lms_import.id"), primary_key=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("lms_institution.id"), primary_key=True)
