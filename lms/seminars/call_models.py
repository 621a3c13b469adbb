"""Letters by which states are asked to nominate people, and the nominations of their focal points."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice

from .rules.nominations import NominationState as NominationState


class NominationCall(Model):
    """That a state is asked to nominate people for an edition: for how many places, when the letter went out and when
    the state answered."""

    __tablename__ = "lms_nomination_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    state_code: Mapped[str] = mapped_column(ForeignKey("lms_state.code"))
    places: Mapped[int]
    sent_on: Mapped[dt.date | None]
    answered_on: Mapped[dt.date | None]

    __table_args__ = (
        UniqueConstraint("edition_id", "state_code"),
        CheckConstraint("places >= 0", name="some_places"),
        CheckConstraint("answered_on IS NULL OR answered_on >= sent_on", name="in_order"),
    )


class Nomination(Model):
    """That a focal point put somebody forward for an edition. The words are sealed: under a key of their own while the
    nomination waits, under the person's once it is taken over, so that they end with either."""

    __tablename__ = "lms_nomination"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("lms_edition.id"))
    by_person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    state_code: Mapped[str] = mapped_column(ForeignKey("lms_state.code"))
    client_key: Mapped[str] = mapped_column(String(64))
    at: Mapped[dt.datetime]
    state: Mapped[NominationState] = mapped_column(choice(NominationState))
    wrapped_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sealed_words: Mapped[bytes | None] = mapped_column(LargeBinary)
    blind: Mapped[str | None] = mapped_column(String(64))
    """The blind index of the address: the same person is put forward once by one focal point."""
    decided_at: Mapped[dt.datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(40))
    enrolment_id: Mapped[int | None] = mapped_column(ForeignKey("lms_enrolment.id"), index=True)
    """The place that came of it."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("lms_person.id"), index=True)
    """Whose key the words are under."""

    __table_args__ = (
        UniqueConstraint("by_person_id", "client_key"),
        UniqueConstraint("edition_id", "by_person_id", "blind"),
        Index("ix_lms_nomination_edition_state", "edition_id", "state"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_once"),
        CheckConstraint("(state = 'taken') = (enrolment_id IS NOT NULL)", name="taken_somewhere"),
    )
