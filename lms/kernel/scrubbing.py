"""What was deleted for good leaves the files of the database, as far as the database lets us.

SQLite writes over what is deleted (`secure_delete`), but the write-ahead log holds pages as they were before, until it
is emptied. PostgreSQL takes deleted rows out at the next VACUUM; its own write-ahead log, and the disk below, are the
operator's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from . import outbox
from .db import Base, db

SCRUB = "kernel.scrub"
_PATIENCE_MS = 500


class Busy(RuntimeError):
    """Somebody still reads what is to be emptied; the job comes again."""


def ask(session: Session, tables: Iterable[str]) -> None:
    """Ask for it as part of the change that deletes from these tables. Without a key: a job that waits already may be
    taken up before this change is there."""
    outbox.enqueue(session, SCRUB, {"tables": sorted(tables)})


@outbox.effect(SCRUB)
def scrub(payload: dict[str, Any], _delivery: str) -> None:
    """Take what was deleted out of the files; raises Busy while somebody reads what lies in the log."""
    if db.engine.dialect.name == "sqlite":
        _empty_the_log()
    else:
        _vacuum(payload["tables"])


def _empty_the_log() -> None:
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        cursor.execute("PRAGMA query_only=OFF")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = any(row[0] for row in cursor.fetchall())
    finally:
        raw.invalidate()  # its settings are not those of the others
        raw.close()
    if busy:
        raise Busy("somebody reads what lies in the write-ahead log")


def _vacuum(tables: Iterable[str]) -> None:
    known = {table.name for table in Base.metadata.sorted_tables}
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in sorted(known.intersection(tables)):
            connection.execute(text(f"VACUUM {table}"))
