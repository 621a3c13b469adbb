"""A SQLite file, copied whole while others write to it (https://sqlite.org/backup.html)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import Engine

from lms.kernel.errors import Refused
from lms.kernel.migrations import VERSION_TABLE

from .manifest import Copied, Manifest

NAME = "lms.sqlite"


def copy_out(engine: Engine, folder: Path) -> Copied:
    """Copy the file as it is at one instant; in WAL mode nobody waits for it."""
    with closing(_open(engine)) as source, closing(sqlite3.connect(folder / NAME)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it
        (verdict,) = target.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise Refused(_("The database is damaged, so this copy is no backup: %(verdict)s.", verdict=verdict))
        return Copied(_migration(target), _counts(target), {}, {})


def copy_in(engine: Engine, folder: Path, manifest: Manifest) -> None:
    """Fill an empty file; raises Refused when it is not empty."""
    engine.dispose()
    with closing(_open(engine)) as target, closing(sqlite3.connect(folder / NAME)) as source:
        _refuse_unless_empty(target)
        source.backup(target)
        if _counts(target) != manifest.counts:
            raise Refused(_("The restored tables do not hold what the manifest says."))
        target.execute("PRAGMA journal_mode=WAL")


def _open(engine: Engine) -> sqlite3.Connection:
    path = engine.url.database
    if not path or path == ":memory:":
        raise Refused(_("A database in memory cannot be backed up."))
    return sqlite3.connect(path, timeout=15, isolation_level=None)


def _tables(connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return sorted(name for (name,) in rows.fetchall())


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    return {table: _count(connection, table) for table in _tables(connection)}


def _count(connection: sqlite3.Connection, table: str) -> int:
    quoted = table.replace('"', '""')
    (number,) = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()  # noqa: S608  a name of the schema
    return int(number)


def _migration(connection: sqlite3.Connection) -> tuple[str, ...]:
    if VERSION_TABLE not in _tables(connection):
        return ()
    rows = connection.execute("SELECT version_num FROM lms_alembic_version ORDER BY version_num").fetchall()
    return tuple(version for (version,) in rows)


def _refuse_unless_empty(connection: sqlite3.Connection) -> None:
    """The whole file is replaced, so a host's tables count too."""
    for table, number in _counts(connection).items():
        if number and table != VERSION_TABLE:
            raise Refused(_("The database is not empty: %(table)s holds %(number)d rows.", table=table, number=number))
