"""The cure of the migration run: what stock batch mode destroyed on SQLite."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.autogenerate import render_python_code
from alembic.operations import ops
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from lms.kernel import migrations
from lms.kernel.db import UtcDateTime, choice
from lms.kernel.models import JobState
from tests import postgres

FIRST = """
revision = "1"
down_revision = None
import sqlalchemy as sa
from alembic import op

def upgrade():
    op.create_table("lms_parent", sa.Column("id", sa.Integer, primary_key=True), sa.Column("word", sa.String(20)))
    op.create_table("lms_child", sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("parent", sa.Integer, sa.ForeignKey("lms_parent.id", ondelete="CASCADE", name="fk_parent")))

def downgrade():
    op.drop_table("lms_child")
    op.drop_table("lms_parent")
"""
CHANGE_OF_THE_PARENT = """
revision = "2"
down_revision = "1"
import sqlalchemy as sa
from alembic import op

def upgrade():
    with op.batch_alter_table("lms_parent") as batch:
        batch.alter_column("word", existing_type=sa.String(20), type_=sa.String(200), nullable=False)

def downgrade():
    with op.batch_alter_table("lms_parent") as batch:
        batch.alter_column("word", existing_type=sa.String(200), type_=sa.String(20), nullable=True)
"""
FAILS_HALF_WAY = """
revision = "3"
down_revision = "2"
import sqlalchemy as sa
from alembic import op

def upgrade():
    op.add_column("lms_parent", sa.Column("half", sa.Integer))
    op.create_table("lms_half", sa.Column("id", sa.Integer, primary_key=True))
    raise RuntimeError("half-way")

def downgrade():
    pass
"""
LEAVES_AN_ORPHAN = """
revision = "3"
down_revision = "2"
from alembic import op

def upgrade():
    op.execute("DELETE FROM lms_parent WHERE id = 1")

def downgrade():
    pass
"""


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'house.db'}"
        return
    with postgres.server() as server:
        yield server.create("migrations")


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The project's own env.py over migrations of the test."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrations.folder(), folder, ignore=shutil.ignore_patterns("versions"))
    (folder / "versions").mkdir()
    (folder / "versions" / "1.py").write_text(FIRST)
    return folder / "versions"


@pytest.fixture
def engine(address: str, versions: Path) -> Iterator[sa.Engine]:
    """A database at the first version with three children, inside an application that can migrate it."""
    app, db = Flask("house"), SQLAlchemy()
    app.config["SQLALCHEMY_DATABASE_URI"] = address
    db.init_app(app)
    flask_migrate.Migrate(app, db, directory=str(versions.parent))
    with app.app_context():
        flask_migrate.upgrade()
        with db.engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE host_table (id INTEGER)")
            connection.exec_driver_sql("INSERT INTO lms_parent VALUES (1, 'a'), (2, 'b')")
            connection.exec_driver_sql("INSERT INTO lms_child VALUES (1, 1), (2, 1), (3, 2)")
        yield db.engine
        db.engine.dispose()


def children(engine: sa.Engine) -> int:
    with engine.connect() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM lms_child").scalar_one())


def version(engine: sa.Engine) -> str:
    with engine.connect() as connection:
        return str(connection.exec_driver_sql("SELECT version_num FROM lms_alembic_version").scalar_one())


def test_changing_a_parent_table_keeps_its_children(engine: sa.Engine, versions: Path) -> None:
    (versions / "2.py").write_text(CHANGE_OF_THE_PARENT)
    flask_migrate.upgrade()
    assert (version(engine), children(engine)) == ("2", 3)
    flask_migrate.downgrade(revision="1")
    assert (version(engine), children(engine)) == ("1", 3)


def test_a_migration_that_fails_half_way_leaves_nothing(engine: sa.Engine, versions: Path) -> None:
    (versions / "2.py").write_text(CHANGE_OF_THE_PARENT)
    (versions / "3.py").write_text(FAILS_HALF_WAY)
    with pytest.raises(SystemExit):
        flask_migrate.upgrade()
    assert version(engine) == "1"
    assert set(sa.inspect(engine).get_table_names()) == {"lms_alembic_version", "lms_parent", "lms_child", "host_table"}
    assert [column["name"] for column in sa.inspect(engine).get_columns("lms_parent")] == ["id", "word"]


def test_rows_that_would_point_nowhere_undo_the_run(engine: sa.Engine, versions: Path) -> None:
    (versions / "2.py").write_text(CHANGE_OF_THE_PARENT)
    (versions / "3.py").write_text(LEAVES_AN_ORPHAN)
    if engine.dialect.name == "sqlite":
        with pytest.raises(SystemExit):
            flask_migrate.upgrade()
        assert (version(engine), children(engine)) == ("1", 3)
    else:  # PostgreSQL never stopped enforcing the references: the children go with their parent
        flask_migrate.upgrade()
        assert (version(engine), children(engine)) == ("3", 1)


def test_writing_a_migration_out_as_sql_is_refused_and_changes_nothing(engine: sa.Engine, versions: Path) -> None:
    (versions / "2.py").write_text(CHANGE_OF_THE_PARENT)
    with pytest.raises(SystemExit):
        flask_migrate.upgrade(sql=True)
    assert version(engine) == "1"


def test_the_folder_of_the_checkout_is_found() -> None:
    assert (migrations.folder() / "env.py").is_file()


def test_our_own_kinds_of_columns_are_written_into_a_migration_as_what_they_are_in_the_database() -> None:
    """So that a migration can still be run when our classes are gone."""
    new = [sa.Column("state", choice(JobState)), sa.Column("at", UtcDateTime()), sa.Column("word", sa.String(20))]
    added = [ops.AddColumnOp("lms_job", column) for column in new]
    written = render_python_code(ops.UpgradeOps(ops=added), render_item=migrations.plain_type)
    made: list[sa.Column[Any]] = []
    here = {"sa": sa, "op": SimpleNamespace(add_column=lambda _table, column: made.append(column))}
    exec("\n".join(line.strip() for line in written.splitlines()), here)  # noqa: S102  it was written a moment ago
    assert [type(column.type) for column in made] == [sa.Enum, sa.DateTime, sa.String]
    assert cast(sa.Enum, made[0].type).enums == [state.value for state in JobState]
    assert (cast(sa.Enum, made[0].type).native_enum, cast(sa.DateTime, made[1].type).timezone) == (False, True)
