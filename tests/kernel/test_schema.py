"""The migrations make exactly what the models say, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import CheckConstraint, inspect

from lms.kernel import migrations
from lms.kernel.db import Base, db
from lms.kernel.migrations import VERSION_TABLE


def test_the_migrated_database_is_what_the_models_say(app: Flask) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "version_table": VERSION_TABLE,
                "compare_type": True,
                "include_name": lambda name, kind, _parents: kind != "table" or (name or "").startswith("lms_"),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    assert not differences


REFUSING = """
SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE NOT tgisinternal AND (tgtype & 2) > 0 AND (tgtype & 24) > 0
EXCEPT SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE (tgtype & 32) > 0
"""
"""Tables that refuse to change or delete rows (bits 8 and 16 of pg_trigger.tgtype), but not to be emptied (32)."""


@pytest.mark.postgres
@pytest.mark.parametrize("app", ["postgresql"], indirect=True)
def test_what_is_only_added_to_cannot_be_emptied_at_once_either(app: Flask) -> None:
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql(REFUSING).all() == []


def test_the_history_is_one_line_of_dated_files() -> None:
    files = sorted((migrations.folder() / "versions").glob("*.py"))
    assert files
    assert all(path.name[:4].isdigit() and path.name[4] == "-" for path in files)
    assert migrations.newest() in files[-1].read_text(encoding="utf-8")


def test_every_migration_says_what_it_does_and_whether_it_locks() -> None:
    for path in Path(migrations.folder() / "versions").glob("*.py"):
        assert "Locks:" in path.read_text(encoding="utf-8"), path.name


def test_every_check_of_the_database_has_the_name_that_the_models_give_it(app: Flask) -> None:
    found = inspect(db.engine)
    for name, table in Base.metadata.tables.items():
        said = {str(one.name) for one in table.constraints if isinstance(one, CheckConstraint)}
        assert {one["name"] for one in found.get_check_constraints(name)} == said, name
