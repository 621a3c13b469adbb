"""Any sequence of what a person can do: progress only grows but for Undo, summaries agree, a replay changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lms.kernel.checks import checks, run_all
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import (
    Answer,
    EnrolmentProgress,
    ProgressEvent,
    ProgressKind,
    QuizTry,
    Receipt,
    Reflection,
    UnitProgress,
    UnitState,
)
from lms.learning.queries import latest_try
from tests.conftest import NOW
from tests.learning.makers import Reader, make_reader, publish

OURS = [name for name in checks if name.startswith("learning.")]
ACTS = ("read", "undo", "begin", "right", "wrong", "half", "answer", "write", "instead", "replay")


@dataclass
class Session:
    """One person's doings: each request is kept, so that it can be sent again."""

    reader: Reader
    sent: list[Callable[[], int]] = field(default_factory=list)
    made: int = 0

    def post(self, *what: str, **fields: Any) -> int:
        self.made += 1
        key = f"key-number-{self.made}"

        def send() -> int:
            return self.reader.post(*what, key=key, **fields).status_code

        status = send()
        if self.acknowledged(key):
            self.sent.append(send)
        return status

    def acknowledged(self, key: str) -> bool:
        """What was refused has no receipt: sent again later, it is a first time."""
        with unit_of_work() as session:
            mine = select(Receipt.id).where(Receipt.enrolment_id == self.reader.enrolment_id, Receipt.client_key == key)
            return session.scalar(mine) is not None

    def do(self, act: str, number: int) -> None:
        right = self.reader.right()
        if act == "replay":
            if self.sent:
                self.sent[number % len(self.sent)]()
        elif act in {"read", "undo"}:
            self.post("first", "done" if act == "read" else "undo")
        elif act == "begin":
            self.post("asked", "tries")
        elif act == "instead":
            self.post("first", "instead", text=f"Instead {number}.")
        elif act == "write":
            self.post("thought", "reflection", text=f"Thought {number}.")
        elif tried := self.tried():
            if act == "answer":
                self.post("asked", "tries", tried, "answers", question="truth", truth=("true", "false")[number % 2])
            else:
                changed = {"wrong": {**right, "truth": "false"}, "half": {"which": right["which"]}}.get(act, right)
                self.post("asked", "tries", tried, "check", **changed)

    def tried(self) -> str | None:
        unit = self.reader.unit("asked")
        with unit_of_work() as session:
            found = latest_try(session, self.reader.enrolment_id, unit.id, unit.substance)
        return found.public_id if found else None

    def states(self) -> dict[int, UnitState]:
        with unit_of_work() as session:
            mine = UnitProgress.enrolment_id == self.reader.enrolment_id
            rows = session.execute(select(UnitProgress.unit_id, UnitProgress.state).where(mine)).all()
        return {row.unit_id: row.state for row in rows}


def everything(*kinds: type) -> list[list[tuple[Any, ...]]]:
    """Every row of these tables."""
    with unit_of_work() as session:
        tables = [db.metadata.tables[kind.__tablename__] for kind in kinds]
        return [[tuple(row) for row in session.execute(select(table).order_by(*table.primary_key))] for table in tables]


KEPT = (Answer, EnrolmentProgress, ProgressEvent, QuizTry, Receipt, Reflection, UnitProgress)


@pytest.fixture
def course(sqlite_app: Flask, tmp_path: Path) -> Flask:
    publish(tmp_path)
    return sqlite_app


@settings(
    max_examples=15,
    deadline=None,
    # A failing sequence is short enough to read; making it shorter takes minutes of requests.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 30)), max_size=14), st.randoms(use_true_random=False))
def test_whatever_somebody_does_the_summaries_agree_and_replays_do_nothing(
    course: Flask, acts: list[tuple[str, int]], random: Any
) -> None:
    order = [UnitState.OPEN, UnitState.STARTED, UnitState.DONE]
    doing = Session(make_reader(course))
    for act, number in acts:
        before = doing.states()
        doing.do(act, number)
        after = doing.states()
        for unit, state in before.items():
            assert act == "undo" or order.index(after[unit]) >= order.index(state), (act, unit)
    assert {name: found for name, found in run_all(db.session()).items() if found and name in OURS} == {}
    kept = everything(*KEPT)
    for send in random.sample(doing.sent, len(doing.sent)):
        send()
    assert everything(*KEPT) == kept


def forge(change: Any) -> dict[str, list[str]]:
    """What the checks say after somebody has changed the database by hand."""
    with unit_of_work() as session:
        session.execute(change)
    return {name: [one.problem for one in found] for name, found in run_all(db.session()).items() if found}


def test_the_checks_find_what_was_changed_by_hand(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    reader = make_reader(app)
    reader.finish()
    tables = db.metadata.tables
    kept = tables["lms_unit_progress"]
    assert "learning.units" in forge(kept.update().values(late=True))
    assert "learning.units" not in forge(kept.update().values(late=False))
    points = tables["lms_quiz_try"].update()
    assert forge(points.values(points=4))["learning.tries"] == ["its score is not what its answers are worth"]
    forge(points.values(points=5))
    course = tables["lms_enrolment_progress"].update()
    assert "learning.enrolments" in forge(course.values(units_done=2))
    assert "learning.completion" in forge(course.values(units_done=3, completed_at=None))
    forge(course.values(completed_at=NOW))
    assert "learning.completed" not in forge(course.values(late=False))
    assert forge(course.values(late=True))["learning.completed"] == ["is not as late as the step that completed it"]
    unread = forge(course.values(late=False, version_id=None))["learning.completed"]
    assert unread == ["was completed under a version that the edition has not read"]
    unfinished = forge(course.values(late=True, completed_at=None))["learning.completed"]
    assert unfinished == ["says how it was completed without being complete"]
    events = tables["lms_progress_event"]
    undone = events.update().where(events.c.kind == ProgressKind.READ).values(kind=ProgressKind.UNDONE)
    assert "learning.units" in forge(undone)


def test_the_checks_find_a_private_text_with_a_receipt_of_somebody_else(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    reader, other = make_reader(app), make_reader(app)
    assert reader.post("first", "instead", text="Mine.").status_code == 303
    other.read()
    tables = db.metadata.tables
    theirs = select(Receipt.id).where(Receipt.enrolment_id == other.enrolment_id).scalar_subquery()
    found = forge(tables["lms_reflection"].update().values(receipt_id=theirs))["learning.receipts"]
    assert found == ["has a receipt that was given to somebody else"]
