"""Upgrades and downgrades as one transaction each, on SQLite and PostgreSQL alike.

On SQLite a changed table is copied, dropped and renamed. With foreign keys enforced the drop empties every child table
that cascades, and without a real BEGIN a failure half-way leaves half a schema behind under the old version number. So
the run has an engine of its own, with foreign keys off and transactions begun by us, and checks every foreign key
before it commits.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError
from flask import current_app

from lms.kernel.db import Base
from lms.kernel.migrations import plain_type

UPGRADES_LOCK = 0x4C454D4B494E  # "LEMKIN": two servers that start together upgrade one after the other


def migration_engine() -> sa.Engine:
    """An engine without the application's listeners, for its database."""
    url: sa.URL = current_app.extensions["migrate"].db.engine.url
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(dbapi_connection: Any, _record: object) -> None:
    dbapi_connection.isolation_level = None  # the driver would commit before every change of a table
    dbapi_connection.execute("PRAGMA busy_timeout=15000")
    dbapi_connection.execute("PRAGMA foreign_keys=OFF")


def _begin_sqlite(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """A host may keep its own tables in the same database; they are none of our business."""
    return kind != "table" or (name or "").startswith("lms_")


def _refuse_broken_references(connection: sa.Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        raise CommandError(f"The migration would leave rows that point nowhere, so it was undone: {broken[:5]}")


def _configure(connection: sa.Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table="lms_alembic_version",
        include_name=_is_ours,
        render_item=plain_type,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )


def run() -> None:
    """All pending migrations, or none of them."""
    with migration_engine().connect() as connection:
        _configure(connection)
        with context.begin_transaction():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADES_LOCK})")
            context.run_migrations()
            if connection.dialect.name == "sqlite":
                _refuse_broken_references(connection)


if context.is_offline_mode():
    raise CommandError("Migrations run against a database; they are not written out as SQL (leave out --sql).")
run()
