"""Long work is done in pieces, seen while it goes on, and ends once."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, worker
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry, Job, JobState, Undertaking, UndertakingState
from lms.kernel.undertakings import KEPT, Piece, begin, pieces, progress, tidy
from lms.kernel.unit_of_work import own_transaction
from tests.conftest import NOW, statements


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Work for tests: one that counts to its total, and one that is refused after its first piece."""

    def count(session: Session, work: Undertaking, at: dt.datetime) -> bool:
        audit.record(session, at=at, actor=work.by, act="drill.counted", about=work.about)
        work.done += 1
        return work.done == work.total

    def refuse(session: Session, work: Undertaking, at: dt.datetime) -> bool:
        count(session, work, at)
        if work.done > 1:
            raise Refused("The edition is closed.")
        return False

    found: dict[str, Piece] = {"drill.count": count, "drill.refuse": refuse}
    for kind, piece in found.items():
        monkeypatch.setitem(pieces, kind, piece)


def begun(kind: str, total: int = 3) -> str:
    """Work that was asked for."""
    with own_transaction() as session:
        return begin(session, kind, about="edition", by="somebody", total=total, at=NOW).public_id


def counted() -> int:
    """How many pieces have left something behind."""
    with own_transaction() as session:
        return session.scalar(select(func.count()).where(AuditEntry.act == "drill.counted")) or 0


def test_work_is_done_piece_by_piece_until_it_is_done(app: Flask) -> None:
    name = begun("drill.count")
    with own_transaction() as session:
        before = progress(session, name)
    assert before is not None
    assert (before.running, before.done, before.total, before.by) == (True, 0, 3, "somebody")
    worker.drain()
    with own_transaction() as session:
        after = progress(session, name)
    assert after is not None
    assert (after.state, after.done, after.ended_at) == (UndertakingState.DONE, 3, NOW)
    assert counted() == 3
    worker.drain()
    assert counted() == 3


def test_work_that_nobody_committed_is_not_done(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), own_transaction() as session:
        begin(session, "drill.count", about="edition", by="somebody", total=3, at=NOW)
        raise ZeroDivisionError
    worker.drain()
    assert counted() == 0


def test_a_refusal_ends_the_work_with_its_sentence_and_leaves_nothing_of_that_piece(app: Flask) -> None:
    name = begun("drill.refuse")
    worker.drain()
    with own_transaction() as session:
        found = progress(session, name)
    assert found is not None
    assert (found.state, found.done, found.sentence) == (UndertakingState.REFUSED, 1, "The edition is closed.")
    assert counted() == 1


def test_work_whose_job_has_given_up_is_stuck(app: Flask) -> None:
    name = begun("drill.count")
    with own_transaction() as session:
        session.execute(update(Job).where(Job.key == f"undertaking:{name}").values(state=JobState.DEAD))
        found = progress(session, name)
    assert found is not None
    assert (found.running, found.stuck) == (True, True)


def test_there_is_no_progress_of_what_is_not_there_and_asking_is_one_statement(app: Flask) -> None:
    name = begun("drill.count")
    with own_transaction() as session:
        assert progress(session, "nothing") is None
        assert progress(session, None) is None
        with statements(app) as sent:
            assert progress(session, name)
    assert len(sent) == 1


def test_work_that_ended_three_months_ago_is_forgotten(app: Flask) -> None:
    name = begun("drill.count")
    worker.drain()
    for at, kept in ((NOW + KEPT, True), (NOW + KEPT + dt.timedelta(seconds=1), False)):
        with own_transaction() as session:
            tidy(session, {}, at)
            assert (progress(session, name) is not None) is kept
