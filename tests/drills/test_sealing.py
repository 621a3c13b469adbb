"""The process that seals and signs is killed at each point of its work; the next one goes on, and every entry has one
seal, every record one signature."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.kernel import worker
from lms.kernel.checks import run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.models import Job, JobState
from lms.kernel.settings import settings_of
from lms.kernel.unit_of_work import own_transaction, reading, unit_of_work
from lms.records import anchors
from lms.records.credentials import publishing, queries
from lms.records.credentials.checking import judged
from lms.records.models import LedgerEntry, LedgerSeal, RecordCredential, RecordSubject
from tests.conftest import KEYS
from tests.drills.dying_worker import BATCH, SEALS, SIGNATURES
from tests.records import makers
from tests.records.credentials.test_signing import key_documents

RECORDS = 12
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("real_time")


@pytest.fixture
def issued(app: Flask) -> Flask:
    """Records that wait for their seals."""
    with unit_of_work() as session:
        edition = makers.make_edition(session)
        for _number in range(RECORDS):
            makers.finished_place(session, edition)
        makers.close(session, edition, at=now())
    db.session.remove()
    return app


def environment(app: Flask) -> dict[str, str]:
    settings = settings_of(app)
    keys = {f"LMS_{name.upper()}_KEY": getattr(KEYS, name).hex() for name in ("secret", "identity", "ledger")}
    place = {"LMS_ENV": "testing", "LMS_HOME": str(settings.home), "DATABASE_URL": settings.database}
    return {**os.environ, **keys, **place}


def work_until_it_dies(app: Flask, point: str) -> None:
    words = [sys.executable, "-m", "tests.drills.dying_worker", point]
    done = subprocess.run(words, cwd=ROOT, env=environment(app), check=False, capture_output=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()[-2000:]


def let_the_lease_run_out() -> None:
    """As if a minute had passed since the worker died."""
    with own_transaction() as session:
        held = update(Job).where(Job.state == JobState.RUNNING)
        session.execute(held.values(lease_until=now() - dt.timedelta(seconds=1)))


def seals() -> tuple[int, int, list[int]]:
    """Entries, how many of them are sealed, and the numbers of the seals."""
    with reading() as session:
        entries = session.scalar(select(func.count()).select_from(LedgerEntry)) or 0
        sealed = session.scalar(select(func.count(LedgerSeal.entry_id.distinct()))) or 0
        return entries, sealed, list(session.scalars(select(LedgerSeal.sequence).order_by(LedgerSeal.sequence)))


def assert_sealed_once(app: Flask) -> None:
    assert seals() == (RECORDS, RECORDS, list(range(1, RECORDS + 1)))
    noted = anchors.read()
    assert max(noted.heads) == RECORDS
    assert not noted.unreadable
    assert not noted.contradicting
    with reading() as session:
        found = run_all(session)
    assert not found["records.ledger"]
    assert not found["records.holders"]


@pytest.mark.parametrize("point", SEALS)
def test_whoever_follows_a_killed_worker_seals_every_entry_once(issued: Flask, point: str) -> None:
    work_until_it_dies(issued, point)
    assert seals()[1] == (0 if "seals" in point else RECORDS)
    let_the_lease_run_out()
    assert worker.drain()
    assert_sealed_once(issued)


def signatures() -> list[str]:
    """The records that are signed, as often as they are."""
    with reading() as session:
        return list(session.scalars(select(RecordCredential.record).order_by(RecordCredential.record)))


@pytest.mark.parametrize("point", SIGNATURES)
def test_whoever_follows_a_killed_worker_signs_every_record_once(issued: Flask, point: str) -> None:
    work_until_it_dies(issued, point)
    made = signatures()
    known = {"before_the_signatures": 0, "within_the_signatures": 0, "between_two_batches": BATCH}
    assert len(made) == known.get(point, len(made))
    assert point != "before_the_list" or publishing.read("status/0") is None
    with reading() as session:
        records = sorted(session.scalars(select(RecordSubject.record)))
        kept = {record: queries.kept(session, record, believed=[1]) for record in made}
    let_the_lease_run_out()
    assert worker.drain()
    assert signatures() == records
    assert len(records) == RECORDS
    assert publishing.read("status/0")
    with reading() as session:
        for record in records:
            found = queries.kept(session, record, believed=[1])
            assert found is not None
            assert kept.get(record, found) == found, "what was signed stays as it is"
            assert judged(found.document, documents=key_documents()), "the signature holds"
        assert not run_all(session)["records.credentials"]
    assert_sealed_once(issued)
