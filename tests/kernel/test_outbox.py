"""Work asked for in a transaction is done after it, at least once, and nothing is half done."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from lms.kernel import audit, outbox, worker
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen, now
from lms.kernel.models import AuditEntry, Job, JobState, Worker
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from tests.conftest import NOW

LATER = NOW + outbox.LEASE + dt.timedelta(seconds=1)


class Sink:
    """The outside world: notes what reached it, and fails as often as it is told."""

    def __init__(self) -> None:
        self.seen: list[tuple[dict[str, Any], str]] = []
        self.failures = 0

    def __call__(self, payload: dict[str, Any], stable_id: str) -> None:
        self.seen.append((payload, stable_id))
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the other side is away")


@pytest.fixture
def sink(monkeypatch: pytest.MonkeyPatch) -> Sink:
    made = Sink()
    monkeypatch.setitem(outbox.effects, "drill.send", made)
    return made


@pytest.fixture
def handle(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[outbox.DatabaseHandler], None]]:
    """Register a database handler for this test alone."""
    return lambda handler: monkeypatch.setitem(outbox.database_handlers, "drill.change", handler)


def ask(kind: str = "drill.send", payload: dict[str, Any] | None = None, **how: Any) -> None:
    with unit_of_work() as session:
        outbox.enqueue(session, kind, payload, **how)


def jobs() -> list[Job]:
    with own_transaction() as session:
        return list(session.scalars(select(Job).order_by(Job.id)))


def acts() -> list[str]:
    with own_transaction() as session:
        return list(session.scalars(select(AuditEntry.act)))


def note(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    audit.record(session, at=at, actor=None, act="done once")


def test_what_was_asked_for_is_done_once(app: Flask, sink: Sink) -> None:
    ask(payload={"person": 7})
    assert worker.drain() == 1
    assert worker.drain() == 0
    assert [payload for payload, _ in sink.seen] == [{"person": 7}]
    assert [job.state for job in jobs()] == [JobState.DONE]


def test_what_a_done_job_was_about_is_not_kept(
    app: Flask, sink: Sink, handle: Callable[[outbox.DatabaseHandler], None]
) -> None:
    handle(note)
    ask(payload={"person": 7})
    ask("drill.change", payload={"blind": "abc"})
    assert worker.drain() == 2
    assert [(job.state, job.payload) for job in jobs()] == [(JobState.DONE, {})] * 2


def test_what_a_failed_job_was_about_is_kept_for_the_next_try_unless_a_newer_one_does_it(
    app: Flask, sink: Sink
) -> None:
    sink.failures = 2
    ask(payload={"turn": 1})
    assert outbox.run_one("first")
    ask(payload={"turn": 2}, key="fold", at=NOW - dt.timedelta(minutes=1))
    taken = outbox.claim("first")
    assert taken is not None
    ask(payload={"turn": 3}, key="fold")
    outbox._put_back(taken, "first", ConnectionError())
    assert [job.payload for job in jobs()] == [{"turn": 1}, {}, {"turn": 3}]


def test_a_change_that_is_rolled_back_asks_for_nothing(app: Flask, sink: Sink) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        outbox.enqueue(session, "drill.send", {"person": 7})
        raise ZeroDivisionError
    assert worker.drain() == 0
    assert sink.seen == []


def test_of_several_waiting_jobs_with_one_key_one_is_kept(app: Flask, sink: Sink) -> None:
    for number in range(5):
        ask(payload={"number": number}, key="reminder:7")
    ask(payload={"number": 9}, key="reminder:8")
    assert worker.drain() == 2
    assert [payload["number"] for payload, _ in sink.seen] == [0, 9]


def test_what_is_asked_for_while_the_same_key_runs_is_done_afterwards(app: Flask, sink: Sink) -> None:
    ask(key="fold")
    assert outbox.claim("first") is not None
    ask(key="fold")
    assert worker.drain() == 1
    assert [job.state for job in jobs()] == [JobState.RUNNING, JobState.DONE]


def test_work_for_later_waits_for_its_time(app: Flask, sink: Sink) -> None:
    ask(at=NOW + dt.timedelta(hours=1))
    assert worker.drain() == 0
    with frozen(NOW + dt.timedelta(hours=1)):
        assert worker.drain() == 1


def test_the_job_that_has_waited_longest_comes_first(app: Flask, sink: Sink) -> None:
    ask(payload={"turn": 2}, at=NOW - dt.timedelta(minutes=1))
    ask(payload={"turn": 1}, at=NOW - dt.timedelta(minutes=2))
    worker.drain()
    assert [payload["turn"] for payload, _ in sink.seen] == [1, 2]


def test_two_workers_never_hold_the_same_job(app: Flask) -> None:
    for _ in range(3):
        ask()
    claims = [outbox.claim(f"worker {number}") for number in range(4)]
    assert sorted(claim.id for claim in claims if claim) == sorted(job.id for job in jobs())
    assert claims[3] is None


def test_a_claim_takes_one_job_and_leaves_the_others(app: Flask) -> None:
    for _ in range(5):
        ask()
    outbox.claim("one")
    assert [job.state for job in jobs()].count(JobState.RUNNING) == 1


def test_a_dead_workers_job_is_taken_over_when_its_lease_is_over(app: Flask, sink: Sink) -> None:
    ask()
    first = outbox.claim("killed")
    assert worker.drain() == 0
    with frozen(LATER):
        assert worker.drain() == 1
    assert first is not None
    assert [stable for _, stable in sink.seen] == [f"job-{first.id}"]


def test_an_effect_that_failed_is_repeated_with_the_same_id(app: Flask, sink: Sink) -> None:
    sink.failures = 1
    ask()
    worker.drain()
    assert jobs()[0].state == JobState.WAITING
    with frozen(NOW + dt.timedelta(minutes=1)):
        worker.drain()
    assert len(sink.seen) == 2
    assert sink.seen[0] == sink.seen[1]


def test_an_effect_runs_outside_every_transaction(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(outbox.effects, "drill.send", lambda _payload, _id: ask(payload={"other": True}, key="other"))
    ask()
    assert outbox.run_one("one") is True  # on SQLite a second writer would wait for an open transaction, and fail
    assert [job.state for job in jobs()] == [JobState.DONE, JobState.WAITING]


def test_a_database_job_commits_with_its_done(app: Flask, handle: Callable[..., None]) -> None:
    handle(note)
    ask("drill.change")
    worker.drain()
    assert (acts(), jobs()[0].state) == (["done once"], JobState.DONE)


def test_a_database_job_that_fails_leaves_nothing(app: Flask, handle: Callable[..., None]) -> None:
    def half(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
        note(session, payload, at)
        session.flush()  # so that the row was really sent
        raise ValueError("half-way")

    handle(half)
    ask("drill.change")
    worker.drain()
    assert (acts(), jobs()[0].state) == ([], JobState.WAITING)
    assert "half-way" in (jobs()[0].error or "")


def test_what_a_database_says_about_a_row_is_not_kept(app: Flask, handle: Callable[..., None]) -> None:
    def twice(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
        for _ in range(2):
            session.execute(insert(Worker).values(name="Amina Mfano", beat_at=at))

    handle(twice)
    ask("drill.change")
    worker.drain()
    assert "IntegrityError" in (jobs()[0].error or "")
    assert "Amina" not in (jobs()[0].error or "")


def test_work_whose_lease_was_lost_in_the_middle_does_not_stay(app: Flask, handle: Callable[..., None]) -> None:
    def slow(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
        note(session, payload, at)
        job = session.scalars(select(Job)).one()
        job.worker, job.tries = "another", job.tries + 1
        session.flush()  # as if another worker had taken it over meanwhile

    handle(slow)
    ask("drill.change")
    outbox.run_one("slow")
    assert acts() == []


def test_a_job_nobody_can_do_fails_and_does_not_stop_the_others(app: Flask, sink: Sink) -> None:
    ask("no.such.kind", at=NOW - dt.timedelta(minutes=1))
    ask()
    with capture_logs() as lines:
        worker.drain()
    assert [job.state for job in jobs()] == [JobState.WAITING, JobState.DONE]
    assert [(line["event"], line["kind"], line["error"]) for line in lines] == [
        ("job.failed", "no.such.kind", "LookupError")
    ]


def test_after_its_last_try_a_job_is_dead_and_named_by_the_checks(app: Flask, sink: Sink) -> None:
    sink.failures = 99
    ask()
    at = NOW
    for _ in range(12):
        at += dt.timedelta(days=1)
        with frozen(at):
            worker.drain()
    assert len(sink.seen) == 8
    assert jobs()[0].state == JobState.DEAD
    with own_transaction() as session:
        (finding,) = run_all(session)["kernel.jobs"]
    assert (finding.about, finding.problem) == ("job drill.send", "1 gave up after their last try")


def test_a_job_that_kills_its_worker_each_time_ends_as_dead(app: Flask, sink: Sink) -> None:
    ask()
    for number in range(8):
        with frozen(NOW + number * 2 * outbox.LEASE):
            assert outbox.claim(f"killed {number}") is not None
    with frozen(NOW + 20 * outbox.LEASE):
        worker.drain()
    assert sink.seen == []
    assert jobs()[0].state == JobState.DEAD


def test_eight_tries_outlast_an_outage_of_three_hours_and_pauses_grow() -> None:
    pauses = [outbox.pause_after(tries) for tries in range(1, 8)]
    assert pauses[0] <= dt.timedelta(seconds=10)
    assert sum(pauses, dt.timedelta()) > dt.timedelta(hours=3)
    assert all(later > earlier for earlier, later in itertools.pairwise(pauses[:6]))
    assert max(outbox.pause_after(tries) for tries in range(1, 60)) <= dt.timedelta(hours=4)


def test_a_failed_job_gives_way_to_a_newer_one_with_its_key(app: Flask, sink: Sink) -> None:
    sink.failures = 1
    ask(key="fold", payload={"turn": 1})
    job = outbox.claim("one")
    ask(key="fold", payload={"turn": 2})
    assert job is not None
    outbox._put_back(job, "one", ConnectionError("away"))
    assert [job.state for job in jobs()] == [JobState.DONE, JobState.WAITING]


def test_dead_jobs_can_be_let_loose_again_by_a_person(app: Flask, sink: Sink) -> None:
    for key in ("a", "a", None):
        with unit_of_work() as session:
            session.add(_dead(key))
    ask(key="b")
    with unit_of_work() as session:
        session.add(_dead("b"))
    with unit_of_work() as session:
        assert outbox.revive(session) == 4
    assert worker.drain() == 3
    assert {job.state for job in jobs()} == {JobState.DONE}


def _dead(key: str | None) -> Job:
    return Job(
        kind="drill.send", payload={}, key=key, state=JobState.DEAD, tries=8, run_at=now(), created_at=now(), error="x"
    )
