"""Trainers see where an edition stands, in numbers that tell of no small group, and nothing about time."""

from __future__ import annotations

import datetime as dt
import re
import time
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from lms.authoring.rules.progress import come_to, half_of
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules import Role, ScopeKind
from lms.people.rules.groups import SMALLEST, in_fives
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from tests.authoring.crowds import crowd, edition, have_finished
from tests.authoring.desks import unit_of, worker
from tests.authoring.test_courses import words
from tests.conftest import statements
from tests.learning.makers import ASKED, FIRST, Reader, adopt, make_reader, publish
from tests.learning.test_reading import beyond_session


@pytest.fixture
def course(app: Flask, tmp_path: Path) -> Flask:
    publish(tmp_path)
    return app


def said(app: Flask) -> str:
    return words(worker(app, Role.TRAINER, ScopeKind.COURSE, "tiny").page("/tiny/editions"))


def test_an_edition_says_where_it_stands_what_it_reads_and_when_it_is_due(course: Flask) -> None:
    people = crowd(edition(title="Seminar of May"), 23)
    have_finished(people[:21], unit_of("first"))
    have_finished(people[:13], unit_of("asked"))
    have_finished(people[:4], unit_of("thought"))
    page = said(course)
    assert "1 edition is running" in page
    assert "Seminar of May At least 20 people take part." in page
    assert "Every unit as far as “Asked” has been finished by at least 10 of them." in page
    assert "Version 1.0, the newest Pre-reading is due Friday 23 April 2027, 18:00 (Warsaw, UTC+2)" in page
    assert "Words at least 10 people First at least 20 people Asked at least 10 people" in page
    assert "Cases fewer than five people A thought fewer than five people" in page


def test_every_number_on_the_page_is_one_in_fives(course: Flask) -> None:
    people = crowd(edition(), 24)
    for number, unit in enumerate(("first", "asked", "thought")):
        have_finished(people[: 23 - number], unit_of(unit))
    body = said(course).split("Module by module")[1].split("Reading is not timed")[0]
    assert {int(number) for number in re.findall(r"at least (\d+) people", body)} == {20}


def test_an_edition_of_fewer_than_five_says_so_and_nothing_else(course: Flask) -> None:
    people = crowd(edition(title="Small one"), 4)
    have_finished(people, unit_of("first"))
    page = said(course)
    assert "Small one Fewer than five people take part. Nothing is counted of them." in page
    assert "Module by module" not in page


def test_whoever_completed_the_pre_reading_has_finished_everything(course: Flask, tmp_path: Path) -> None:
    held = edition()
    have_finished(crowd(held, 10), *(unit_of(key) for key in ("first", "asked", "thought")), complete=True)
    version = publish(tmp_path, first=FIRST.replace("substance: s1", "substance: s2"))
    adopt(Reader(course, 0, 0, held.public_id, held.id, course.test_client()), version)
    page = said(course)
    assert "Every unit has been finished by at least 5 of them." in page
    assert "First at least 10 people" in page


def test_a_unit_with_a_new_substance_counts_anew_once_the_edition_reads_it(course: Flask, tmp_path: Path) -> None:
    held = edition()
    have_finished(crowd(held, 10), unit_of("first"))
    version = publish(tmp_path, first=FIRST.replace("substance: s1", "substance: s2"))
    assert "First at least 10 people" in said(course)
    assert "1.0; the newest is 2.0" in said(course)
    adopt(Reader(course, 0, 0, held.public_id, held.id, course.test_client()), version)
    assert "First fewer than five people" in said(course)
    assert "Fewer than 5 of them have finished the first unit." in said(course)


def test_people_who_left_and_editions_that_are_over_are_not_counted(course: Flask) -> None:
    people = crowd(edition(title="Running"), 9)
    have_finished(people, unit_of("first"))
    past = dt.date(2027, 4, 9)
    due = dt.datetime(2027, 4, 1, 16, 0, tzinfo=dt.UTC)
    edition(title="Over", starts_on=past, ends_on=past, deadline_at=due)
    with unit_of_work() as session:
        session.execute(update(Enrolment).where(Enrolment.id.in_(people[:5])).values(state=EnrolmentState.WITHDRAWN))
    page = said(course)
    assert "Fewer than five people take part." in page
    assert "Over" not in page
    with unit_of_work() as session:
        session.execute(update(Edition).values(ends_on=dt.date(2027, 4, 12), starts_on=dt.date(2027, 4, 11)))
    assert "2 editions are running" in said(course)


def test_no_name_and_no_time_of_reading_stands_there(course: Flask) -> None:
    reader = make_reader(course, edition=edition(), name="Ana María Ejemplo")
    reader.finish()
    page = worker(course, Role.TRAINER).page("/tiny/editions")
    assert "Ana María" not in page
    main = page[page.index("<main") : page.index("</main")]
    times = re.findall(r'<time datetime="([^"]+)"', main)
    assert times == ["2027-04-23T16:00:00+00:00"], "the deadline alone"
    assert "Ministry" not in main


def test_whoever_has_no_mandate_over_the_course_finds_no_page(course: Flask) -> None:
    assert make_reader(course).client.get("/courses/tiny/editions").status_code == 404
    for role in (Role.COORDINATOR, Role.EVALUATOR, Role.ADMINISTRATOR):
        worker(course, role).page("/tiny/editions", 404)
    assert "No edition is running" not in said(course)


def test_the_page_asks_as_much_for_many_editions_as_for_one(course: Flask) -> None:
    trainer = worker(course, Role.TRAINER)

    def asked() -> int:
        trainer.page("/tiny/editions")
        with statements(course) as sent:
            trainer.page("/tiny/editions")
        return len(beyond_session(sent))

    have_finished(crowd(edition(), 6), unit_of("first"))
    few = asked()
    for _number in range(3):
        have_finished(crowd(edition(), 6), unit_of("first"))
    assert asked() == few <= 6


def test_three_thousand_people_of_one_edition_are_counted_quickly(sqlite_app: Flask, tmp_path: Path) -> None:
    publish(tmp_path, asked=ASKED)
    people = crowd(edition(), 3000)
    have_finished(people, unit_of("first"), unit_of("asked"), unit_of("thought"))
    trainer = worker(sqlite_app, Role.TRAINER)
    trainer.page("/tiny/editions")
    begun = time.process_time()
    page = words(trainer.page("/tiny/editions"))
    assert time.process_time() - begun < 0.5
    assert "At least 3000 people take part." in page


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(5, 40))
def test_where_it_stands_follows_from_the_numbers_shown_alone(done: list[int], people: int) -> None:
    shown = [(str(number), in_fives(min(one, people))) for number, one in enumerate(done)]
    reached, half = come_to(shown, in_fives(people)), half_of(in_fives(people))
    assert half % SMALLEST == 0
    assert half >= SMALLEST
    assert abs(2 * half - in_fives(people)) <= 5
    far = 0 if reached is None else int(reached) + 1
    assert all(number >= half for _key, number in shown[:far])
    assert far == len(shown) or shown[far][1] < half
