"""Our tables of a PostgreSQL database, by COPY within one snapshot; needs no pg_dump on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask_migrate
import psycopg
import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from psycopg import sql
from sqlalchemy import Engine

from lms.kernel import migrations
from lms.kernel.db import PREFIX, db
from lms.kernel.errors import Refused
from lms.kernel.migrations import VERSION_TABLE

from .manifest import Copied, Manifest

Connection = psycopg.Connection[Any]


def copy_out(engine: Engine, folder: Path) -> Copied:
    """Every table as it is at one instant; nobody waits for it."""
    with _connect(engine) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        connection.execute("SET LOCAL statement_timeout = 0")
        columns = _columns(connection)
        counts = {table: _table_out(connection, table, columns[table], folder) for table in columns}
        return Copied(_migration(connection), counts, columns, _sequences(connection))


def copy_in(engine: Engine, folder: Path, manifest: Manifest) -> None:
    """Make the tables where there are none, and fill them, all in one transaction; raises Refused when not empty."""
    with _connect(engine) as connection:
        tables = set(_columns(connection))
        _refuse_unless_empty(connection, tables)
    if not tables:
        make_tables()
    with _connect(engine) as connection:
        connection.execute("SET LOCAL statement_timeout = 0")
        present = set(_columns(connection)) - {VERSION_TABLE}
        if present != set(manifest.columns) - {VERSION_TABLE}:
            raise Refused(_("The tables here are not those of the backup; use the release that made it."))
        _fill(connection, _parents_first(engine, present), folder, manifest)


def make_tables() -> None:
    """Bring an empty database to the newest migration."""
    folder = str(migrations.folder())
    flask_migrate.Migrate().init_app(current_app._get_current_object(), db, directory=folder)  # type: ignore[attr-defined]
    flask_migrate.upgrade(directory=folder)


def _fill(connection: Connection, tables: list[str], folder: Path, manifest: Manifest) -> None:
    """The ledger's triggers refuse every change, and a restore is none: they rest until the rows are in."""
    everything = sql.SQL(", ").join(map(sql.Identifier, tables))
    for table in tables:
        _switch_triggers(connection, table, "DISABLE")
    connection.execute(sql.SQL("TRUNCATE {}").format(everything))  # what a migration put in is in the backup too
    for table in tables:
        number = _table_in(connection, table, manifest.columns[table], folder)
        _switch_triggers(connection, table, "ENABLE")
        if number != manifest.counts[table]:
            raise Refused(_("The restored tables do not hold what the manifest says."))
    for sequence, last in manifest.sequences.items():
        connection.execute("SELECT setval(%s::regclass, %s)", [sequence, last])


def _connect(engine: Engine) -> Connection:
    return psycopg.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))


def _columns(connection: Connection) -> dict[str, list[str]]:
    """Our tables in this schema with the columns that are stored."""
    found = connection.execute(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c"
        " JOIN information_schema.tables t USING (table_schema, table_name)"
        " WHERE c.table_schema = current_schema() AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER'"
        " AND starts_with(c.table_name, %s) ORDER BY c.table_name, c.ordinal_position",
        [PREFIX],
    )
    columns: dict[str, list[str]] = {}
    for table, column in found.fetchall():
        columns.setdefault(table, []).append(column)
    return columns


def _table_out(connection: Connection, table: str, columns: list[str], folder: Path) -> int:
    with (folder / f"{table}.copy").open("wb") as file, connection.cursor() as cursor:
        with cursor.copy(_copy(table, columns, "TO STDOUT")) as rows:
            for chunk in rows:
                file.write(chunk)
        return cursor.rowcount


def _table_in(connection: Connection, table: str, columns: list[str], folder: Path) -> int:
    with (folder / f"{table}.copy").open("rb") as file, connection.cursor() as cursor:
        with cursor.copy(_copy(table, columns, "FROM STDIN")) as rows:
            while chunk := file.read(1 << 16):
                rows.write(chunk)
        return cursor.rowcount


def _copy(table: str, columns: list[str], direction: str) -> sql.Composed:
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("COPY {} ({}) {}").format(sql.Identifier(table), names, sql.SQL(direction))


def _switch_triggers(connection: Connection, table: str, verb: str) -> None:
    connection.execute(sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(verb)))


def _sequences(connection: Connection) -> dict[str, int]:
    """The last number each sequence gave, so that no number is given twice."""
    found = connection.execute(
        "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = current_schema()"
        " AND starts_with(sequencename, %s) AND last_value IS NOT NULL",
        [PREFIX],
    )
    return dict(found.fetchall())


def _migration(connection: Connection) -> tuple[str, ...]:
    if VERSION_TABLE not in _columns(connection):
        return ()
    rows = connection.execute("SELECT version_num FROM lms_alembic_version ORDER BY version_num").fetchall()
    return tuple(version for (version,) in rows)


def _refuse_unless_empty(connection: Connection, tables: set[str]) -> None:
    for table in sorted(tables - {VERSION_TABLE}):
        row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
        if row and row[0]:
            raise Refused(_("The database is not empty: %(table)s holds %(number)d rows.", table=table, number=row[0]))


def _parents_first(engine: Engine, tables: set[str]) -> list[str]:
    """The tables in an order in which every row finds what it refers to."""
    with engine.connect() as connection:
        in_order = sa.inspect(connection).get_sorted_table_and_fkc_names()
    return [table for table, _keys in in_order if table in tables]
