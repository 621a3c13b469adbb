"""A large edition is closed in one act and its records follow in portions: none lost, none doubled, however often the
worker dies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from benchmarks.closing import drill
from lms.kernel.outbox import run_one
from lms.kernel.undertakings import latest
from lms.kernel.unit_of_work import own_transaction, unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.records import queries, services
from lms.records.checks import issuing
from lms.records.models import RecordSubject
from lms.records.services import portions
from lms.seminars.models import Edition, Enrolment
from tests.records.crowds import crowded_edition
from tests.records.makers import AT, close
from tests.records.test_pages import a_coordinator, closes, text_of


def records() -> int:
    with own_transaction() as session:
        return session.scalar(select(func.count()).select_from(RecordSubject)) or 0


def closed(people: int) -> str:
    with unit_of_work() as session:
        edition = crowded_edition(session, people)
        close(session, edition)
        return edition.public_id


def one_portion() -> None:
    """Until the work has gone on by one."""
    with own_transaction() as session:
        before = session.scalar(select(func.count()).select_from(RecordSubject))
    while records() == before:
        assert run_one("a worker")


def test_a_small_edition_gets_its_records_in_the_transaction_that_closes_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "AT_ONCE", 5)
    edition = closed(5)
    assert records() == 5
    with own_transaction() as session:
        assert latest(session, queries.ISSUING, edition) is None


def test_a_large_edition_gets_them_in_portions_and_the_page_says_how_far(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portions, "AT_ONCE", 5)
    monkeypatch.setattr(portions, "PORTION", 4)
    with unit_of_work() as session:
        edition = crowded_edition(session, 10).public_id
    officer, address = a_coordinator(app, edition), f"/editions/{edition}/closing"
    assert closes(officer, edition).status_code == 303
    assert records() == 0
    page = officer.get(address)
    assert "Records are being issued to everyone who meets the rule." in text_of(page)
    assert "0 of 10" in text_of(page)
    assert 'hx-trigger="every 2s"' in page.get_data(as_text=True)
    with own_transaction() as session:
        assert list(issuing(session)) == []
    one_portion()
    part = officer.get(address, headers={"HX-Request": "true"})
    assert "4 of 10" in text_of(part)
    assert "<html" not in part.get_data(as_text=True)
    assert records() == 4
    drain()
    assert records() == 10
    done = officer.get(address)
    assert "10 records were issued." in text_of(done)
    assert "every 2s" not in done.get_data(as_text=True)


def test_who_gets_the_record_meanwhile_gets_it_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "AT_ONCE", 5)
    monkeypatch.setattr(portions, "PORTION", 4)
    edition = closed(10)
    with own_transaction() as session:
        last = session.scalar(select(func.max(Enrolment.id)))
        assert len(services.consider(session, enrolment_id=last or 0, at=AT)) == 1
    drain()
    assert records() == 10
    with own_transaction() as session:
        work = latest(session, queries.ISSUING, edition)
        assert work is not None
        assert work.outcome["issued"] == 9
        assert services.consider_edition(session, edition_id=session.scalars(select(Edition.id)).one(), at=AT) == []


def test_who_does_not_meet_the_rule_is_passed_over(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portions, "AT_ONCE", 2)
    monkeypatch.setattr(portions, "PORTION", 2)
    with unit_of_work() as session:
        edition = crowded_edition(session, 7)
        for person in session.scalars(select(Person).order_by(Person.id).limit(3)):
            person.name_confirmed_at = None
        session.flush()
        close(session, edition)
    drain()
    assert records() == 4


@pytest.mark.usefixtures("real_time")
def test_a_worker_killed_again_and_again_loses_no_record_and_doubles_none(app: Flask, tmp_path: Path) -> None:
    outcome: Any = drill(tmp_path, people=350, kills=2)
    assert (outcome.lost, outcome.doubled, outcome.findings) == (0, 0, {})
