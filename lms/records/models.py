"""The ledger of completion records. It holds no name; nothing in it is ever changed or removed: triggers that the
migrations make refuse it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice
from lms.people.proposals.models import ByTwoOfficers, held_by_the_database

from .rules.life import Cause as Cause
from .rules.life import RecordAct as RecordAct
from .rules.life import RequestState as RequestState


class LedgerEntry(Model):
    """One statement about one record, written in the transaction that makes it true; sealed within a minute."""

    __tablename__ = "lms_ledger_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(String(32), index=True)
    act: Mapped[RecordAct] = mapped_column(choice(RecordAct))
    subject: Mapped[str] = mapped_column(String(32), index=True)
    """A random id of the holder within the ledger; RecordSubject alone says whose it is."""
    edition: Mapped[str] = mapped_column(String(32))
    version_hash: Mapped[str] = mapped_column(String(64))
    """The content hash of the exact course version."""
    dated: Mapped[dt.date]
    commitment: Mapped[str] = mapped_column(String(64))
    """Salted SHA-256 of the name as it was confirmed; the salt is with the holder's sealed copy."""
    facts: Mapped[dict[str, Any]]
    """Version number, rule, what was met, what the edition was called, where and when: nothing about the holder."""
    created_at: Mapped[dt.datetime]
    mark: Mapped[str] = mapped_column(String(64))
    """An HMAC over the other columns under a key from outside the database: what SQL alone puts in is never sealed."""

    __table_args__ = (
        # A row that SQL alone put in must not keep us from writing ours: of that one there is one, since whoever writes
        # it holds the record still.
        UniqueConstraint("record", "act", "mark"),
        Index(
            "uq_lms_ledger_entry_one_issue", "record", unique=True,
            sqlite_where=text("act = 'issued'"), postgresql_where=text("act = 'issued'"),
        ),
    )  # fmt: skip


class LedgerSeal(Model):
    """The seal of one entry: an HMAC over the entry and the seal before it. A row of its own, so nothing is updated."""

    __tablename__ = "lms_ledger_seal"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("lms_ledger_entry.id"), unique=True)
    previous: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64), unique=True)
    sealed_at: Mapped[dt.datetime]


class RecordSubject(Model):
    """Whose record it is, with the name as it was then, sealed under the holder's key. Erasure destroys that key, and
    with it the name; the row stays, so that nobody gets a second record for one place but by a correction."""

    __tablename__ = "lms_record_subject"

    record: Mapped[str] = mapped_column(String(32), primary_key=True)
    subject: Mapped[str] = mapped_column(String(32), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("lms_enrolment.id"))
    correction: Mapped[int] = mapped_column(default=0)
    """0 for the first record of a place, 1 for the one that corrects it, and so on."""
    sealed_name: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON of the name, the institution and state it was held for, and the commitment's salt."""
    issued_at: Mapped[dt.datetime]

    __table_args__ = (UniqueConstraint("enrolment_id", "correction"),)


class RecordCredential(Model):
    """The signed forms of a record, sealed under the holder's key. Never changed; there is a second one only where the
    key that signed the first cannot be believed any more. Erasure makes them unreadable for us, and leaves the file
    that the holder keeps as good as it was."""

    __tablename__ = "lms_record_credential"

    record: Mapped[str] = mapped_column(ForeignKey("lms_record_public.record"), primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True)
    """The number of the issuer's key that signed it."""
    sealed_document: Mapped[bytes] = mapped_column(LargeBinary)
    """The credential, byte for byte as its holder gets it."""
    sealed_statement: Mapped[bytes] = mapped_column(LargeBinary)
    """The short form that stands in the square code on paper."""
    signed_at: Mapped[dt.datetime]


class PublicRecord(Model):
    """What the public may know a record by. Written in the issuing transaction, never changed; it outlives erasure,
    because without RecordSubject nothing in it leads to a person."""

    __tablename__ = "lms_record_public"

    record: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """Letters and digits that are not mistaken for one another; shown in groups of four."""
    credential: Mapped[str] = mapped_column(String(36), unique=True)
    subject: Mapped[str] = mapped_column(String(36), index=True)
    """Whom the credential is about, as a random id; a successor keeps its predecessor's."""
    status_list: Mapped[int]
    status_index: Mapped[int]
    awarded_at: Mapped[dt.datetime]
    """When the first record of this place was issued; a successor keeps it."""
    replaces: Mapped[str | None] = mapped_column(String(32), unique=True)
    """The record that this one corrects."""

    __table_args__ = (UniqueConstraint("status_list", "status_index"),)


class Revocation(ByTwoOfficers, Model):
    """That an officer proposes to revoke a record, and what another one made of it."""

    __tablename__ = "lms_record_revocation"

    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("lms_record_subject.record"), index=True)
    cause: Mapped[Cause] = mapped_column(choice(Cause))
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    """What happened, under the holder's key."""
    words_length: Mapped[int]
    """That there was a reason, and no empty one, stays known after the holder is erased."""

    __table_args__ = held_by_the_database("lms_record_revocation", "record")


class Correction(Model):
    """That a holder asks for a record with another name or institution on it, and what became of that."""

    __tablename__ = "lms_record_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    record: Mapped[str] = mapped_column(ForeignKey("lms_record_subject.record"), index=True)
    sealed_wanted: Mapped[bytes] = mapped_column(LargeBinary)
    """JSON of the name and the institution as they should stand, and why, under the holder's key."""
    sealed_answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    state: Mapped[RequestState] = mapped_column(choice(RequestState), default=RequestState.ASKED)
    asked_at: Mapped[dt.datetime]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    decided_at: Mapped[dt.datetime | None]
    successor: Mapped[str | None] = mapped_column(String(32))
    """The record that was issued for it."""

    __table_args__ = (
        CheckConstraint("(state = 'asked') = (decided_at IS NULL)", name="decided_or_open"),
        CheckConstraint("(state = 'granted') = (successor IS NOT NULL)", name="granted_with_successor"),
        Index(
            "uq_lms_record_correction_one_open", "record", unique=True,
            sqlite_where=text("state = 'asked'"), postgresql_where=text("state = 'asked'"),
        ),
    )  # fmt: skip
