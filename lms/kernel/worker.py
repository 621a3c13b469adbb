"""The process that does what the outbox holds."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import signal
import threading
import time

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from . import outbox
from .clock import now
from .models import Worker
from .unit_of_work import own_transaction

BEAT = 10.0
POLL = 0.5
ALIVE = dt.timedelta(seconds=60)
log = structlog.get_logger("lms.worker")


def work(stop: threading.Event) -> None:
    """Do jobs until told to stop; a job begun is finished first."""
    name = f"{os.getpid()}-{secrets.token_hex(3)}"
    next_beat, due = 0.0, dict.fromkeys(outbox.periodic, 0.0)
    log.info("worker.started", worker=name)
    while not stop.is_set():
        if time.monotonic() >= next_beat:
            beat(name)
            next_beat = time.monotonic() + BEAT
        _ask_for_periodic_work(due)
        if not outbox.run_one(name):
            stop.wait(POLL)
    _leave(name)
    log.info("worker.stopped", worker=name)


def drain() -> int:
    """Do everything that is due now; says how many jobs that was. For tests, demonstrations and the command line."""
    name, done = f"drain-{os.getpid()}-{secrets.token_hex(3)}", 0
    while outbox.run_one(name):
        done += 1
    return done


def _ask_for_periodic_work(due: dict[str, float]) -> None:
    for kind, at in due.items():
        if time.monotonic() >= at:
            with own_transaction() as session:
                outbox.enqueue(session, kind, key=kind)
            due[kind] = time.monotonic() + outbox.periodic[kind]


def beat(name: str) -> None:
    """Leave a sign of life, and forget workers that have given none for a day."""
    moment = now()
    with own_transaction() as session:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        row = insert(Worker).values(name=name, beat_at=moment)
        session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"beat_at": moment}))
        session.execute(delete(Worker).where(Worker.beat_at < moment - dt.timedelta(days=1)))


def _leave(name: str) -> None:
    with own_transaction() as session:
        session.execute(delete(Worker).where(Worker.name == name))


def alive() -> bool:
    """Whether some worker gave a sign of life within the last minute."""
    with own_transaction() as session:
        return session.scalar(select(Worker.name).where(Worker.beat_at >= now() - ALIVE).limit(1)) is not None


def work_until_signalled() -> None:
    """Work in this process until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(stop)
