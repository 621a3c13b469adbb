"""`python -m benchmarks drill`: kill -9 while people save answers; no acknowledged answer may be missing or doubled."""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from lms.app import create_app
from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.settings import from_environment
from lms.kernel.unit_of_work import reading
from lms.learning.models import Answer, Receipt
from tests import postgres

from . import seed
from .journal import Journal, Row, Verdict, compare
from .patience import Client, Manner
from .servers import Server
from .tree import Deaths, kept
from .writers import sign_in_writers

FIGURES = Path(__file__).resolve().parent / "drills.json"
CLIENTS = 12
SECONDS = 1800.0
DATABASES = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Outcome:
    """What a drill came to."""

    journal: Journal
    verdict: Verdict
    half_done: int
    """Receipts of this drill without their answer: work that was committed in part."""
    deaths: Deaths
    seconds: float
    findings: dict[str, int]
    """What `flask lms check` found, by the name of the check."""

    @property
    def passed(self) -> bool:
        """Everything that was acknowledged is there once, and nothing else is amiss."""
        return self.verdict.clean and not self.half_done and not self.findings

    def figures(self) -> dict[str, Any]:
        """For the table and the file."""
        journal, deaths = self.journal, self.deaths
        return {
            "acknowledged": len(journal.acknowledged),
            "requests": journal.tries,
            "answered with an error": sum(journal.refused.values()),
            "workers killed": deaths.workers,
            "whole servers killed": deaths.trees,
            "server restarts": deaths.restarts,
            "seconds": round(self.seconds, 1),
            **asdict(self.verdict),
            "half done": self.half_done,
            "findings of flask lms check": sum(self.findings.values()),
            "passed": self.passed,
        }


def run(
    env: Mapping[str, str],
    *,
    answers: int,
    kills: int,
    clients: int = CLIENTS,
    manner: Manner = Manner.STEADFAST,
    seconds: float = SECONDS,
) -> Outcome:
    """The drill on a system that is set up. Raises TimeoutError when the server does not come back in time."""
    journal, run_name = Journal(), secrets.token_hex(4)
    thresholds = [answers * (number + 1) // (kills + 1) for number in range(kills)]
    with kept(env, lambda: len(journal.acknowledged), thresholds) as keeper:
        writers = sign_in_writers(Server(keeper.port, 0), clients)
        began = time.monotonic()
        shares = [answers // clients + (number < answers % clients) for number in range(clients)]
        made = [
            Client(writer, f"{run_name}-{number:02d}", manner, journal, began + seconds)
            for number, writer in enumerate(writers)
        ]
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(Client.save, made, shares))
        took = time.monotonic() - began
    rows, half_done, findings = _look(env, run_name)
    return Outcome(journal, compare(journal, rows), half_done, keeper.deaths, took, findings)


def _look(env: Mapping[str, str], run_name: str) -> tuple[list[Row], int, dict[str, int]]:
    """What the database holds once all servers have ended."""
    app = create_app(from_environment(env))
    with app.app_context(), reading() as session:
        answers = select(Answer.page, Answer.sequence, Answer.given, Answer.receipt_id)
        mine = session.execute(answers.where(Answer.page.startswith(f"{run_name}-"))).all()
        receipts = set(session.scalars(select(Receipt.id).where(Receipt.client_key.startswith(f"{run_name}-"))))
        found = {name: len(findings) for name, findings in run_all(session).items() if findings}
    with app.app_context():
        db.engine.dispose()
    rows = [Row((row.page, row.sequence), row.given[0], row.receipt_id) for row in mine]
    return rows, len(receipts - {row.receipt for row in rows}), found


@contextmanager
def system(database: str, like: Path | None = None) -> Iterator[dict[str, str]]:
    """The environment of a fresh system with its demonstration, on a database that waits for the disk; on SQLite a
    copy of the home `like`, if it is given, as a first `make run` has left it."""
    with tempfile.TemporaryDirectory(prefix="lms-drill-") as name:
        home = Path(name) / "home"
        if database == "sqlite" and like:
            shutil.copytree(like, home)
            yield seed.environment(home)
            return
        if database == "sqlite":
            yield seed.fill(home, ()).env
            return
        with postgres.server(durable=True) as server:
            yield seed.fill(home, (), server.create("drill")).env


def main(arguments: Sequence[str]) -> int:
    """Run one drill, print its figures, keep them in drills.json; 1 when something was lost or doubled."""
    options = _options(arguments)
    with system(options.database) as env:
        outcome = run(
            env, answers=options.answers, kills=options.kills, clients=options.clients, manner=Manner(options.manner)
        )
    figures = outcome.figures()
    for name, value in figures.items():
        print(f"{name:32} {value}")
    for name, number in outcome.findings.items():
        print(f"flask lms check: {name} {number}")
    if options.manner == Manner.STEADFAST:
        _keep(options.database, figures)
    return 0 if outcome.passed else 1


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks drill", description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--clients", type=int, default=CLIENTS, choices=range(1, 15))
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    controls = "steadfast does right; the other two must fail"
    parser.add_argument("--manner", choices=[str(manner) for manner in Manner], default="steadfast", help=controls)
    return parser.parse_args(arguments)


def _keep(database: str, figures: dict[str, Any]) -> None:
    known = json.loads(FIGURES.read_text()) if FIGURES.exists() else {}
    FIGURES.write_text(json.dumps({**known, database: figures}, indent=1) + "\n")
