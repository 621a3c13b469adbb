"""News travels upwards in the transaction of the change, all or nothing; plugins hear it through the outbox."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import audit, events
from lms.kernel.events import Event, on, publish
from lms.kernel.models import AuditEntry, Job
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from tests.conftest import NOW


@dataclass(frozen=True)
class DoorOpened(Event):
    door: int
    at: dt.datetime


@dataclass(frozen=True)
class DoorClosed(Event):
    door: int
    day: dt.date


@pytest.fixture(autouse=True)
def own_reactions(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test registers is gone after it."""
    monkeypatch.setattr(events, "_reactions", defaultdict(list))


def acts() -> list[str]:
    with own_transaction() as session:
        return list(session.scalars(select(AuditEntry.act).order_by(AuditEntry.id)))


def test_every_reaction_to_an_event_runs_in_the_transaction_of_the_change(app: Flask) -> None:
    @on(DoorOpened)
    def first(session: Session, event: DoorOpened) -> None:
        audit.record(session, at=event.at, actor=None, act=f"first {event.door}")

    @on(DoorOpened)
    def second(session: Session, event: DoorOpened) -> None:
        audit.record(session, at=event.at, actor=None, act=f"second {event.door}")

    @on(DoorClosed)
    def other(session: Session, event: DoorClosed) -> None:
        audit.record(session, at=NOW, actor=None, act="other")

    with unit_of_work() as session:
        publish(session, DoorOpened(7, NOW))
    assert acts() == ["first 7", "second 7"]


def test_a_reaction_that_fails_undoes_the_whole_change(app: Flask) -> None:
    @on(DoorOpened)
    def fails(session: Session, event: DoorOpened) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), unit_of_work() as session:
        audit.record(session, at=NOW, actor=None, act="the change itself")
        session.flush()  # so that the row was really sent
        publish(session, DoorOpened(7, NOW))
    assert acts() == []


def test_an_event_nobody_listens_to_is_no_news(app: Flask) -> None:
    with unit_of_work() as session:
        publish(session, DoorOpened(7, NOW))
    with own_transaction() as session:
        assert session.scalars(select(Job)).all() == []


def test_an_event_a_plugin_asked_for_is_written_down_as_plain_values(app: Flask) -> None:
    app.extensions["lms.forwarded_events"] = {"DoorOpened", "DoorClosed"}
    with unit_of_work() as session:
        publish(session, DoorOpened(7, NOW))
        publish(session, DoorClosed(7, NOW.date()))
    with own_transaction() as session:
        payloads = list(session.scalars(select(Job.payload).order_by(Job.id)))
    assert payloads == [
        {"event": "DoorOpened", "facts": {"door": 7, "at": "2027-04-12T09:00:00+00:00"}},
        {"event": "DoorClosed", "facts": {"door": 7, "day": "2027-04-12"}},
    ]
