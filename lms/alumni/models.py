"""Alumni: the status, a summary of valid completion records that is never typed in, and the community that follows from
it by each person's own consent."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice
from lms.people.proposals.models import ByTwoOfficers, held_by_the_database

from .rules.directory import Audience as Audience
from .rules.directory import Field as Field
from .rules.membership import Step as Step


class AlumniStatus(Model):
    """That a person is an alumna or alumnus, since the first of their valid records."""

    __tablename__ = "lms_alumni_status"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    first_record: Mapped[str] = mapped_column(String(32))
    since: Mapped[dt.date]
    records: Mapped[int]
    """How many valid records the status rests on."""


class AlumniRecord(Model):
    """A record in force that a status rests on, with its edition. Like the status it follows from records whose marks
    were looked at, so that the directory can count by it."""

    __tablename__ = "lms_alumni_record"

    record: Mapped[str] = mapped_column(String(32), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    edition: Mapped[str] = mapped_column(String(32), index=True)


class MembershipStep(Model):
    """That somebody joined the community, left it, confirmed that all is right, or did not answer. Append-only:
    triggers that the migrations make refuse everything else."""

    __tablename__ = "lms_membership_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    step: Mapped[Step] = mapped_column(choice(Step))
    at: Mapped[dt.datetime]


class Member(Model):
    """What the steps of a membership come to. It counts only beside an alumni status: whoever holds no valid record is
    no member, whatever they agreed to."""

    __tablename__ = "lms_member"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    """Another one after each joining."""
    step_id: Mapped[int] = mapped_column(ForeignKey("lms_membership_step.id"), unique=True)
    since: Mapped[dt.datetime]
    confirmed_at: Mapped[dt.datetime]
    hidden_at: Mapped[dt.datetime | None]


class DirectoryConsent(Model):
    """To whom a member shows one field, through which day. Append-only, by triggers; of each field the last one counts,
    by number and by time, and none outlives the membership under which it was given."""

    __tablename__ = "lms_directory_consent"

    id: Mapped[int] = mapped_column(primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("lms_membership_step.id"), index=True)
    field: Mapped[Field] = mapped_column(choice(Field))
    audience: Mapped[Audience] = mapped_column(choice(Audience))
    until: Mapped[dt.date | None]
    ends_at: Mapped[dt.datetime | None]
    """When that day ended where the member was as they agreed."""
    at: Mapped[dt.datetime]
    mark: Mapped[str | None] = mapped_column(String(64))
    """An HMAC over the rest and whose membership it is: what SQL alone puts in shows nothing, nor does an
    earlier one that it puts in again."""

    __table_args__ = (CheckConstraint("(until IS NULL) = (ends_at IS NULL)", name="ends_with_its_day"),)


class DirectoryWords(Model):
    """What a member says of languages and subjects, sealed under their key; gone when they leave."""

    __tablename__ = "lms_directory_words"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    changed_at: Mapped[dt.datetime]


class Network(Model):
    """A network of states, such as a regional one for the prevention of genocide."""

    __tablename__ = "lms_network"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[dt.datetime]


class NetworkState(Model):
    """That a state belongs to a network."""

    __tablename__ = "lms_network_state"

    network_id: Mapped[int] = mapped_column(ForeignKey("lms_network.id"), primary_key=True)
    state_code: Mapped[str] = mapped_column(ForeignKey("lms_state.code"), primary_key=True)


class Introduction(Model):
    """That a member asked to be introduced to another, through us; what was said, and what was answered. No address of
    either is in it but what the one who was asked chose to give."""

    __tablename__ = "lms_introduction"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    asked_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    client_key: Mapped[str] = mapped_column(String(64))
    sealed_message: Mapped[bytes] = mapped_column(LargeBinary)
    """Under the key of who asks."""
    at: Mapped[dt.datetime]
    withheld: Mapped[bool]
    """Who was asked had shut out who asks: nothing reaches them, and who asks is not told."""
    answered_at: Mapped[dt.datetime | None]
    accepted: Mapped[bool | None]
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    """JSON of the words, and of name and address where they were given; under the key of who was asked."""

    __table_args__ = (
        UniqueConstraint("asker_id", "client_key"),
        CheckConstraint("(answered_at IS NULL) = (accepted IS NULL)", name="answered_one_way"),
        CheckConstraint("asker_id <> asked_id", name="two_people"),
    )


class IntroductionBlock(Model):
    """That a member has shut another one out: no introduction of theirs arrives any more."""

    __tablename__ = "lms_introduction_block"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    blocked_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    at: Mapped[dt.datetime]


class IntroductionReport(Model):
    """That somebody who was asked has reported the message to the coordinators, and what was done."""

    __tablename__ = "lms_introduction_report"

    introduction_id: Mapped[int] = mapped_column(ForeignKey("lms_introduction.id"), primary_key=True)
    sealed_reason: Mapped[bytes] = mapped_column(LargeBinary)
    """Under the key of who reports."""
    at: Mapped[dt.datetime]
    handled_at: Mapped[dt.datetime | None]
    handled_by: Mapped[str | None] = mapped_column(String(40))

    __table_args__ = (CheckConstraint("(handled_at IS NULL) = (handled_by IS NULL)", name="handled_by_somebody"),)


class PastAttestation(ByTwoOfficers, Model):
    """That an officer proposes records for people of an edition from before this system, and what a second officer made
    of it."""

    __tablename__ = "lms_past_attestation"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"), index=True)
    sealed_source: Mapped[bytes | None] = mapped_column(LargeBinary)
    """From where it is known, under the key of who proposes."""

    __table_args__ = held_by_the_database("lms_past_attestation", "edition_id")


class PastPlace(Model):
    """A place for which a record is proposed."""

    __tablename__ = "lms_past_place"

    attestation_id: Mapped[int] = mapped_column(ForeignKey("lms_past_attestation.id"), primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"), primary_key=True, index=True)


class MembershipAsk(Model):
    """That a member was asked whether everything is still right. The letter's link is kept as a digest only."""

    __tablename__ = "lms_membership_ask"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("lms_membership_step.id"), index=True)
    """The joining under which they were asked: a link outlives no membership."""
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[dt.datetime]


class Reinvitation(ByTwoOfficers, Model):
    """That an officer proposes to write to an alumna or alumnus at another address, since the mailbox is lost, and what
    a second officer made of it."""

    __tablename__ = "lms_reinvitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    sealed_address: Mapped[bytes] = mapped_column(LargeBinary)
    """The new address, under the person's key; so is the reason."""
    sealed_reason: Mapped[bytes] = mapped_column(LargeBinary)
    """Why, and how it was made sure that it is the same person."""

    __table_args__ = held_by_the_database("lms_reinvitation", "person_id")
