"""What is brought in line for a change is done once, after everything else in it, and not at all when it fails."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.models import AuditEntry
from lms.kernel.once import at_once, once
from lms.kernel.unit_of_work import own_transaction, unit_of_work


def _note(session: Session, ids: set[int]) -> None:
    audit.record(session, at=now(), actor=None, act=f"kept {sorted(ids)}")


def _act(session: Session, act: str) -> None:
    audit.record(session, at=now(), actor=None, act=act)


def _acts() -> list[str]:
    with own_transaction() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_it_is_done_once_for_all_that_was_named_and_last(app: Flask) -> None:
    with unit_of_work() as session:
        for number in (3, 1, 3):
            once(session, _note, [number])
        _act(session, "the change")
    assert _acts() == ["the change", "kept [1, 3]"]
    with unit_of_work() as session:
        _act(session, "another")
    assert _acts()[2:] == ["another"]


def test_a_change_that_fails_does_nothing_and_leaves_nothing_to_the_next(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        once(session, _note, [1])
        _act(session, "half")
        session.flush()
        raise ZeroDivisionError
    with unit_of_work() as session:
        _act(session, "the next")
    assert _acts() == ["the next"]


def test_when_it_fails_nothing_of_the_change_is_kept(app: Flask) -> None:
    def fail(session: Session, ids: set[int]) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        _act(session, "the change")
        once(session, fail, [1])
    assert _acts() == []
    assert not db.session().in_transaction()


def test_whoever_reads_within_the_change_has_it_done_at_once(app: Flask) -> None:
    with unit_of_work() as session:
        once(session, _note, [1])
        at_once(session)
        assert len(session.scalars(select(AuditEntry)).all()) == 1
        once(session, _note, [2])
    assert _acts() == ["kept [1]", "kept [2]"]


def test_a_savepoint_does_what_was_named_in_it(app: Flask) -> None:
    with unit_of_work() as session:
        with session.begin_nested():
            once(session, _note, [1])
        _act(session, "after it")
    assert _acts() == ["kept [1]", "after it"]


def test_a_savepoint_that_fails_takes_nothing_from_what_was_named_before_it(app: Flask) -> None:
    with unit_of_work() as session:
        once(session, _note, [1])
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            _act(session, "half")
            raise ZeroDivisionError
    assert _acts() == ["kept [1]"]


def test_what_it_asks_for_is_done_too(app: Flask) -> None:
    def first(session: Session, ids: set[int]) -> None:
        once(session, _note, ids)

    with unit_of_work() as session:
        once(session, first, [7])
    assert _acts() == ["kept [7]"]
