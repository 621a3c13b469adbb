"""Two at once, and the worker beside them."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from lms.catalogue.models import Course
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.worker import drain
from lms.people import services as people_services
from lms.seminars import checks, queries, reactions, services
from lms.seminars.imports.models import Import, ImportRow
from lms.seminars.models import (
    AttendanceClosing,
    AttendanceMark,
    AttendanceResult,
    Edition,
    Enrolment,
    EnrolmentState,
    HalfDay,
    Mark,
    Stage,
    TallyDelta,
)
from tests.conftest import NOW
from tests.seminars.importing import said, taken_in
from tests.seminars.makers import AT, enrol_person, make_course, make_edition, make_institution, make_version
from tests.seminars.submissions import number_of


def at_once(app: Flask, *changes: Callable[[Session], object]) -> list[str]:
    """Run the changes at the same moment, each in a thread of its own; gives the refusals."""
    refused: list[str] = []
    start = threading.Barrier(len(changes))

    def run(change: Callable[[Session], object]) -> None:
        with app.app_context(), frozen(NOW):
            start.wait()
            try:
                with unit_of_work() as session:
                    change(session)
            except (Refused, Conflict) as no:
                refused.append(str(no))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_two_coordinators_close_once(app: Flask) -> None:
    with unit_of_work() as session:
        edition_id = make_edition(session).id

    def close(session: Session) -> None:
        edition = session.get_one(Edition, edition_id)
        services.close_attendance(session, edition=edition, at=AT, by="c")

    refused = at_once(app, close, close, close)
    assert len(refused) == 2
    assert all("closed already" in sentence for sentence in refused)
    assert db.session.scalar(select(func.count()).select_from(AttendanceClosing)) == 1


def test_one_person_enrolled_by_two_at_once_is_enrolled_once(app: Flask) -> None:
    with unit_of_work() as session:
        edition_id = make_edition(session).id
        make_institution(session, "TZ", name="Ministry of Justice")
    nominee = services.Nominee("Neema Mfano", "neema@example.org", "TZ", "Ministry of Justice")

    def nominate(session: Session) -> None:
        edition = session.get_one(Edition, edition_id)
        services.nominate(session, edition=edition, nominee=nominee, at=AT, by="c")

    assert len(at_once(app, nominate, nominate)) == 1
    assert db.session.scalar(select(func.count()).select_from(Enrolment)) == 1


def test_one_file_sent_twice_at_once_is_one_import(app: Flask) -> None:
    with unit_of_work() as session:
        edition_id = make_edition(session).id

    def sends(session: Session) -> None:
        taken_in(session, session.get_one(Edition, edition_id), said(1), said(2), client_key="one-click")

    assert at_once(app, sends, sends) == []
    assert db.session.scalar(select(func.count()).select_from(Import)) == 1
    assert db.session.scalar(select(func.count()).select_from(ImportRow)) == 2


def test_numbers_stay_right_when_somebody_leaves_while_a_stage_is_reached(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, enrolment_id = edition.id, enrol_person(session, edition).id

    def reads(session: Session) -> None:
        services.reach(session, enrolment=session.get_one(Enrolment, enrolment_id), stage=Stage.READING, at=AT)

    def leaves(session: Session) -> None:
        services.withdraw(session, enrolment=session.get_one(Enrolment, enrolment_id), at=AT, by="c")

    at_once(app, reads, leaves, reads)
    assert queries.counts(db.session(), edition_id) == {}


def test_nobody_leaves_between_the_sheet_and_its_closing(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, enrolment_id = edition.id, enrol_person(session, edition).id

    def close(session: Session) -> None:
        services.close_attendance(session, edition=session.get_one(Edition, edition_id), at=AT, by="c")

    def leave(session: Session) -> None:
        services.withdraw(session, enrolment=session.get_one(Enrolment, enrolment_id), at=AT, by="c")

    refused = at_once(app, close, leave)
    left = db.session.get_one(Enrolment, enrolment_id).state is EnrolmentState.WITHDRAWN
    results = db.session.scalar(select(func.count()).select_from(AttendanceResult))
    assert (left, results, len(refused)) in {(True, 0, 0), (False, 1, 1)}


def test_two_marks_of_one_cell_at_once_are_written_once(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, enrolment_id = edition.id, enrol_person(session, edition).id
        half = queries.sessions_of(session, edition_id)[0].id

    def mark(session: Session) -> None:
        services.mark_attendance(
            session,
            edition=session.get_one(Edition, edition_id),
            marks={(enrolment_id, half): Mark.PRESENT},
            at=AT,
            by="c",
        )

    assert at_once(app, mark, mark) == []
    assert db.session.scalar(select(func.count()).select_from(AttendanceMark)) == 1


def test_two_coordinators_take_an_edition_to_a_version_once(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, course = edition.id, session.get_one(Course, edition.course_id)
        version_id = make_version(session, course, 2, 0).id

    def take(session: Session) -> None:
        edition = session.get_one(Edition, edition_id)
        services.use_version(session, edition=edition, version_id=version_id, at=AT, by="c")

    assert len(at_once(app, take, take, take)) == 2
    assert list(checks.versions(db.session())) == []


def test_an_editorial_version_does_not_take_an_edition_back(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, course_id = edition.id, edition.course_id
        version_id = make_version(session, session.get_one(Course, course_id), 2, 0).id

    def take(session: Session) -> None:
        edition = session.get_one(Edition, edition_id)
        services.use_version(session, edition=edition, version_id=version_id, at=AT, by="c")

    def publish(session: Session) -> None:
        editorial = make_version(session, session.get_one(Course, course_id), 1, 1)
        services.follow_editorial(session, course_id=course_id, version_id=editorial.id, at=AT)

    assert at_once(app, take, publish) == []
    assert queries.version_in_force(db.session(), edition_id) == version_id


def test_a_half_day_is_added_before_the_closing_or_not_at_all(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, day = edition.id, edition.starts_on
        enrol_person(session, edition)
        services.remove_session(session, edition=edition, day=day, half=HalfDay.MORNING, at=AT, by="c")

    def add(session: Session) -> None:
        edition = session.get_one(Edition, edition_id)
        services.set_session(session, edition=edition, day=day, half=HalfDay.MORNING, title="", at=AT, by="c")

    def close(session: Session) -> None:
        services.close_attendance(session, edition=session.get_one(Edition, edition_id), at=AT, by="c")

    at_once(app, add, close)
    assert list(checks.attendance(db.session())) == []


def test_the_worker_folds_the_numbers(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        enrol_person(session, edition)
        before = queries.counts(session, edition.id)
        reactions.outbox.enqueue(session, "seminars.fold_tallies", key="seminars.fold_tallies")
    assert drain() == 1
    assert db.session.scalars(select(TallyDelta)).all() == []
    assert queries.counts(db.session(), edition.id) == before


def test_somebody_reads_on_while_the_sheet_is_held(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id, enrolment_id = edition.id, enrol_person(session, edition).id
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return  # there is one writer at a time
    held, read = threading.Event(), threading.Event()

    def hold_the_sheet() -> None:
        with app.app_context(), frozen(NOW), unit_of_work() as session:
            services.attendance.hold(session, session.get_one(Edition, edition_id))
            held.set()
            read.wait(5)

    holder = threading.Thread(target=hold_the_sheet)
    holder.start()
    assert held.wait(5)
    with unit_of_work() as session:
        session.execute(text("SET LOCAL lock_timeout = '2s'"))
        services.reach(session, enrolment=session.get_one(Enrolment, enrolment_id), stage=Stage.READING, at=AT)
        session.flush()
    read.set()
    holder.join()
    assert db.session.scalar(select(func.count()).select_from(TallyDelta).where(TallyDelta.stage == Stage.READING)) == 1


@pytest.mark.parametrize("by_signing_in", [True, False], ids=["by signing in", "by a coordinator"])
def test_a_place_taken_while_the_sheet_is_being_closed_counts_as_taken_after(app: Flask, by_signing_in: bool) -> None:
    with unit_of_work() as session:
        make_course(session, rule={"modules": "all"})  # which asks for no half-days
        edition = make_edition(session)
        place = enrol_person(session, edition, becomes=EnrolmentState.INVITED)
        edition_id, enrolment_id, person_id = edition.id, place.id, place.person_id
    closing = threading.Event()

    def close() -> None:
        with app.app_context(), frozen(NOW), unit_of_work() as session:
            edition = session.get_one(Edition, edition_id)
            services.close_attendance(session, edition=edition, at=AT + dt.timedelta(seconds=1), by="c")
            session.flush()
            closing.set()
            time.sleep(0.5)  # the other one comes meanwhile

    closer = threading.Thread(target=close)
    closer.start()
    assert closing.wait(5)
    with unit_of_work() as session:
        if by_signing_in:
            people_services.start_session(session, person_id=person_id, at=AT)
        else:
            services.accept(session, enrolment=session.get_one(Enrolment, enrolment_id), at=AT, by="c")
    closer.join()
    db.session.rollback()
    assert db.session.get_one(Enrolment, enrolment_id).state is EnrolmentState.ACCEPTED
    assert [*checks.attendance(db.session()), *checks.enrolments(db.session())] == []


def test_places_taken_and_a_sheet_closed_at_once_never_disagree(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        edition_id = edition.id
        people = [
            enrol_person(
                session, edition, becomes=EnrolmentState.INVITED, institution=make_institution(session)
            ).person_id
            for _ in range(4)
        ]

    def enter(person_id: int) -> Callable[[Session], object]:
        return lambda session: people_services.start_session(session, person_id=person_id, at=AT)

    def close(session: Session) -> None:
        edition, at = session.get_one(Edition, edition_id), AT + dt.timedelta(seconds=1)
        services.close_attendance(session, edition=edition, at=at, by="c")

    assert at_once(app, *map(enter, people), close) == []
    assert list(checks.attendance(db.session())) == []
    accepted = select(func.count()).select_from(Enrolment).where(Enrolment.state == EnrolmentState.ACCEPTED)
    # Whoever came after the closing stays invited: no half-day of theirs could be counted any more.
    assert db.session.scalar(accepted) == number_of(AttendanceResult)
