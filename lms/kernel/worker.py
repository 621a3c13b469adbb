"""The process that does what the outbox holds."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError

from . import outbox
from .clock import now
from .db import dialect_insert
from .models import Worker
from .unit_of_work import own_transaction, reading

BEAT = 10.0
BEATING = "worker.beat"
POLL = 0.5
BETWEEN_RECONNECTS = 2.0
ALIVE = dt.timedelta(seconds=60)
log = structlog.get_logger("lms.worker")


def work(stop: threading.Event) -> None:
    """Do jobs until told to stop; a job begun is finished first."""
    name = f"{os.getpid()}-{secrets.token_hex(3)}"
    due = {BEATING: 0.0, **dict.fromkeys(outbox.periodic, 0.0)}
    log.info("worker.started", worker=name)
    while not stop.is_set():
        with _outlasting_the_database(stop):
            _do_what_is_due(name, due)
            if not outbox.run_one(name):
                stop.wait(POLL)
    with _outlasting_the_database(stop):
        _leave(name)
    log.info("worker.stopped", worker=name)


@contextmanager
def _outlasting_the_database(stop: threading.Event) -> Iterator[None]:
    """A database that restarts, or has no connection free, must not end the worker: what it held is taken up again
    when its lease is over."""
    try:
        yield
    except SQLAlchemyError as error:
        log.error("worker.database_away", error=type(getattr(error, "orig", None) or error).__name__)
        stop.wait(BETWEEN_RECONNECTS)


def drain() -> int:
    """Do everything that is due now; says how many jobs that was. For tests, demonstrations and the command line."""
    name, done = f"drain-{os.getpid()}-{secrets.token_hex(3)}", 0
    while outbox.run_one(name):
        done += 1
    return done


def _do_what_is_due(name: str, due: dict[str, float]) -> None:
    """The sign of life, and the work that nobody asks for but the clock."""
    for kind, at in due.items():
        if time.monotonic() < at:
            continue
        if kind == BEATING:
            beat(name)
        else:
            with own_transaction() as session:
                outbox.enqueue(session, kind, key=kind)
        due[kind] = time.monotonic() + outbox.periodic.get(kind, BEAT)


def beat(name: str) -> None:
    """Leave a sign of life, and forget workers that have given none for a day."""
    moment = now()
    with own_transaction() as session:
        insert = dialect_insert(session)
        row = insert(Worker).values(name=name, beat_at=moment)
        session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"beat_at": moment}))
        session.execute(delete(Worker).where(Worker.beat_at < moment - dt.timedelta(days=1)))


def _leave(name: str) -> None:
    with own_transaction() as session:
        session.execute(delete(Worker).where(Worker.name == name))


def alive() -> bool:
    """Whether some worker gave a sign of life within the last minute."""
    with reading() as session:
        return session.scalar(select(Worker.name).where(Worker.beat_at >= now() - ALIVE).limit(1)) is not None


def work_until_signalled() -> None:
    """Work in this process until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    work(stop)
