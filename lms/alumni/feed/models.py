"""The tables of the feed: its events, what it told last of each person, and who may read it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.kernel.db import Model, choice

from .rules import EventKind as EventKind


class FeedEvent(Model):
    """One event, written in the transaction of its fact; the worker gives it its place. It names nobody, and erasing
    its person empties it."""

    __tablename__ = "lms_feed_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    position: Mapped[int | None] = mapped_column(unique=True)
    """Its place in the feed. Given by one worker at a time to what is committed: the numbers of rows are not in the
    order of commits, and a reader must never go past an event that was not there yet."""
    event: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"))
    number: Mapped[int]
    """Counts the events of one person, in the order of their commits."""
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("lms_ledger_entry.id"), unique=True)
    """The entry of the ledger that it tells of; one is told once."""
    facts: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]

    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        CheckConstraint("position > 0", name="placed"),
        Index(
            "ix_lms_feed_event_waiting",
            "id",
            sqlite_where=text("position IS NULL"),
            postgresql_where=text("position IS NULL"),
        ),
    )


class FeedPerson(Model):
    """What the feed told last of a person."""

    __tablename__ = "lms_feed_person"

    person_id: Mapped[int] = mapped_column(ForeignKey("lms_person.id"), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.date | None]
    records: Mapped[int] = mapped_column(default=0)
    sealed_name: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The name that was told last, sealed under the person's key; until another one was, that on their first record
    holds."""
    withheld: Mapped[bool] = mapped_column(default=False)
    """Whether it was told last that they are not to be named."""


class FeedPartner(Model):
    """An organisation that may read the feed, and what it may be told beside ids."""

    __tablename__ = "lms_feed_partner"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    fields: Mapped[list[Any]]
    by: Mapped[str] = mapped_column(String(40))
    """The subject of the administrator who named it."""
    at: Mapped[dt.datetime]
    confirmed_by: Mapped[str | None] = mapped_column(String(40))
    confirmed_at: Mapped[dt.datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(40))
    ended_at: Mapped[dt.datetime | None]

    __table_args__ = (
        CheckConstraint('confirmed_by IS NULL OR confirmed_by <> "by"', name="two_people"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
    )


class FeedToken(Model):
    """What a partner shows to read the feed; only the digest is kept. It ends by itself."""

    __tablename__ = "lms_feed_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    partner_id: Mapped[int] = mapped_column(ForeignKey("lms_feed_partner.id"), index=True)
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    by: Mapped[str] = mapped_column(String(40))
    made_at: Mapped[dt.datetime]
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
