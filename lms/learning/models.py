"""A person on the course: receipts, progress, quiz tries, private reflections, changes
seen, reports of errors, proposed words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice

from .rules.progress import ProgressKind as ProgressKind
from .rules.progress import UnitState as UnitState
from .rules.proposals import Outcome as Outcome
from .rules.reports import ReportOutcome as ReportOutcome


class Receipt(Model):
    """Proof that a change was taken: the same key and body gives the same receipt again. Append-only."""

    __tablename__ = "lms_receipt"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    client_key: Mapped[str] = mapped_column(String(64))
    body_hash: Mapped[str] = mapped_column(String(64))
    action: Mapped[str] = mapped_column(String(32))
    body: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("enrolment_id", "client_key"),)


class ProgressEvent(Model):
    """One step on a unit, keyed by substance; late when it came after the deadline in force. Append-only."""

    __tablename__ = "lms_progress_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"))
    substance: Mapped[str] = mapped_column(String(80))
    revision_id: Mapped[int] = mapped_column(ForeignKey("lms_unit_revision.id"))
    kind: Mapped[ProgressKind] = mapped_column(choice(ProgressKind))
    points: Mapped[int | None]
    total: Mapped[int | None]
    late: Mapped[bool] = mapped_column(default=False)
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("lms_receipt.id"))
    at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_lms_progress_event_unit", "enrolment_id", "unit_id", "substance"),)


class UnitProgress(Model):
    """Where an enrolment stands on a unit's substance: the summary of its progress events."""

    __tablename__ = "lms_unit_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"), primary_key=True)
    substance: Mapped[str] = mapped_column(String(80), primary_key=True)
    state: Mapped[UnitState] = mapped_column(choice(UnitState))
    best_points: Mapped[int | None]
    best_total: Mapped[int | None]
    late: Mapped[bool] = mapped_column(default=False)
    done_at: Mapped[dt.datetime | None]


class EnrolmentProgress(Model):
    """Where an enrolment stands on the whole pre-reading; the last unit opened is where to continue."""

    __tablename__ = "lms_enrolment_progress"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    units_done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[dt.datetime | None]
    completed_at: Mapped[dt.datetime | None]
    """When the pre-reading was complete; from then on nothing can be undone."""
    version_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course_version.id"))
    """The version that was in force when it was complete."""
    late: Mapped[bool] = mapped_column(default=False)
    last_unit_id: Mapped[int | None] = mapped_column(ForeignKey("lms_unit.id"))


class ModuleFinished(Model):
    """That somebody who counts in an edition and is not complete has finished every unit of a module of the version the
    edition reads; gone when one of these is so no more. Whoever is complete has finished them all."""

    __tablename__ = "lms_module_finished"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    module_key: Mapped[str] = mapped_column(String(80), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))

    __table_args__ = (Index("ix_lms_module_finished_edition", "edition_id", "module_key"),)


class QuizTry(Model):
    """One try at a quiz: its shuffle, and its result once it is closed."""

    __tablename__ = "lms_quiz_try"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"))
    substance: Mapped[str] = mapped_column(String(80))
    revision_id: Mapped[int] = mapped_column(ForeignKey("lms_unit_revision.id"))
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]
    points: Mapped[int | None]
    total: Mapped[int | None]
    set_aside: Mapped[bool] = mapped_column(default=False)
    """Closed without being scored, because the questions changed in substance while it was open."""

    __table_args__ = (
        UniqueConstraint("enrolment_id", "unit_id", "substance", "number"),
        CheckConstraint("(closed_at IS NULL) = (points IS NULL)", name="scored_when_closed"),
        Index(
            "uq_lms_quiz_try_open",
            "enrolment_id",
            "unit_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )


class Answer(Model):
    """One answer as it was given, by question id and option ids, never by position. Append-only; the last counts.

    What a person wrote freely is sealed under their key instead. `page` and `sequence` tell a late request from a
    change of mind: within one page that was open, the highest number is the newest.
    """

    __tablename__ = "lms_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    try_id: Mapped[int] = mapped_column(ForeignKey("lms_quiz_try.id"), index=True)
    question: Mapped[str] = mapped_column(String(80))
    given: Mapped[list[Any]]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    page: Mapped[str] = mapped_column(String(64), default="")
    sequence: Mapped[int | None]
    receipt_id: Mapped[int] = mapped_column(ForeignKey("lms_receipt.id"))
    at: Mapped[dt.datetime]


class Reflection(Model):
    """What a person wrote for themselves, on a reflection or instead of a hard text; nobody else can read it.

    Sealed under their key. Append-only.
    """

    __tablename__ = "lms_reflection"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("lms_receipt.id"))
    at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_lms_reflection_unit", "enrolment_id", "unit_id"),)


class ChangeSeen(Model):
    """That a person said they had seen how a text has changed, up to this version. Only their own word: what was opened
    is never noted. Append-only: triggers that the migrations make refuse everything else."""

    __tablename__ = "lms_change_seen"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("lms_course_version.id"))
    receipt_id: Mapped[int] = mapped_column(ForeignKey("lms_receipt.id"))
    at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_lms_change_seen_unit", "enrolment_id", "unit_id"),)


class TextReport(Model):
    """An error in a text, as a reader reported it; the words are sealed under the reader's key."""

    __tablename__ = "lms_text_report"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    revision_id: Mapped[int] = mapped_column(ForeignKey("lms_unit_revision.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("lms_course_version.id"))
    """The version the reader had before them; none for reports from before that was kept."""
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime]


class TextReportOutcome(Model):
    """What a trainer answered to a report, once and for good. Append-only: triggers that the migrations make refuse
    everything else."""

    __tablename__ = "lms_text_report_outcome"

    report_id: Mapped[int] = mapped_column(ForeignKey("lms_text_report.id"), primary_key=True)
    outcome: Mapped[ReportOutcome] = mapped_column(choice(ReportOutcome))
    reason: Mapped[str] = mapped_column(String(300))
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]

    __table_args__ = (CheckConstraint("reason <> ''", name="answered_in_words"),)


class QuestionTally(Model):
    """What may be told of the answers to one unit's questions in one course: the summary of first tries, as
    `rules.telling` makes it. The worker keeps it."""

    __tablename__ = "lms_question_tally"

    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("lms_unit.id"), primary_key=True)
    tries: Mapped[int]
    """How many first tries it was made of: all that were closed until then."""
    until: Mapped[dt.datetime]
    told: Mapped[list[Any]]
    """One entry a question and substance."""


class TermProposal(Model):
    """A word that a reader proposed for a term in a language of theirs. Append-only; what became of it is a row beside.

    The word is no secret and may end up in the course; the remark is sealed under the reader's key.
    """

    __tablename__ = "lms_term_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lms_course_version.id"), index=True)
    """The version the reader had before them, with the definition it gave."""
    term: Mapped[str] = mapped_column(String(80))
    language: Mapped[str] = mapped_column(String(20))
    word: Mapped[str] = mapped_column(String(200))
    sealed_remark: Mapped[bytes | None] = mapped_column(LargeBinary)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    at: Mapped[dt.datetime]


class TermProposalOutcome(Model):
    """What became of a proposal: withdrawn by its proposer, or answered by a trainer. Once, and for good."""

    __tablename__ = "lms_term_proposal_outcome"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("lms_term_proposal.id"), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(choice(Outcome))
    reason: Mapped[str] = mapped_column(String(300), default="")
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]

    __table_args__ = (CheckConstraint("outcome <> 'declined' OR reason <> ''", name="declined_with_a_reason"),)
