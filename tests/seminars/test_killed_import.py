"""A worker that is killed in the middle of a long import, or of taking one back, loses nobody and doubles nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.kernel import worker
from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.undertakings import progress
from lms.kernel.unit_of_work import own_transaction
from lms.people.models import IdentityRow, Person, Sector
from lms.seminars.imports.models import Import, ImportRow, ImportState
from lms.seminars.imports.rehearsing import PIECE
from lms.seminars.imports.saving import save
from lms.seminars.imports.undoing import undo
from lms.seminars.models import Enrolment, EnrolmentEvent
from tests.seminars.importing import JUSTICE, said, taken_in
from tests.seminars.makers import AT, make_edition, make_institution

ROOT = Path(__file__).parents[2]
PEOPLE = PIECE * 3 + 7
PATIENCE = 90.0


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until it holds."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "this did not come about in time"
        time.sleep(0.1)


def start(home: Path) -> subprocess.Popen[bytes]:
    """A worker of its own."""
    env = {**os.environ, "DATABASE_URL": db.engine.url.render_as_string(hide_password=False)}
    return subprocess.Popen([sys.executable, "-m", "tests.seminars.import_worker", str(home)], cwd=ROOT, env=env)


def counts() -> tuple[int, ...]:
    """People, their names and addresses, places, steps."""
    with own_transaction() as session:
        tables = (Person, IdentityRow, Enrolment, EnrolmentEvent)
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


@pytest.mark.usefixtures("real_time")
def test_nobody_is_lost_or_doubled_when_the_worker_is_killed_within_a_piece(app: Flask, tmp_path: Path) -> None:
    with own_transaction() as session:
        make_institution(session, "TZ", Sector.JUSTICE, JUSTICE)
        edition = make_edition(session)
        taken_in(session, edition, *(said(number) for number in range(PEOPLE)))
    worker.drain()
    with own_transaction() as session:
        found = session.scalars(select(Import)).one()
        save(session, found=found, at=AT, by="coordinator")
    _killed_within(2, tmp_path)
    assert counts() == (PIECE, 2 * PIECE, PIECE, PIECE)
    assert _so_far() == (ImportState.SAVING, PIECE, PEOPLE)
    _goes_on_to(ImportState.SAVED, tmp_path)
    assert counts() == (PEOPLE, 2 * PEOPLE, PEOPLE, PEOPLE)
    with own_transaction() as session:
        rows = select(func.count(ImportRow.enrolment_id.distinct()))
        assert session.scalar(rows) == PEOPLE
        undo(session, found=session.scalars(select(Import)).one(), at=AT, by="coordinator")
    _killed_within(3, tmp_path)  # the first piece looks whether anybody stands against it
    left = PEOPLE - PIECE
    assert counts() == (left, 2 * left, left, left)
    assert _so_far() == (ImportState.UNDOING, PIECE, PEOPLE)
    _goes_on_to(ImportState.UNDONE, tmp_path)
    assert counts() == (0, 0, 0, 0)
    with own_transaction() as session:
        assert not {name: list(told) for name, told in run_all(session).items() if told}


def _killed_within(piece: int, home: Path) -> None:
    (home / "hang").write_text(str(piece))
    worker = start(home)
    try:
        eventually((home / "reached").exists)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    for name in ("hang", "reached"):
        (home / name).unlink()


def _goes_on_to(state: ImportState, home: Path) -> None:
    another = start(home)
    try:
        eventually(lambda: _state() is state)
    finally:
        another.terminate()
        another.wait()


def _so_far() -> tuple[ImportState, int, int]:
    with own_transaction() as session:
        found = session.scalars(select(Import)).one()
        so_far = progress(session, found.undertaking)
        assert so_far is not None
        return found.state, so_far.done, so_far.total


def _state() -> ImportState:
    with own_transaction() as session:
        return session.scalars(select(Import.state)).one()
