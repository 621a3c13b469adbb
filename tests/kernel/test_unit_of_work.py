"""What is committed stays, what fails leaves nothing, and a page that only looks cannot write."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from lms.kernel import audit, outbox
from lms.kernel.clock import now
from lms.kernel.db import Intent, db, intending
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import own_transaction, unit_of_work


def _note(act: str) -> None:
    with unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act=act)


def _acts() -> list[str]:
    with own_transaction() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_what_a_unit_of_work_did_is_there_afterwards(app: Flask) -> None:
    _note("one")
    assert _acts() == ["one"]


def test_a_unit_of_work_that_fails_leaves_nothing(app: Flask) -> None:
    with pytest.raises(ZeroDivisionError), unit_of_work() as session:
        audit.record(session, at=now(), actor=None, act="half")
        outbox.enqueue(session, "mail.send", {"half": True})
        session.flush()  # so that the rows were really sent
        raise ZeroDivisionError
    assert _acts() == []
    with own_transaction() as session:
        assert session.scalars(select(Job)).all() == []


def test_a_transaction_begun_to_read_cannot_write(app: Flask) -> None:
    with intending(Intent.READ):
        db.session.add(AuditEntry(at=now(), act="sneaked in", details={}))
        with pytest.raises(DBAPIError):
            db.session.flush()
        db.session.rollback()
    assert _acts() == []


def test_a_connection_that_was_read_from_can_write_afterwards(app: Flask) -> None:
    with intending(Intent.READ):
        db.session.scalars(select(AuditEntry)).all()
        db.session.rollback()
    _note("after reading")
    assert _acts() == ["after reading"]


def test_a_transaction_of_its_own_is_refused_inside_a_change(app: Flask) -> None:
    with unit_of_work() as session:
        session.scalars(select(AuditEntry)).all()
        with pytest.raises(RuntimeError, match="inside a change"), own_transaction():
            pass
