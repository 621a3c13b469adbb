"""The demonstration: plainly fictitious, at every stage, the same when asked twice, and never in production."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.app import create_app
from lms.demo.cast import DOMAIN, cast
from lms.kernel import checks
from lms.kernel.unit_of_work import reading
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.people.states import find
from lms.records.models import LedgerEntry, LedgerSeal
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage, StageReached
from tests.conftest import DATABASES, DEMO, demonstrated, settings


@pytest.fixture(scope="module", params=DATABASES)
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Flask, dict[str, object]]]:
    """The demonstration, and what was said when it was made."""
    with demonstrated(request.param, request, tmp_path_factory.mktemp("filled")) as made:
        yield made


def _numbers() -> dict[str, int]:
    with reading() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Person, Edition, Enrolment, StageReached, LedgerEntry, LedgerSeal)
        }


def test_the_cast_is_24_officials_of_15_states_in_all_six_sectors() -> None:
    people = cast().participants
    assert len(people) == 24
    assert len({who.state for who in people}) == 15
    assert {who.sector for who in people} == {
        "foreign-affairs", "justice", "defence", "interior", "education", "human-rights",
    }  # fmt: skip
    assert all(find(who.state) for who in people)
    assert all(who.address.endswith(f"@{DOMAIN}") for who in (*people, *cast().staff, *cast().alumni))


def test_the_staff_are_two_of_each_that_need_two_and_one_of_the_others() -> None:
    roles = [who.role for who in cast().staff]
    counted = {role: roles.count(role) for role in roles}
    assert counted == {
        "administrator": 2,
        "coordinator": 2,
        "trainer": 2,
        "reviewer": 1,
        "focal-point": 1,
        "observer": 1,
        "evaluator": 1,
    }


def test_filling_twice_changes_nothing_and_tells_the_same_accounts(filled: tuple[Flask, dict[str, object]]) -> None:
    app, first = filled
    before = _numbers()
    again = app.test_cli_runner().invoke(args=["lms", *DEMO])
    assert again.exit_code == 0, again.output
    assert json.loads(again.output) == first
    assert _numbers() == before
    accounts = first["accounts"]
    assert isinstance(accounts, list)
    assert {account["role"] for account in accounts} >= {
        "participant", "coordinator", "trainer", "focal-point", "observer", "evaluator", "administrator",
        "alumnus",
    }  # fmt: skip
    assert all(set(account) == {"role", "email", "password"} for account in accounts)


@pytest.mark.usefixtures("filled")
def test_somebody_stands_at_every_stage() -> None:
    with reading() as session:
        stages = set(session.scalars(select(StageReached.stage)))
        states = set(session.scalars(select(Enrolment.state)))
    assert stages == set(Stage)
    assert states >= {
        EnrolmentState.NOMINATED, EnrolmentState.INVITED, EnrolmentState.ACCEPTED, EnrolmentState.DECLINED,
        EnrolmentState.DEFERRED,
    }  # fmt: skip


@pytest.mark.usefixtures("filled")
def test_every_check_is_in_order_after_the_worker_has_been_through() -> None:
    drain()
    with reading() as session:
        found = {name: findings for name, findings in checks.run_all(session).items() if findings}
    assert not found


def test_a_production_configuration_refuses_it(tmp_path: Path, sqlite_app: Flask) -> None:
    made = replace(settings(sqlite_app.config["SQLALCHEMY_DATABASE_URI"], tmp_path), env="production")
    app = create_app(made)
    result = app.test_cli_runner().invoke(args=["lms", "demo"])
    assert result.exit_code == 1
    assert "development only" in result.output
