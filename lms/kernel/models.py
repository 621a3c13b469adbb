"""The kernel's tables: jobs, workers, long work, the audit trail and throttle counts."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, choice
from .receipt_models import FormReceipt as FormReceipt


class JobState(enum.StrEnum):
    """Where a job stands; `dead` has used up its tries and waits for a person."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(Model):
    """One piece of work after the transaction that asked for it: the outbox and the job table in one."""

    __tablename__ = "lms_job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]]
    key: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.WAITING)
    run_at: Mapped[dt.datetime]
    created_at: Mapped[dt.datetime]
    lease_until: Mapped[dt.datetime | None]
    worker: Mapped[str | None] = mapped_column(String(80))
    tries: Mapped[int] = mapped_column(default=0)
    max_tries: Mapped[int] = mapped_column(default=8)
    error: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_lms_job_waiting_key",
            "key",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index(
            "ix_lms_job_open",
            "run_at",
            sqlite_where=text("state in ('waiting', 'running')"),
            postgresql_where=text("state in ('waiting', 'running')"),
        ),
        Index(
            "ix_lms_job_dead",
            "kind",
            sqlite_where=text("state = 'dead'"),
            postgresql_where=text("state = 'dead'"),
        ),
    )


class Worker(Model):
    """A worker process and its last sign of life."""

    __tablename__ = "lms_worker"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    beat_at: Mapped[dt.datetime]


class AuditEntry(Model):
    """Who did what to what, when; holds public ids and plain words, never a name or an address. Append-only."""

    __tablename__ = "lms_audit"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(index=True)
    actor: Mapped[str | None] = mapped_column(String(40), index=True)
    act: Mapped[str] = mapped_column(String(60))
    about: Mapped[str | None] = mapped_column(String(80), index=True)
    details: Mapped[dict[str, Any]]


class Throttle(Model):
    """How often something was tried in one window of time; the key is veiled."""

    __tablename__ = "lms_throttle"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    window: Mapped[dt.datetime] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class UndertakingState(enum.StrEnum):
    """Where long work stands; `refused` was ended by a rule, and `outcome` has the sentence."""

    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"


class Undertaking(Model):
    """Work that somebody asked for and that takes longer than a page: who asked, about what, how far it is."""

    __tablename__ = "lms_undertaking"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(80), index=True)
    """The public id of what it is about."""
    by: Mapped[str] = mapped_column(String(40))
    """The subject of who asked."""
    state: Mapped[UndertakingState] = mapped_column(choice(UndertakingState), default=UndertakingState.RUNNING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    begun_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
    outcome: Mapped[dict[str, Any]]
    """What came of it, as keys and numbers for whoever puts it in words; never a name or an address."""

    __table_args__ = (
        CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ended_or_running"),
        CheckConstraint("done >= 0 AND total >= 0", name="counted"),
    )
