"""The kernel's tables: jobs, workers, periodic work, the audit trail and throttle counts."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from .db import Model, choice


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
