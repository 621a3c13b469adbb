"""The demonstration: plainly fictitious, at every stage, the same when asked twice, and never in production."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from lms.app import create_app
from lms.demo.cast import DOMAIN, cast
from lms.kernel import checks, migrations
from lms.kernel.db import Base, db
from lms.kernel.migrations import VERSION_TABLE
from lms.kernel.unit_of_work import own_transaction, reading
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


def _our_tables() -> set[str]:
    return {name for name in inspect(db.engine).get_table_names() if name.startswith("lms_")} - {VERSION_TABLE}


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("change", ["UPDATE lms_ledger_entry SET edition = 'x'", "DELETE FROM lms_ledger_seal"])
def test_the_database_itself_refuses_to_change_the_ledger(change: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
        session.execute(text(change))


@pytest.mark.usefixtures("filled")
def test_the_ledger_cannot_be_emptied_at_once() -> None:
    if db.engine.dialect.name == "sqlite":
        emptying = ["DELETE FROM lms_ledger_seal"]  # SQLite knows no TRUNCATE
    else:
        emptying = ["TRUNCATE lms_ledger_entry CASCADE", "TRUNCATE lms_ledger_seal"]
    for statement in emptying:
        with pytest.raises(DBAPIError, match="append-only"), own_transaction() as session:
            session.execute(text(statement))
    with own_transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM lms_ledger_seal"))


def test_a_filled_database_goes_down_to_nothing_and_up_again(filled: tuple[Flask, dict[str, object]]) -> None:
    """The last of those that look at the demonstration: it takes it away."""
    app, _said = filled
    db.session.remove()
    flask_migrate.Migrate().init_app(app, db, directory=str(migrations.folder()))
    flask_migrate.downgrade(directory=str(migrations.folder()), revision="base")
    assert _our_tables() == set()
    for words in (("upgrade",), ("courses", "load"), DEMO):
        result = app.test_cli_runner().invoke(args=["lms", *words])
        assert result.exit_code == 0, result.output
    assert len(_our_tables()) == len(Base.metadata.tables)
