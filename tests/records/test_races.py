"""Two last conditions at the same moment: one record, and never none."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni import queries as alumni
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.records.checks import issuing
from lms.records.models import LedgerEntry, RecordSubject
from lms.seminars.models import Edition, Enrolment
from tests.records.makers import attend, close, complete_reading, confirm_name, make_edition, make_place

ROUNDS = 6


def at_once(app: Flask, *changes: Callable[[Session], None]) -> list[Exception]:
    """Do each change in a transaction of its own, all beginning together; refusals are no errors."""
    start, errors = threading.Barrier(len(changes)), []

    def run(change: Callable[[Session], None]) -> None:
        with app.app_context():
            try:
                start.wait()
                with unit_of_work() as session:
                    change(session)
            except Refused:
                return
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def issued(place: int) -> int:
    with unit_of_work() as session:
        records = select(RecordSubject.record).where(RecordSubject.enrolment_id == place)
        return session.scalar(select(func.count()).where(LedgerEntry.record.in_(records))) or 0


def place_with(*done: str) -> tuple[int, int]:
    """An edition and a place in it, by number: no thread may look into an object of another one's session."""
    with unit_of_work() as session:
        edition = make_edition(session, title="Race")
        place = make_place(session, edition)
        attend(session, edition, place)
        if "reading" in done:
            complete_reading(session, place)
        if "name" in done:
            confirm_name(session, place)
        return edition.id, place.id


def closing(edition: int) -> Callable[[Session], None]:
    return lambda session: close(session, session.get_one(Edition, edition))


@pytest.mark.parametrize(
    ("done", "last"),
    [
        (("reading",), ("name", "closing")),
        (("name",), ("reading", "closing")),
        ((), ("name", "reading", "closing")),
    ],
)
def test_whoever_meets_the_last_condition_issues_once(app: Flask, done: tuple[str, ...], last: tuple[str, ...]) -> None:
    for _ in range(ROUNDS):
        edition, place = place_with(*done)
        steps: dict[str, Callable[[Session], None]] = {
            "name": lambda session, place=place: confirm_name(session, session.get_one(Enrolment, place)),
            "reading": lambda session, place=place: complete_reading(session, session.get_one(Enrolment, place)),
            "closing": closing(edition),
        }
        assert at_once(app, *(steps[step] for step in last)) == []
        assert issued(place) == 1
    with unit_of_work() as session:
        assert list(issuing(session)) == []


def test_two_coordinators_who_close_at_once_issue_once(app: Flask) -> None:
    for _ in range(ROUNDS):
        edition, place = place_with("reading", "name")
        assert at_once(app, *[closing(edition)] * 3) == []
        assert issued(place) == 1


def test_two_editions_that_close_at_once_count_both_records_of_one_person(app: Flask) -> None:
    for _ in range(ROUNDS):
        first, place = place_with("reading", "name")
        second, again = place_with("reading")
        with unit_of_work() as session:
            person = session.get_one(Enrolment, place).person_id
            session.get_one(Enrolment, again).person_id = person
        assert at_once(app, closing(first), closing(second)) == []
        with unit_of_work() as session:
            status = alumni.status_of(session, person)
            assert status is not None
            assert status.records == 2
            assert alumni.stored(session) == alumni.recomputed(session)
