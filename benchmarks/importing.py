"""A file of 20,000 nominations: read, rehearsed, saved by a worker of its own, and taken back; time and memory."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.app import create_app
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.settings import from_environment
from lms.kernel.unit_of_work import own_transaction
from lms.seminars.imports.asked import table_of
from lms.seminars.imports.models import Import, ImportState
from lms.seminars.imports.rehearsing import take_in
from lms.seminars.imports.saving import save
from lms.seminars.imports.undoing import undo
from lms.seminars.models import Edition

from .results import Result
from .seed import fill
from .servers import ROOT

ROWS = 20_000
ABOVE_IDLE = 150
READ, REHEARSED, SAVED, UNDONE = 8.0, 120.0, 240.0, 60.0
_PATIENCE = 900
_STATES = (("TZ", "Africa/Dar_es_Salaam"), ("KE", "Africa/Nairobi"), ("GH", "Africa/Accra"))


def measure(folder: Path) -> list[Result]:
    """On SQLite; seconds at work where we wait ourselves, by the clock where the worker does it, and megabytes of
    the worker above what it has at rest."""
    filled = fill(folder / "importing", (3,))
    app = create_app(from_environment(filled.env))
    with app.app_context(), _worker(filled.env) as process:
        time.sleep(5)
        idle = _memory(process.pid, "VmRSS")
        read = _at_work(lambda: _take_in(filled.editions[3]))
        rehearsed = _timed(lambda: _until(ImportState.REHEARSED))
        _change(lambda session, found: save(session, found=found, at=now(), by="bench"))
        saved = _timed(lambda: _until(ImportState.SAVED))
        _change(lambda session, found: undo(session, found=found, at=now(), by="bench"))
        undone = _timed(lambda: _until(ImportState.UNDONE))
        most = _memory(process.pid, "VmHWM")
        process.send_signal(signal.SIGTERM)
        db.session.remove()
        db.engine.dispose()
    return [
        Result(f"file of {ROWS} rows read and kept, CPU", read, "s", READ),
        Result(f"{ROWS} rows rehearsed by the worker", rehearsed, "s", REHEARSED),
        Result(f"{ROWS} rows saved by the worker", saved, "s", SAVED),
        Result(f"{ROWS} rows taken back by the worker", undone, "s", UNDONE),
        Result("worker's memory above idle, import", most - idle, "MB", ABOVE_IDLE),
    ]


def _worker(env: dict[str, str]) -> subprocess.Popen[bytes]:
    nowhere = subprocess.DEVNULL
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "lms", "work"]
    return subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, stdout=nowhere, stderr=nowhere)


def _memory(pid: int, what: str) -> float:
    """Megabytes, of what /proc calls so."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{what}:")) / 1000


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _at_work(do: Callable[[], object]) -> float:
    """Seconds of processor time, of this process and of those it started."""
    before = os.times()
    do()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def _file() -> bytes:
    """As from one country after another, each row at one of ten institutions that the file adds."""
    lines = ["Name;E-mail address;State;Ministry or institution;Sector;Time zone;Function"]
    for number in range(ROWS):
        state, zone = _STATES[number % 3]
        lines.append(
            f"Person Mfano {number};p{number}@import.example.org;{state};Bureau of the {number % 10}th district;"
            f"Other;{zone};Adviser {number}"
        )
    return "\r\n".join(lines).encode("cp1252")


def _take_in(edition: str) -> None:
    table = table_of(_file())
    with own_transaction() as session:
        found = session.scalars(select(Edition).where(Edition.public_id == edition)).one()
        take_in(session, edition=found, table=table, at=now(), by="bench")


def _change(act: Callable[[Session, Import], object]) -> None:
    with own_transaction() as session:
        act(session, session.scalars(select(Import)).one())


def _until(state: ImportState) -> None:
    ends = now() + dt.timedelta(seconds=_PATIENCE)
    while now() < ends:
        with own_transaction() as session:
            if session.scalars(select(Import.state)).one() is state:
                return
        time.sleep(0.2)
    raise TimeoutError(f"the import did not come to be {state}")
