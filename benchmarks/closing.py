"""`python -m benchmarks closing`: an edition of 3,000 is closed, and the worker that issues its records is killed again
and again; no record may be missing or doubled."""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniStatus
from lms.app import create_app
from lms.kernel.checks import run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.undertakings import Progress, latest
from lms.kernel.unit_of_work import own_transaction, reading
from lms.kernel.worker import drain
from lms.records.models import LedgerEntry, LedgerSeal, PublicRecord, RecordCredential, RecordSubject
from lms.records.queries import ISSUING
from lms.seminars.models import Edition
from lms.seminars.services import close_attendance
from tests import postgres
from tests.conftest import settings
from tests.records.crowds import crowded_edition

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "benchmarks" / "closings.json"
PATIENCE = 600.0
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Outcome:
    """What a drill came to; seconds by the clock, with the starts of all the workers."""

    people: int
    kills: int
    closing_seconds: float
    """How long the request that closes takes."""
    issuing_seconds: float
    lost: int
    doubled: int
    findings: dict[str, int]
    """What the checks of records and of the alumni status found."""

    @property
    def passed(self) -> bool:
        """Every record once, and nothing amiss."""
        return not self.lost and not self.doubled and not self.findings


def drill(home: Path, people: int, kills: int) -> Outcome:
    """Close an edition of so many on the present app, and kill its worker so often on the way. Raises TimeoutError."""
    with own_transaction() as session:
        edition = crowded_edition(session, people).public_id
    began = time.perf_counter()
    with own_transaction() as session:
        found = session.scalars(select(Edition).where(Edition.public_id == edition)).one()
        close_attendance(session, edition=found, at=now(), by="coordinator")
    closed = time.perf_counter()
    for number in range(kills):
        _kill_at(home, edition, people * (number + 1) // (kills + 1))
    with _worker(home) as last:
        _until(edition, lambda work: not work.running)
        last.send_signal(signal.SIGTERM)
        last.wait()
    issued = time.perf_counter()
    drain()
    with reading() as session:
        lost, doubled = _missing(session, people)
        amiss = {name: len(list(found)) for name, found in run_all(session).items() if name.startswith(OURS)}
    amiss = {name: number for name, number in amiss.items() if number}
    return Outcome(people, kills, round(closed - began, 2), round(issued - closed, 2), lost, doubled, amiss)


OURS = ("records.ledger", "records.holders", "records.public", "records.names", "records.life", "records.issuing",
        "records.credentials", "alumni.status")  # fmt: skip


def _missing(session: Session, people: int) -> tuple[int, int]:
    """How many records are not there, signed and sealed, and how many are there besides; by whatever table says
    most."""
    counted = [
        session.scalar(select(func.count()).select_from(table)) or 0
        for table in (RecordSubject, LedgerEntry, PublicRecord, RecordCredential, LedgerSeal, AlumniStatus)
    ]
    places = session.scalar(select(func.count(RecordSubject.enrolment_id.distinct()))) or 0
    return people - min(*counted, places), max(counted) - people


@contextmanager
def _worker(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    env = {**os.environ, "DATABASE_URL": db.engine.url.render_as_string(hide_password=False)}
    command = [sys.executable, "-m", "tests.records.issuing_worker", str(home)]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _kill_at(home: Path, edition: str, places: int) -> None:
    """Kill a worker once so many places were looked at, somewhere within the portion after."""
    with _worker(home) as process:
        _until(edition, lambda work: work.done >= places or not work.running)
        time.sleep(random.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)


def _until(edition: str, holds: object) -> None:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with reading() as session:
            work = latest(session, ISSUING, edition)
        if isinstance(work, Progress) and holds(work):  # type: ignore[operator]
            return
        time.sleep(0.02)
    raise TimeoutError("the records were not issued in time")


@contextmanager
def system(database: str) -> Iterator[tuple[Flask, Path]]:
    """A fresh system on a database."""
    with tempfile.TemporaryDirectory(prefix="lms-closing-") as name:
        home = Path(name)
        if database == "sqlite":
            yield create_app(settings(f"sqlite:///{home / 'lms.sqlite'}", home)), home
            return
        with postgres.server() as server:
            yield create_app(settings(server.create("closing"), home)), home


def main(arguments: list[str]) -> int:
    """The drill on each database; 1 when a record is missing or doubled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks closing")
    parser.add_argument("--people", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--database", choices=DATABASES, action="append")
    asked = parser.parse_args(arguments)
    figures, passed = {}, True
    for database in asked.database or DATABASES:
        with system(database) as (app, home), app.app_context():
            upgraded = app.test_cli_runner().invoke(args=["lms", "upgrade"])
            if upgraded.exit_code:
                raise RuntimeError(upgraded.output)
            outcome = drill(home, asked.people, asked.kills)
            db.session.remove()
            db.engine.dispose()
        passed = passed and outcome.passed
        figures[database] = {**asdict(outcome), "passed": outcome.passed}
        print(database, json.dumps(figures[database]))
    FIGURES.write_text(json.dumps(figures, indent=2) + "\n")
    return 0 if passed else 1
