"""Trainers see which questions people miss, in counts that tell of nobody; they see nobody."""

from __future__ import annotations

import datetime as dt
import random
import re
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.kernel.clock import frozen, now
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.checks import tallies
from lms.learning.models import QuestionTally
from lms.learning.queries import grown, tally_of, told_in
from lms.people.rules import Role, ScopeKind
from lms.plugins.manager import unit_kinds
from lms.seminars.models import Enrolment, EnrolmentState
from tests.authoring.crowds import answered, count_answers, crowd, edition, have_answered, mixed, right_and_wrong
from tests.authoring.desks import unit_of, worker
from tests.authoring.test_courses import copy, words
from tests.conftest import NOW, statements
from tests.learning.makers import ASKED, make_reader, publish
from tests.learning.test_reading import beyond_session

NUMBERS = re.compile(r"Of (\d+) people, (\d+) answered this rightly on the first try; (\d+) did not\.")


@pytest.fixture
def course(app: Flask, tmp_path: Path) -> Flask:
    publish(tmp_path)
    return app


def said(app: Flask, query: str = "") -> str:
    return words(worker(app, Role.TRAINER, ScopeKind.COURSE, "tiny").page(f"/tiny/questions{query}"))


def test_each_question_says_how_many_answered_it_on_the_first_try(course: Flask) -> None:
    have_answered(edition(), 11, 9)
    count_answers()
    page = worker(course, Role.TRAINER).page("/tiny/questions")
    assert len(NUMBERS.findall(words(page))) == 1 + 5, "the finding, and each question"
    assert set(NUMBERS.findall(words(page))) == {("20", "11", "9")}
    assert "“ Which one? ” is missed by the greatest share. Of 20 people, 11 answered this" in words(page)
    assert 'href="/courses/tiny/units/asked#q-which"' in page
    assert 'id="q-which"' in worker(course).page("/tiny/units/asked")


def test_the_wrong_answer_given_most_often_is_named_in_the_words_of_the_question(course: Flask) -> None:
    have_answered(edition(), 11, 9)
    count_answers()
    page = said(course)
    assert "“ That one ”, by at least 9 of 9 people who missed it." in page
    assert "“ 1. Late; 2. Middle; 3. Early ”, by at least 9 of 9" in page
    assert "Left one: Right two" in page
    assert page.count("Given more often") == 4, "of true and false there is only one other answer"


def test_a_reflection_is_not_counted_and_nothing_of_it_stands_there(course: Flask) -> None:
    have_answered(edition(), 11, 9)
    count_answers()
    assert "What do you think?" not in said(course)
    with unit_of_work() as session:
        assert {question for _unit, question, _substance in told_in(session, _course_id(session))} == {
            "which", "several", "truth", "match", "order",
        }  # fmt: skip


def _course_id(session) -> int:
    return session.scalars(select(QuestionTally.course_id)).first() or 0


@pytest.mark.parametrize(("right", "wrong"), [(16, 4), (4, 16), (2, 2), (30, 0), (0, 0)])
def test_fewer_than_five_are_told_of_nowhere(course: Flask, right: int, wrong: int) -> None:
    have_answered(edition(), right, wrong)
    count_answers()
    page = said(course)
    assert not NUMBERS.search(page)
    assert "Of no question can a number be told yet." in page
    assert page.count("No number can be told.") == 5


def test_later_tries_and_tries_set_aside_do_not_count(course: Flask) -> None:
    unit, held = unit_of("asked"), edition()
    people = have_answered(held, 10, 10)
    right, wrong = right_and_wrong(unit)
    answered(people, [right] * 20, unit, number=2, minutes=30)
    answered(crowd(held, 15), [wrong] * 15, unit, set_aside=True)
    count_answers()
    assert set(NUMBERS.findall(said(course))) == {("20", "10", "10")}


def test_whoever_is_asked_the_same_in_two_editions_is_counted_where_they_were_first(course: Flask) -> None:
    unit, first, second = unit_of("asked"), edition(), edition()
    people, others = have_answered(first, 10, 10), crowd(second, 20)
    with unit_of_work() as session:
        mine = {row.id: row.person_id for row in session.execute(select(Enrolment.id, Enrolment.person_id))}
        for one, other in zip(people, others, strict=True):
            session.execute(update(Enrolment).where(Enrolment.id == other).values(person_id=mine[one]))
    answered(others, mixed(unit, 20, 0), unit, minutes=30)
    count_answers()
    assert set(NUMBERS.findall(said(course))) == {("20", "10", "10")}
    assert not NUMBERS.search(said(course, f"?edition={second.public_id}"))


def test_people_who_left_stay_counted_so_that_no_number_falls(course: Flask) -> None:
    people = have_answered(edition(), 10, 10)
    count_answers()
    before = said(course)
    with unit_of_work() as session:
        session.execute(update(Enrolment).where(Enrolment.id.in_(people[:3])).values(state=EnrolmentState.WITHDRAWN))
    answered(crowd(edition(), 1), mixed(unit_of("asked"), 1, 0), unit_of("asked"), minutes=30)
    count_answers()
    assert NUMBERS.findall(said(course)) == NUMBERS.findall(before)


def test_an_edition_of_the_course_can_be_looked_at_by_itself(course: Flask) -> None:
    first, second = edition(title="First edition"), edition(title="Second edition")
    have_answered(first, 12, 8)
    count_answers()
    with frozen(now() + dt.timedelta(hours=2)):
        have_answered(second, 6, 4)
        count_answers()
    assert set(NUMBERS.findall(said(course, f"?edition={first.public_id}"))) == {("20", "12", "8")}
    few = said(course, f"?edition={second.public_id}")
    assert not NUMBERS.search(few)
    assert "Of no question can a number be told for this edition by itself" in few
    assert "Given more often" not in said(course, f"?edition={first.public_id}")


def test_an_edition_of_another_course_is_not_there(course: Flask, tmp_path: Path) -> None:
    copy(tmp_path, "other")
    foreign = edition("other")
    trainer = worker(course, Role.TRAINER)
    for key in (foreign.public_id, "A" * 22, "%00"):
        trainer.page(f"/tiny/questions?edition={key}", 404)
    assert foreign.public_id not in trainer.page("/tiny/questions")
    have_answered(foreign, 20, 20, slug="other")
    count_answers()
    assert not NUMBERS.search(said(course)), "answers to the other course are not this one's"


def test_a_question_with_a_new_substance_is_counted_anew_and_the_others_go_on(course: Flask, tmp_path: Path) -> None:
    have_answered(edition(), 11, 9)
    count_answers()
    again = ASKED.replace("substance: s1\n", "substance: s2\n", 1)
    again = again.replace("- id: which\n  kind: one-of-many\n", "- id: which\n  kind: one-of-many\n  substance: s2\n")
    again = again.replace("text: This one\n    correct: true\n", "text: This one\n")
    again = again.replace("text: That one\n", "text: That one\n    correct: true\n")
    publish(tmp_path, asked=again)
    page = said(course)
    assert "Which one? No number can be told." in page
    assert page.count("No number can be told.") == 1
    unit, held = unit_of("asked"), edition()
    assert unit.substance == "s2"
    answered(crowd(held, 10), mixed(unit, 5, 5), unit, minutes=30)
    count_answers()
    page = said(course)
    assert "Which one? Of 10 people, 5 answered" in page
    assert "Which ones? Of 30 people, 16 answered" in page


def test_what_was_closed_within_the_last_minute_waits(course: Flask) -> None:
    unit = unit_of("asked")
    answered(crowd(edition(), 20), mixed(unit, 10, 10), unit, minutes=0)
    with frozen(NOW + dt.timedelta(seconds=50)):
        count_answers()
    assert not NUMBERS.search(said(course))
    with frozen(NOW + dt.timedelta(minutes=2)):
        count_answers()
    assert NUMBERS.search(said(course))


def test_answers_given_in_a_browser_are_counted(course: Flask) -> None:
    held = edition()
    have_answered(held, 9, 10)
    reader = make_reader(course, edition=held)
    reader.check(reader.begin(), **reader.right() | {"which": right_and_wrong(unit_of("asked"))[1]["which"][0]})
    with frozen(NOW + dt.timedelta(minutes=5)):
        count_answers()
    page = said(course)
    assert "Which one? Of 10 people, 5 answered" in page, "the others wait until five more have it right"
    assert "Which ones? Of 20 people, 10 answered" in page


def test_whoever_has_no_mandate_over_the_course_finds_no_page(course: Flask) -> None:
    reader = make_reader(course)
    assert reader.client.get("/courses/tiny/questions").status_code == 404
    for role in (Role.COORDINATOR, Role.EVALUATOR, Role.ADMINISTRATOR):
        worker(course, role).page("/tiny/questions", 404)
    worker(course, Role.TRAINER, ScopeKind.COURSE, "other").page("/tiny/questions", 404)
    assert course.test_client().get("/courses/tiny/questions").status_code == 303


def test_the_page_asks_as_much_for_many_people_as_for_few(course: Flask) -> None:
    trainer = worker(course, Role.TRAINER)

    def asked() -> int:
        count_answers()
        trainer.page("/tiny/questions")
        with statements(course) as sent:
            trainer.page("/tiny/questions")
        return len(beyond_session(sent))

    few = asked()
    for _number in range(3):
        have_answered(edition(), 20, 20)
    assert asked() == few <= 5


def test_three_thousand_people_of_one_edition_are_shown_and_counted_quickly(sqlite_app: Flask, tmp_path: Path) -> None:
    publish(tmp_path)
    unit = unit_of("asked")
    given = mixed(unit, 2000, 1000)
    random.Random(3).shuffle(given)
    answered(crowd(edition(), 3000), given, unit)
    with unit_of_work() as session:
        ((course_id, unit_id),) = grown(session, now())
        begun = time.process_time()
        tally_of(session, unit_kinds(), course_id, unit_id, now())
        assert time.process_time() - begun < 4
    count_answers()
    trainer = worker(sqlite_app, Role.TRAINER)
    trainer.page("/tiny/questions")
    begun = time.process_time()
    page = trainer.page("/tiny/questions")
    assert time.process_time() - begun < 0.5
    assert int(NUMBERS.findall(words(page))[0][0]) > 2950


def test_nobody_can_work_out_a_small_group_by_looking_after_every_answer(sqlite_app: Flask, tmp_path: Path) -> None:
    """Everything the page shows, for all editions and for each, after each person's try; then every difference."""
    publish(tmp_path)
    unit, draw = unit_of("asked"), random.Random(7)
    held = [edition(title=f"Edition {number}") for number in range(2)]
    right, wrong = right_and_wrong(unit)
    trainer = worker(sqlite_app, Role.TRAINER)
    seen: dict[str, list[tuple[int, int, int]]] = {}
    for step in range(45):
        of = held[0] if step < 20 else held[step % 2]
        answered(crowd(of, 1), [{name: draw.choice((right, wrong))[name] for name in right}], unit)
        with frozen(NOW + dt.timedelta(minutes=step)):
            count_answers()
        for query in ("", *(f"?edition={one.public_id}" for one in held)):
            page = words(trainer.page(f"/tiny/questions{query}"))
            for prompt in ("Which one?", "Which ones?", "Is it so?", "What belongs together?", "In which order?"):
                shown = NUMBERS.match(page.rsplit(prompt, 1)[-1].strip())
                numbers = tuple(int(one) for one in shown.groups()) if shown else (0, 0, 0)
                seen.setdefault(f"{prompt}{query}", []).append(numbers)
    assert max(people for people, _right, _wrong in seen["Which one?"]) >= 30
    for prompt in ("Which one?", "Which ones?", "Is it so?"):
        every = [
            [(0, 0, 0)] * 45,
            *(seen[f"{prompt}{query}"] for query in ("", *(f"?edition={o.public_id}" for o in held))),
        ]
        whole, first, second = every[1], every[2], every[3]
        for now_ in range(45):
            for then in range(now_ + 1):
                for series in every:
                    assert not _few(a - b for a, b in zip(series[now_], series[then], strict=True))
            assert not _few(a - b for a, b in zip(whole[now_], first[now_], strict=True))
            assert not _few(a - b for a, b in zip(whole[now_], second[now_], strict=True))
            assert not _few(a - b - c for a, b, c in zip(whole[now_], first[now_], second[now_], strict=True))


def _few(numbers) -> list[int]:
    return [number for number in numbers if 0 < number < 5]


def test_a_tally_that_was_tampered_with_is_found(course: Flask) -> None:
    have_answered(edition(), 10, 10)
    count_answers()
    with unit_of_work() as session:
        assert not list(tallies(session))
        kept = session.scalars(select(QuestionTally)).one()
        kept.told = [{**entry, "everyone": [11, 9]} for entry in kept.told]
    with unit_of_work() as session:
        (found,) = tallies(session)
    assert "is not what the first tries come to" in str(found)
