"""What was deleted for good leaves the files of the database, as far as the database lets us.

SQLite writes over what is deleted (`secure_delete`), but the write-ahead log holds pages as they were before, until it
is emptied. PostgreSQL's VACUUM gives the room of a deleted row free without writing over it, so the tables are written
anew (VACUUM FULL); its own write-ahead log, and the disk below, are the operator's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from . import outbox
from .db import Base, db
from .unit_of_work import own_reading, own_transaction

SCRUB = "kernel.scrub"
_PATIENCE_MS = 500
_LOCK_NOT_AVAILABLE = "55P03"
_LEFT = text("SELECT n_dead_tup FROM pg_stat_all_tables WHERE relid = CAST(:table AS regclass)")


class Busy(RuntimeError):
    """Somebody still reads what is to go; the job comes again."""


def ask(session: Session, tables: Iterable[str]) -> None:
    """Ask for it as part of the change that deletes from these tables. Without a key: a job that waits already may be
    taken up before this change is there."""
    outbox.enqueue(session, SCRUB, {"tables": sorted(tables)})


@outbox.effect(SCRUB)
def scrub(payload: dict[str, Any], _delivery: str) -> None:
    """Take what was deleted out of the files, also for whoever else waits for that by now, since each time costs whole
    tables; raises Busy while somebody still reads it."""
    with own_reading() as session:
        waiting = {job: set(said["tables"]) for job, said in outbox.others_waiting(session, SCRUB).items()}
    busy = _scrub({*payload["tables"]}.union(*waiting.values()))
    done = [job for job, tables in waiting.items() if not tables & busy.keys()]
    if done:
        with own_transaction() as session:
            outbox.done_along(session, done)
    for table in sorted(busy.keys() & payload["tables"]):
        raise busy[table]


def _scrub(tables: Collection[str]) -> dict[str, Busy]:
    """The tables that this was not done for, and why."""
    if db.engine.dialect.name != "sqlite":
        return _write_anew(tables)
    _empty_the_log()
    return {}


def _empty_the_log() -> None:
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = any(row[0] for row in cursor.fetchall())
    finally:
        raw.invalidate()  # its settings are not those of the others
        raw.close()
    if busy:
        raise Busy("somebody reads what lies in the write-ahead log")


def _write_anew(tables: Collection[str]) -> dict[str, Busy]:
    known, busy = {table.name for table in Base.metadata.sorted_tables}, dict[str, Busy]()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            # Everybody who comes after waits for whoever waits for a whole table, so not for long.
            connection.execute(text(f"SET lock_timeout = {_PATIENCE_MS}"))
            connection.execute(text("SET statement_timeout = 0"))
            for table in sorted(known.intersection(tables)):
                try:
                    _table_anew(connection, table)
                except Busy as no:
                    busy[table] = no
        finally:
            connection.invalidate()  # its settings are not those of the others
    return busy


def _table_anew(connection: Connection, table: str) -> None:
    """Raises Busy where a deleted row had to be taken along, since some older transaction may still look at it."""
    try:
        connection.execute(text(f"VACUUM (FULL) {table}"))
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", "") != _LOCK_NOT_AVAILABLE:
            raise
        raise Busy(f"somebody reads {table}") from None
    # Counts what is left of deleted rows.
    connection.execute(text(f"VACUUM {table}"))
    if connection.scalar(_LEFT, {"table": table}):
        raise Busy(f"an older transaction may look at what was deleted from {table}")
