"""The example of the partners' page rebuilds alumni status from the feed alone, whatever is killed or doubled."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from lms.alumni.feed.models import FeedEvent, FeedPartner
from lms.alumni.models import AlumniStatus
from lms.kernel import worker
from lms.kernel.db import db
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Person
from tests.alumni.feeds import make_partner, make_token, program
from tests.alumni.test_feed import complete, end, erase
from tests.drills.test_sealing import environment

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "docs" / "alumni_reader.py"
ROUNDS, PEOPLE = 12, 6


def script() -> ModuleType:
    """The example as a module."""
    found = importlib.util.spec_from_file_location("alumni_reader", SCRIPT)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


reader = script()


def true_alumni(partner: str) -> dict[str, tuple[str, int]]:
    """Who is an alumna or alumnus as the database has it, by the ids that this partner is given."""
    with reading() as session:
        rows = session.execute(
            select(Person.subject, AlumniStatus.since, AlumniStatus.records)
            .join(AlumniStatus, AlumniStatus.person_id == Person.id)
            .where(Person.erased_at.is_(None))
        ).all()
    alias = keyring().alias
    return {alias(partner, row.subject): (row.since.isoformat(), row.records) for row in rows}


class Server:
    """The application in a process of its own, killed and started again on the same port."""

    def __init__(self, app: Flask) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.env = {**environment(app), "LMS_PUBLIC_URL": f"http://127.0.0.1:{self.port}"}
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/api/events"

    def start(self) -> None:
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "run", "--port", str(self.port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(words, cwd=ROOT, env=self.env, **quiet)

    def wait(self) -> None:
        """Until it takes connections: on a busy machine the start lasts longer than the reader is patient."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=5):
                return
            time.sleep(0.1)

    def kill(self) -> None:
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(20)


@pytest.fixture
def server(app: Flask) -> Iterator[Server]:
    made = Server(app)
    made.start()
    yield made
    made.kill()


def run_reader(server: Server, store: Path, token: str) -> subprocess.Popen[bytes]:
    words = [sys.executable, str(SCRIPT), server.address, str(store)]
    env = {**os.environ, "ALUMNI_FEED_TOKEN": token}
    return subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def something_happens(rng: random.Random, people: list[int]) -> list[int]:
    """A record is issued, ended, or somebody is erased; gives those who hold a valid record of ours."""
    act = rng.choice(["complete", "complete", "end", "erase"]) if people else "complete"
    if act == "complete":
        return [*people, *complete(*(f"Person {rng.random()} Mfano" for _ in range(2)))]
    one = people.pop(rng.randrange(len(people)))
    end(one) if act == "end" else erase(one)
    return people


@pytest.mark.usefixtures("real_time")
def test_whatever_is_killed_the_reader_agrees_with_the_database_in_the_end(
    app: Flask, server: Server, tmp_path: Path
) -> None:
    rng, store, made = random.Random(6), tmp_path / "alumni.sqlite", make_partner()
    partner, token, killed = made.public_id, make_token(made), 0
    people = complete(*(f"Person {n} Mfano" for n in range(PEOPLE)))
    for round_ in range(ROUNDS):
        people = something_happens(rng, people)
        db.session.remove()
        running = run_reader(server, store, token)
        time.sleep(rng.uniform(0.05, 0.6))
        if round_ % 4 == 3:
            server.kill()
            server.start()
        if running.poll() is None:
            running.kill()
            killed += 1
        running.communicate()
    server.wait()
    last = run_reader(server, store, token)
    said, _ = last.communicate(timeout=60)
    assert last.returncode == 0, said.decode()
    assert killed
    found = reader.alumni(reader.open_store(str(store)))
    assert found == true_alumni(partner) != {}
    assert said.decode() == f"{len(found)} alumni\n"


def test_a_reader_whose_feed_was_restored_from_an_older_backup_begins_anew(app: Flask) -> None:
    made = make_partner()
    partner = made.public_id
    gone, stays = complete("Kanari Mfano", "Amina Mfano")
    token, store = make_token(made), reader.open_store(":memory:")
    answers = _asked(app, token)
    while reader.read_on(store, "", token):
        pass
    assert len(reader.alumni(store)) == 2
    erase(gone)
    with unit_of_work() as session:  # as if the erasure and what is behind it were another's
        session.execute(update(FeedEvent).where(FeedEvent.position == 4).values(event="0" * 36))
    while reader.read_on(store, "", token):
        pass
    assert 410 in answers
    assert reader.alumni(store) == true_alumni(partner)
    assert len(reader.alumni(store)) == 1
    assert stays


def _asked(app: Flask, token: str) -> list[int]:
    """Let the reader ask this app instead of an address; gives the statuses it gets."""
    client, seen = app.test_client(), list[int]()

    def page(_address: str, token: str, cursor: str) -> tuple[list[dict[str, Any]], str, bool]:
        answer = client.get(f"/api/events?limit=3&after={cursor}", headers={"Authorization": f"Bearer {token}"})
        seen.append(answer.status_code)
        if answer.status_code == 410:
            raise reader.BeginAnew
        return answer.get_json(force=True), answer.headers["Feed-Cursor"], answer.headers["Feed-More"] == "true"

    reader.next_page = page
    return seen


@pytest.fixture
def told(sqlite_app: Flask) -> tuple[list[dict[str, Any]], dict[str, tuple[str, int]]]:
    """Everything a feed has told of people to whom much has happened, and what came of it."""
    first, second, third, _fourth = complete("One Mfano", "Two Mfano", "Three Mfano", "Four Mfano")
    end(first)
    complete(second, third)
    erase(third)
    worker.drain()
    events = program(sqlite_app).read("limit=500")
    with reading() as session:
        partner = session.scalars(select(FeedPartner.public_id)).one()
    return events, true_alumni(partner)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_events_that_come_twice_and_in_any_order_give_the_same(told: Any, data: st.DataObject) -> None:
    events, outcome = told
    mixed = data.draw(st.permutations([*events, *data.draw(st.lists(st.sampled_from(events), max_size=8))]))
    store = reader.open_store(":memory:")
    for event in mixed:
        reader.take_in(store, event)
    assert reader.alumni(store) == outcome
    assert len(outcome) == 2
    store.close()


def test_a_reader_writes_a_page_and_its_cursor_together_or_not_at_all(tmp_path: Path) -> None:
    store = reader.open_store(str(tmp_path / "a.sqlite"))
    status = {"since": "2027-05-21", "records": 1}
    event = {"type": f"{reader.STATUS}opened.v1", "subject": "a", "sequence": "1", "data": status}
    broken = {"type": f"{reader.STATUS}opened.v1"}
    reader.next_page = lambda *_: ([event, broken], "9.00000000", False)
    with pytest.raises(KeyError):
        reader.read_on(store, "", "")
    with sqlite3.connect(tmp_path / "a.sqlite") as seen:
        assert seen.execute("SELECT count(*) FROM alumni").fetchone() == (0,)
        assert seen.execute("SELECT cursor FROM reading").fetchone() == ("",)
