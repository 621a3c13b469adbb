"""All tables of a term together, solved by integer programming, give nobody away; tables made the usual way do."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import pytest

from lms.dashboards.rules import frozen
from lms.dashboards.rules.frozen import Stratum
from lms.seminars.rules import Stage

from .attack import FOR_EVER, UNKNOWN, Attack, Person, Told
from .terms import SECTORS, frozen_tables, make_edition, rounded_tables, suppressed_tables

STATES = tuple(f"{first}{second}" for first in "ABC" for second in "ABCDE")
WEEKS = 6
SIZES: dict[str, tuple[int, int, int]] = {"seminar": (20, 25, 15), "regional": (60, 120, 4), "large": (150, 300, 15)}
"""How many people at the least and at the most, of how many states."""


def a_term(seed: int, kinds: Sequence[str]) -> tuple[list[Person], list[Told]]:
    """Editions of a term and all that was published of them."""
    chance = random.Random(seed)
    people: list[Person] = []
    told: list[Told] = []
    for number, kind in enumerate(kinds):
        least, most, states = SIZES[kind]
        here = make_edition(chance, number, size=chance.randint(least, most), states=STATES[:states], weeks=WEEKS)
        people += here
        told += frozen_tables(here, WEEKS)[0]
    return people, told


def of_state(people: Sequence[Person], state: str) -> list[Person]:
    return [person for person in people if person.state == state]


@pytest.mark.parametrize("seed", range(4))
def test_no_small_group_of_a_term_is_given_away(seed: int) -> None:
    people, told = a_term(seed, ("seminar", "seminar", "seminar"))
    assert any(one.low for one in told), "something is published at all"
    chance = random.Random(seed)
    for known in ([], of_state(people, chance.choice(STATES)), of_state(people, chance.choice(STATES))):
        attack = Attack(people, told, WEEKS, known)
        assert len(attack.questions()) > 500
        assert not attack.given_away()


@pytest.mark.parametrize("seed", range(10, 12))
def test_no_small_group_of_large_editions_is_given_away(seed: int) -> None:
    people, told = a_term(seed, ("regional", "large"))
    chance = random.Random(seed)
    colleagues = chance.sample(of_state(people, STATES[0]), frozen.KNOWN)
    for known in (of_state(people, STATES[1]), colleagues):
        assert not Attack(people, told, WEEKS, known).given_away()


@pytest.mark.parametrize("way", [suppressed_tables, rounded_tables])
def test_the_same_attack_solves_tables_that_are_made_week_by_week(
    way: Callable[[Sequence[Person], int], list[Told]],
) -> None:
    """Exact numbers with complementary suppression, and numbers in fives with totals of those who are there now."""
    people = make_edition(random.Random(0), 0, size=22, states=STATES, weeks=WEEKS)
    assert len(Attack(people, way(people, WEEKS), WEEKS, ()).given_away()) == 5


def finishers(edition: int, state: str, number: int, *, came: int = 0, finished: int = FOR_EVER) -> list[Person]:
    """People of one state who have read everything in one week, or nothing ever."""
    reached = {stage: came if stage is Stage.INVITED else finished for stage in (Stage.INVITED, *UNKNOWN[:3])}
    return [Person(edition, state, SECTORS[index % 7], came, FOR_EVER, reached) for index in range(number)]


def test_it_is_never_told_that_everybody_has_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    people = [person for state in STATES[:10] for person in finishers(0, state, 2, finished=2)]
    assert not Attack(people, frozen_tables(people, 4)[0], 4, ()).given_away()
    monkeypatch.setattr(frozen, "ceiling", lambda _group, present, _known: present)
    assert Attack(people, frozen_tables(people, 4)[0], 4, ()).given_away()


def test_a_state_that_sends_too_many_late_does_not_learn_that_nobody_else_has_finished(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = [*finishers(0, "AA", 3, finished=2), *finishers(0, "AA", 1, came=1, finished=2)]
    people = [*own[:3], *(person for state in STATES[1:10] for person in finishers(0, state, 2)), own[3]]
    assert not Attack(people, frozen_tables(people, 4)[0], 4, own).given_away()
    monkeypatch.setattr(frozen, "surplus", lambda _groups, _people: {})
    assert Attack(people, frozen_tables(people, 4)[0], 4, own).given_away()


def test_a_seminar_of_22_people_is_one_group_and_its_numbers_come_in_fives() -> None:
    people = {(state, SECTORS[number % 7]): 2 if number < 7 else 1 for number, state in enumerate(STATES)}
    assert frozen.parted(people) == (Stratum("*", "*", 5),)
