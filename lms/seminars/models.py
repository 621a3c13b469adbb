"""Editions, the people in them, deadlines, on-site sessions and attendance."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.kernel.db import Model, choice
from lms.people.models import Affiliation, Person, Sector

from .call_models import Nomination as Nomination
from .call_models import NominationCall as NominationCall
from .call_models import NominationState as NominationState
from .part_models import PartTally as PartTally
from .part_models import PartTallyDelta as PartTallyDelta
from .rules import Companion as Companion
from .rules import ContactKind as ContactKind
from .rules import Deadline
from .rules import EditionKind as EditionKind
from .rules import EnrolmentState as EnrolmentState
from .rules import HalfDay as HalfDay
from .rules import Link as Link
from .rules import Mark as Mark
from .rules import RequestKind as RequestKind
from .rules import Stage as Stage
from .sheet_models import AttendanceClosing as AttendanceClosing
from .sheet_models import AttendanceMark as AttendanceMark
from .sheet_models import AttendanceResult as AttendanceResult
from .sheet_models import CalendarAddress as CalendarAddress
from .sheet_models import CalledOff as CalledOff
from .sheet_models import MakeUp as MakeUp
from .sheet_models import OnSiteSession as OnSiteSession


class Edition(Model):
    """One holding of the seminar."""

    __tablename__ = "lms_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("lms_course.id"))
    kind: Mapped[EditionKind] = mapped_column(choice(EditionKind))
    title: Mapped[str] = mapped_column(String(200))
    """Such as "Global Raphael Lemkin Seminar, May 2027"."""
    place: Mapped[str] = mapped_column(String(200))
    starts_on: Mapped[dt.date]
    ends_on: Mapped[dt.date]
    zone: Mapped[str] = mapped_column(String(64))
    deadline_at: Mapped[dt.datetime]
    """When the pre-reading is due; the instant was chosen in `zone`. With `deadline_on`, that day's end in `zone`."""
    deadline_on: Mapped[dt.date | None]
    """Set where the pre-reading is due at the end of a day, wherever each person's institution is."""
    morning_from: Mapped[dt.time] = mapped_column(default=dt.time(8))
    """From when to when its half-days take up a calendar, on the clocks of `zone`."""
    morning_until: Mapped[dt.time] = mapped_column(default=dt.time(13))
    afternoon_from: Mapped[dt.time] = mapped_column(default=dt.time(13))
    afternoon_until: Mapped[dt.time] = mapped_column(default=dt.time(18))
    programme: Mapped[str] = mapped_column(Text, default="")
    practical: Mapped[str] = mapped_column(Text, default="")
    contact: Mapped[str] = mapped_column(String(320))
    """An office's address, never a person's."""
    created_at: Mapped[dt.datetime]
    revision: Mapped[int] = mapped_column(default=0)
    """How often it has changed, with its half-days: calendars tell an old copy from a new one by it."""
    revised_at: Mapped[dt.datetime]

    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="in_order"),
        CheckConstraint(
            "morning_from < morning_until AND morning_until <= afternoon_from AND afternoon_from < afternoon_until",
            name="hours_in_order",
        ),
    )

    @property
    def deadline(self) -> Deadline:
        """The deadline, as it is meant."""
        return Deadline(self.deadline_at, self.deadline_on)


class EditionVersion(Model):
    """Which course version an edition reads, from when, by whose act. Append-only; the last row is in force."""

    __tablename__ = "lms_edition_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("lms_course_version.id"))
    since: Mapped[dt.datetime]
    by: Mapped[str | None] = mapped_column(String(40))


class EditionCompanion(Model):
    """A fellow, instructor, observer or speaker of an edition."""

    __tablename__ = "lms_edition_companion"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    role: Mapped[Companion] = mapped_column(choice(Companion))

    __table_args__ = (UniqueConstraint("edition_id", "person_id", "role"),)


class Enrolment(Model):
    """One person's place in one edition. `state` and the dates beside it summarise the events."""

    __tablename__ = "lms_enrolment"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    affiliation_id: Mapped[int] = mapped_column(ForeignKey("lms_affiliation.id"), index=True)
    institution_id: Mapped[int] = mapped_column(ForeignKey("lms_institution.id"))
    state_code: Mapped[str] = mapped_column(ForeignKey("lms_state.code"))
    sector: Mapped[Sector] = mapped_column(choice(Sector))
    """State, institution and sector of the affiliation held at the time; they stay when the person moves on."""
    state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState))
    invited_at: Mapped[dt.datetime | None]
    first_seen_at: Mapped[dt.datetime | None]
    deadline_at: Mapped[dt.datetime | None]
    """This person's own deadline, when more time was granted."""
    due_at: Mapped[dt.datetime]
    """When the pre-reading is due for this person: what `rules.due_at` says, kept in every change of what it asks."""
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    deferred_from_id: Mapped[int | None] = mapped_column(ForeignKey("lms_enrolment.id"), unique=True, index=True)
    """The place in an earlier edition that was put off until this one."""
    name_blind: Mapped[str | None] = mapped_column(String(64))
    """Of somebody who was taken from a list without an address: the blind index of the name, state and institution
    there, by which the same row finds them again."""

    edition: Mapped[Edition] = relationship()
    person: Mapped[Person] = relationship()
    affiliation: Mapped[Affiliation] = relationship()

    __table_args__ = (
        UniqueConstraint("edition_id", "person_id"),
        Index("uq_lms_enrolment_name_blind", "edition_id", "name_blind", unique=True),
        Index("ix_lms_enrolment_edition_state", "edition_id", "state_code", "sector"),
        # The order of long lists; with the id, so that turning to a far page reads nothing but the index.
        Index("ix_lms_enrolment_edition_place", "edition_id", "state_code", "institution_id", "id"),
        # The same order within what such a list is filtered by.
        Index("ix_lms_enrolment_edition_institution", "edition_id", "institution_id", "state_code", "id"),
        Index("ix_lms_enrolment_edition_sector", "edition_id", "sector", "state_code", "institution_id", "id"),
        Index(
            "ix_lms_enrolment_edition_unseen",
            "edition_id",
            "state_code",
            "institution_id",
            "id",
            sqlite_where=text("first_seen_at IS NULL"),
            postgresql_where=text("first_seen_at IS NULL"),
        ),
        Index("ix_lms_enrolment_edition_step", "edition_id", "state", "state_code", "institution_id", "id"),
    )


class EnrolmentEvent(Model):
    """One step of an enrolment: which state it came to, when, by whose act. Append-only."""

    __tablename__ = "lms_enrolment_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    state: Mapped[EnrolmentState] = mapped_column(choice(EnrolmentState))
    by: Mapped[str | None] = mapped_column(String(40))
    sealed_reason: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Under the key of the person whose place it is: it may tell of an illness."""
    at: Mapped[dt.datetime]

    __table_args__ = (Index("ix_lms_enrolment_event_state", "state", "at"),)


class Extension(Model):
    """More time for one person. Append-only; the last row is in force."""

    __tablename__ = "lms_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    deadline_at: Mapped[dt.datetime]
    deadline_on: Mapped[dt.date | None]
    """Set where it is given until the end of a day in the zone of the person's institution."""
    by: Mapped[str] = mapped_column(String(40))
    at: Mapped[dt.datetime]

    @property
    def deadline(self) -> Deadline:
        """The deadline, as it is meant."""
        return Deadline(self.deadline_at, self.deadline_on)


class ParticipantRequest(Model):
    """What a participant asked for and what was answered; the words are sealed under the participant's key."""

    __tablename__ = "lms_participant_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    kind: Mapped[RequestKind] = mapped_column(choice(RequestKind))
    sealed_message: Mapped[bytes] = mapped_column(LargeBinary)
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[dt.datetime]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[str | None] = mapped_column(String(40))
    granted: Mapped[bool | None]

    __table_args__ = (
        Index(
            "uq_lms_participant_request_open",
            "enrolment_id",
            "kind",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
        Index("ix_lms_participant_request_at", "at"),
        CheckConstraint("(answered_at IS NULL) = (granted IS NULL)", name="answered_one_way"),
    )


class ContactNote(Model):
    """That a coordinator was in touch with a participant: when, how, and in their words. Append-only: triggers that the
    migrations make refuse everything else; a later entry of the same coordinator corrects an earlier one."""

    __tablename__ = "lms_contact_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    client_key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[ContactKind] = mapped_column(choice(ContactKind))
    day: Mapped[dt.date]
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Under the key of the participant: they may tell of an illness."""
    by_person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    at: Mapped[dt.datetime]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("lms_contact_note.id"), unique=True)

    __table_args__ = (UniqueConstraint("enrolment_id", "client_key"),)


class EditionSeen(Model):
    """Up to when a coordinator has seen what changed in an edition, by their own word."""

    __tablename__ = "lms_edition_seen"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), primary_key=True)
    at: Mapped[dt.datetime]


class StageReached(Model):
    """That an enrolment reached a stage, and when; one row a stage, the base of every number of an edition."""

    __tablename__ = "lms_stage_reached"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    """The enrolment's, which never changes."""
    at: Mapped[dt.datetime]

    __table_args__ = (
        Index("ix_lms_stage_reached_stage", "stage", "enrolment_id"),
        # Who came last to a stage, and how many since a moment.
        Index("ix_lms_stage_reached_edition", "edition_id", "stage", "at", "enrolment_id"),
    )


class Tally(Model):
    """How many people of one edition, state and sector have reached a stage, folded up to a certain delta."""

    __tablename__ = "lms_tally"

    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), primary_key=True)
    state_code: Mapped[str] = mapped_column(String(2), primary_key=True)
    sector: Mapped[Sector] = mapped_column(choice(Sector), primary_key=True)
    stage: Mapped[Stage] = mapped_column(choice(Stage), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class TallyDelta(Model):
    """A change of a tally not folded in yet: written in the change's own transaction, so no row is ever contended."""

    __tablename__ = "lms_tally_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    state_code: Mapped[str] = mapped_column(String(2))
    sector: Mapped[Sector] = mapped_column(choice(Sector))
    stage: Mapped[Stage] = mapped_column(choice(Stage))
    change: Mapped[int]


class NameAwaited(Model):
    """That somebody who counts in an edition and has signed in has not confirmed their name; gone once they have."""

    __tablename__ = "lms_name_awaited"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)


class EditionCount(Model):
    """How many there are of something in one edition, whatever their state and sector, folded up to a certain delta."""

    __tablename__ = "lms_edition_count"

    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), primary_key=True)
    what: Mapped[str] = mapped_column(String(120), primary_key=True)
    """`places`, `names-awaited`, or what a higher context counts under a name of its own."""
    count: Mapped[int] = mapped_column(default=0)


class EditionCountDelta(Model):
    """A change of such a count not folded in yet; as `TallyDelta`."""

    __tablename__ = "lms_edition_count_delta"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    what: Mapped[str] = mapped_column(String(120))
    change: Mapped[int]
