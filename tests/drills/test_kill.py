"""kill -9 in the middle of saving answers and of sealing records: nothing lost, nothing doubled, the chain whole."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks import drill
from benchmarks.patience import Manner
from tests.conftest import DATABASES
from tests.first_run import FirstRun

ANSWERS, KILLS = 600, 4
pytestmark = pytest.mark.usefixtures("real_time")


@pytest.fixture(params=DATABASES)
def env(request: pytest.FixtureRequest, first_run: FirstRun) -> Iterator[dict[str, str]]:
    """The environment of a system with its demonstration, on a database that waits for the disk."""
    with drill.system(request.param, first_run.home) as made:
        yield made


@pytest.fixture
def sqlite_env(first_run: FirstRun) -> Iterator[dict[str, str]]:
    """The same on SQLite alone, for the controls."""
    with drill.system("sqlite", first_run.home) as made:
        yield made


def test_of_the_answers_that_were_acknowledged_none_is_lost_and_none_doubled(env: dict[str, str]) -> None:
    outcome = drill.run(env, answers=ANSWERS, kills=KILLS, seconds=120)
    assert len(outcome.journal.acknowledged) == ANSWERS
    assert outcome.deaths.kills == KILLS
    assert outcome.deaths.trees
    assert outcome.passed, outcome.figures()


def test_the_drill_catches_a_client_that_makes_a_new_key_for_each_try(sqlite_env: dict[str, str]) -> None:
    outcome = drill.run(sqlite_env, answers=160, kills=1, clients=4, manner=Manner.FORGETFUL, seconds=120)
    assert outcome.verdict.doubled
    assert not outcome.passed


def test_the_drill_catches_a_client_that_takes_an_answer_for_saved_once_it_is_sent(sqlite_env: dict[str, str]) -> None:
    outcome = drill.run(sqlite_env, answers=160, kills=2, clients=4, manner=Manner.HASTY, seconds=120)
    assert outcome.verdict.lost
    assert not outcome.passed
