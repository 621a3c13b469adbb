"""The worker gives signs of life, does periodic work, survives its database, and may be killed at any point."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from structlog.testing import capture_logs

from lms.kernel import outbox, worker
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.models import AuditEntry, Job, JobState, Worker
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from tests.conftest import NOW

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "this did not come about within a minute"
        time.sleep(0.05)


def states() -> list[JobState]:
    """Of the drill's jobs; the worker also does the periodic work of the whole house."""
    with own_transaction() as session:
        drills = sa.select(Job.state).where(Job.kind.startswith("drill."))
        return list(session.scalars(drills.order_by(Job.id)))


def test_nobody_is_alive_where_nobody_worked(app: Flask) -> None:
    assert worker.alive() is False


def test_a_sign_of_life_holds_for_a_minute(app: Flask) -> None:
    worker.beat("one")
    worker.beat("one")
    assert worker.alive() is True
    with frozen(NOW + dt.timedelta(seconds=61)):
        assert worker.alive() is False


def test_asking_whether_a_worker_lives_writes_nothing(app: Flask) -> None:
    with own_transaction() as session:
        session.execute(sa.delete(Worker))  # holds the only place to write on SQLite
        assert worker.alive() is False


def test_workers_that_were_silent_for_a_day_are_forgotten(app: Flask) -> None:
    worker.beat("old")
    with frozen(NOW + dt.timedelta(days=2)):
        worker.beat("new")
    with own_transaction() as session:
        assert list(session.scalars(sa.select(Worker.name))) == ["new"]


@pytest.fixture
def in_thread(app: Flask) -> Iterator[Callable[[], threading.Event]]:
    """Start a worker in a thread of this process; it is stopped when the test ends."""
    stop = threading.Event()

    def run() -> None:
        with app.app_context():
            worker.work(stop)

    thread = threading.Thread(target=run)

    def start() -> threading.Event:
        thread.start()
        return stop

    yield start
    stop.set()
    if thread.ident:
        thread.join(PATIENCE)
    assert not thread.is_alive()


def test_periodic_work_is_asked_for_by_itself_and_never_piles_up(
    app: Flask, real_time: None, in_thread: Callable[[], threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[dt.datetime] = []
    monkeypatch.setattr(outbox, "periodic", {"drill.tick": 0.05})
    monkeypatch.setitem(outbox.database_handlers, "drill.tick", lambda _session, _payload, at: done.append(at))
    monkeypatch.setattr(worker, "POLL", 0.01)
    in_thread()
    eventually(lambda: len(done) >= 3)
    assert states().count(JobState.WAITING) <= 1


def test_a_worker_that_was_told_to_stop_says_good_bye(
    app: Flask, real_time: None, in_thread: Callable[[], threading.Event]
) -> None:
    stop = in_thread()
    eventually(worker.alive)
    stop.set()
    eventually(lambda: not worker.alive())


@pytest.mark.parametrize(
    "failure",
    [
        sa.exc.OperationalError("SELECT", {}, ConnectionError("gone")),
        sa.exc.TimeoutError("every connection of the pool is taken"),
    ],
    ids=["away", "no connection free"],
)
def test_a_worker_outlasts_a_database_that_goes_away(
    app: Flask,
    real_time: None,
    in_thread: Callable[[], threading.Event],
    monkeypatch: pytest.MonkeyPatch,
    failure: sa.exc.SQLAlchemyError,
) -> None:
    claim, failures = outbox.claim, [failure]

    def failing_once(name: str) -> Any:
        if failures:
            raise failures.pop()
        return claim(name)

    monkeypatch.setattr(outbox, "periodic", {})
    monkeypatch.setattr(worker, "BETWEEN_RECONNECTS", 0.01)
    monkeypatch.setattr(outbox, "claim", failing_once)
    monkeypatch.setitem(outbox.effects, "drill.send", lambda _payload, _id: None)
    with unit_of_work() as session:
        outbox.enqueue(session, "drill.send")
    with capture_logs() as lines:
        in_thread()
        eventually(lambda: states() == [JobState.DONE])
    assert "worker.database_away" in [line["event"] for line in lines]


class Process:
    """A worker process on the test's database."""

    def __init__(self, app: Flask, home: Path) -> None:
        self.home = home
        url = app.config["SQLALCHEMY_DATABASE_URI"]
        words = [sys.executable, "-m", "tests.kernel.worker_program", str(home)]
        with (home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                words, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, stdout=log, stderr=log
            )

    def end(self, number: int) -> int:
        """Send a signal and wait; gives the exit code."""
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "drill"
    folder.mkdir()
    return folder


def _kill_at(point: str, kind: str, app: Flask, home: Path) -> None:
    """Kill a worker at a point in the middle of a job, then let another one come."""
    with unit_of_work() as session:
        outbox.enqueue(session, kind)
    (home / "hang").write_text(point)
    first = Process(app, home)
    eventually((home / "reached").exists)
    assert first.end(signal.SIGKILL) == -signal.SIGKILL
    (home / "hang").unlink()
    second = Process(app, home)
    eventually(lambda: states()[0] == JobState.DONE)
    assert second.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(("point", "times"), [("before the effect", 1), ("after the effect", 2)])
def test_an_effect_survives_the_death_of_its_worker_and_keeps_its_id(
    app: Flask, home: Path, real_time: None, point: str, times: int
) -> None:
    _kill_at(point, "drill.effect", app, home)
    lines = (home / "world").read_text().split()
    assert len(lines) == times
    assert len(set(lines)) == 1


def test_a_database_job_killed_before_its_commit_is_done_exactly_once(app: Flask, home: Path, real_time: None) -> None:
    _kill_at("before the commit", "drill.change", app, home)
    with own_transaction() as session:
        changed = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.act == "drill.changed")
        assert session.scalar(changed) == 1


def test_a_job_begun_is_finished_before_a_stop(app: Flask, home: Path, real_time: None) -> None:
    with unit_of_work() as session:
        for _ in range(20):
            outbox.enqueue(session, "drill.change")
    process = Process(app, home)
    eventually(lambda: JobState.DONE in states())
    assert process.end(signal.SIGTERM) == 0
    assert JobState.RUNNING not in states()
    with db.engine.connect() as connection:
        done = connection.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    assert done == states().count(JobState.DONE)
