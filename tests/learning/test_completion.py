"""The pre-reading is complete once: said in the transaction of its last step, whatever happens at the same time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.catalogue import queries as catalogue
from lms.kernel.checks import run_all
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.events import on
from lms.kernel.unit_of_work import unit_of_work
from lms.learning import queries
from lms.learning.events import PreReadingCompleted
from lms.learning.models import Answer, EnrolmentProgress, ProgressEvent, QuizTry, Receipt
from lms.learning.queries import own_enrolment
from lms.learning.services import complete_unit
from lms.seminars.models import Enrolment, Stage, StageReached
from lms.seminars.services import withdraw
from tests.catalogue.tiny import COURSE
from tests.conftest import NOW, statements
from tests.learning.makers import Reader, adopt, make_reader, publish

said: list[PreReadingCompleted] = []


@on(PreReadingCompleted)
def _remember(_session: object, event: PreReadingCompleted) -> None:
    said.append(event)


@pytest.fixture(autouse=True)
def _forget() -> Iterator[None]:
    said.clear()
    yield
    said.clear()


@pytest.fixture
def reader(app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path)
    return make_reader(app)


def course(reader: Reader) -> EnrolmentProgress:
    with unit_of_work() as session:
        return session.get_one(EnrolmentProgress, reader.enrolment_id, populate_existing=True)


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Do several things from threads of their own, begun at the same moment."""
    barrier = Barrier(len(acts))

    def do(act: Callable[[], Any]) -> Any:
        with app.app_context(), frozen(NOW):
            barrier.wait()
            return act()

    db.session.remove()
    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(do, acts))


def browser(reader: Reader, *what: str, key: str, **fields: Any) -> Callable[[], int]:
    """A request from a browser of its own in which the same person is signed in."""
    client = reader.app.test_client()
    with reader.client.session_transaction() as mine:
        cookie = dict(mine)
    with client.session_transaction() as theirs:
        theirs.update(cookie)
    return lambda: client.post(reader.url(*what), data={"client_key": key, **fields}).status_code


def test_the_last_unit_completes_it_and_says_so_once(reader: Reader) -> None:
    reader.read()
    reader.pass_quiz()
    assert said == []
    reader.post("thought", "reflection", text="My thought.")
    own = reader.own()
    assert said == [PreReadingCompleted(own.id, own.edition_id, own.person_id, own.version_id, NOW)]
    row = course(reader)
    assert (row.completed_at, row.version_id, row.units_done, row.late) == (NOW, own.version_id, 3, False)
    with unit_of_work() as session:
        assert session.get_one(StageReached, (own.id, Stage.PRE_READING)).at == NOW
    reader.post("thought", "reflection", text="Another thought.")
    reader.pass_quiz()
    assert len(said) == 1


def test_two_last_units_at_once_complete_it_once(app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, course=COURSE.replace("  after:\n  - words\n", ""))
    reader = make_reader(app)
    reader.pass_quiz()
    answers = at_once(
        app,
        browser(reader, "first", "done", key="one-key-of-many"),
        browser(reader, "thought", "reflection", key="another-key", text="My thought."),
    )
    assert answers == [303, 303]
    assert len(said) == 1
    assert course(reader).units_done == 3
    assert not any(run_all(db.session()).values())


def test_one_form_from_many_windows_at_once_has_one_effect(reader: Reader) -> None:
    answers = at_once(reader.app, *[browser(reader, "first", "done", key="the-same-key") for _window in range(8)])
    assert answers == [303] * 8
    assert totals() == {"receipts": 1, "events": 1, "tries": 0, "answers": 0}


def test_many_forms_at_once_mark_a_unit_once(reader: Reader) -> None:
    answers = at_once(reader.app, *[browser(reader, "first", "done", key=f"key-number-{n}") for n in range(6)])
    assert answers == [303] * 6
    assert totals() == {"receipts": 6, "events": 1, "tries": 0, "answers": 0}
    assert course(reader).units_done == 1


def test_many_buttons_at_once_begin_one_try(reader: Reader) -> None:
    answers = at_once(reader.app, *[browser(reader, "asked", "tries", key=f"key-number-{n}") for n in range(6)])
    assert answers == [303] * 6
    assert totals()["tries"] == 1


def test_one_answer_from_many_windows_at_once_is_kept_once(reader: Reader) -> None:
    tried = reader.begin()
    path, fields = ("asked", "tries", tried, "answers"), {"question": "truth", "truth": "true"}
    answers = at_once(reader.app, *[browser(reader, *path, key="the-same-key", **fields) for _window in range(8)])
    assert answers == [303] * 8
    assert totals()["answers"] == 1


def test_the_same_key_with_two_bodies_at_once_keeps_one(reader: Reader) -> None:
    tried = reader.begin()
    path = ("asked", "tries", tried, "answers")
    windows = [
        browser(reader, *path, key="the-same-key", question="truth", truth=truth)
        for truth in ("true", "false", "true", "false")
    ]
    answers = at_once(reader.app, *windows)
    assert sorted(answers) == [303, 303, 409, 409]
    assert totals()["answers"] == 1


def test_checking_and_answering_at_once_leaves_no_answer_behind_the_score(reader: Reader) -> None:
    tried = reader.begin()
    right = reader.right()
    at_once(
        reader.app,
        browser(reader, "asked", "tries", tried, "check", key="the-check-key", **right),
        *[
            browser(reader, "asked", "tries", tried, "answers", key=f"key-number-{n}", question="truth", truth="false")
            for n in range(4)
        ],
    )
    reader.check(tried, **right)
    assert not any(run_all(db.session()).values())


def totals() -> dict[str, int]:
    kinds = {"receipts": Receipt, "events": ProgressEvent, "tries": QuizTry, "answers": Answer}
    with unit_of_work() as session:
        return {
            name: session.scalar(select(func.count()).select_from(kind).where(_real(kind))) or 0
            for name, kind in kinds.items()
        }


def _real(kind: type) -> Any:
    """Beginning a try is no event that a test of reading counts."""
    return ProgressEvent.kind != "started" if kind is ProgressEvent else True


def test_a_version_that_asks_less_completes_whoever_has_nothing_left(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    reader.pass_quiz()
    assert said == []
    less = COURSE.replace("  modules: all", "  modules:\n  - words")
    adopt(reader, publish(tmp_path, course=less))
    assert len(said) == 1
    assert course(reader).completed_at == NOW


def test_where_somebody_stands_is_one_statement(reader: Reader) -> None:
    reader.read()
    own = reader.own()
    with unit_of_work() as session:
        outline = catalogue.outline(session, own.version_id)
        with statements(reader.app) as sent:
            standing = queries.standing(session, own.id, outline)
        assert len([one for one in sent if one.startswith("SELECT")]) == 1
        assert queries.standings_in(session, own.edition_id, outline, [own.id]) == {own.id: standing}
    assert (standing.done, standing.total, standing.minutes_left) == (1, 3, 5)
    assert standing.next_unit
    assert standing.next_unit.unit.key == "asked"
    assert [(c.module.key, c.met) for c in standing.conditions] == [("words", False), ("cases", False)]


def test_somebody_who_has_not_begun_stands_at_the_start(reader: Reader) -> None:
    own = reader.own()
    with unit_of_work() as session:
        standing = queries.standing(session, own.id, catalogue.outline(session, own.version_id))
    assert (standing.done, standing.started_at, standing.completed_at) == (0, None, None)


def test_whoever_has_left_is_not_missed_when_a_version_asks_less(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    reader.pass_quiz()
    with unit_of_work() as session:
        withdraw(session, enrolment=session.get_one(Enrolment, reader.enrolment_id), at=NOW, by=None)
    adopt(reader, publish(tmp_path, course=COURSE.replace("  modules: all", "  modules:\n  - words")))
    assert said == []
    assert not any(run_all(db.session()).values())


def test_a_step_that_began_under_the_version_before_completes_under_the_new_one(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    reader.pass_quiz()
    reader.post("first", "undo")
    with unit_of_work() as session:
        own = own_enrolment(session, reader.edition, reader.person_id)
        before = catalogue.outline(session, own.version_id)
    adopt(reader, publish(tmp_path, course=COURSE.replace("  modules: all", "  modules:\n  - words")))
    unit = next(unit for _module, unit in before.units() if unit.key == "first")
    with unit_of_work() as session:
        complete_unit(session, own=own, outline=before, unit=unit, key="a-key-of-its-own", at=NOW)
    assert len(said) == 1
    assert not any(run_all(db.session()).values())


def test_a_reader_and_a_new_version_at_once_leave_nobody_waiting(reader: Reader, tmp_path: Path) -> None:
    reader.read()
    reader.pass_quiz()
    reader.post("first", "undo")
    less = publish(tmp_path, course=COURSE.replace("  modules: all", "  modules:\n  - words"))

    def take() -> None:
        adopt(reader, less)

    at_once(reader.app, browser(reader, "first", "done", key="one-key-of-many"), take)
    assert len(said) == 1
    assert not any(run_all(db.session()).values())
