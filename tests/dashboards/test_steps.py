"""The numbers of stages tell no more of small groups than the table does."""

from __future__ import annotations

from itertools import combinations

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from lms.dashboards.rules.steps import told
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector
from lms.people.rules import Role
from lms.people.rules.groups import SMALLEST
from lms.seminars.rules import Stage
from tests.dashboards.makers import crowd
from tests.people.makers import give_mandate, make_person, signed_in_client
from tests.records.makers import make_edition

counts = st.fixed_dictionaries({stage: st.integers(0, 30) for stage in Stage})


@given(counts)
def test_no_number_told_and_no_difference_of_two_is_one_to_four(reached: dict[Stage, int]) -> None:
    shown = [reached[stage] for stage in told(reached)]
    assert not [number for number in shown if 0 < number < SMALLEST]
    assert not [pair for pair in combinations(shown, 2) if 0 < abs(pair[0] - pair[1]) < SMALLEST]


@given(counts)
def test_the_largest_number_is_told_unless_it_is_small_itself(reached: dict[Stage, int]) -> None:
    most = max(reached.values())
    assert 0 < most < SMALLEST or any(reached[stage] == most for stage in told(reached))


@given(counts)
def test_what_is_not_told_stands_close_to_something_that_is(reached: dict[Stage, int]) -> None:
    shown = {0, *(reached[stage] for stage in told(reached))}
    for stage in set(Stage) - told(reached):
        assert any(0 < abs(reached[stage] - number) < SMALLEST for number in shown)


def page_for(app: Flask, role: Role, *people: Stage) -> str:
    with unit_of_work() as session:
        edition = make_edition(session)
        crowd(session, edition, [("TZ", Sector.JUSTICE, stage) for stage in people])
    person = make_person()
    give_mandate(person, role)
    return signed_in_client(app, person).get(f"/editions/{edition.public_id}").text


def test_an_evaluator_is_not_told_of_the_two_who_have_not_signed_in(app: Flask) -> None:
    people = [Stage.INVITED] * 2 + [Stage.SIGNED_IN] * 10 + [Stage.PRE_READING] * 10
    page = page_for(app, Role.EVALUATOR, *people)
    assert "10 of 22 officials have finished their pre-reading." in page
    assert "signed in yet" not in page
    assert "<span>20</span>" not in page
    assert page.count('<td class="hush">') == 1
    assert "2 have not signed in yet." in page_for(app, Role.COORDINATOR, *people)


def test_an_evaluator_is_not_told_of_the_three_who_have_finished(app: Flask) -> None:
    people = [Stage.SIGNED_IN] * 10 + [Stage.PRE_READING] * 3
    page = page_for(app, Role.EVALUATOR, *people)
    assert "13 officials are invited." in page
    assert "3 <span" not in page
    assert "have finished" not in page
    assert page.count('<td class="hush">') == 2
