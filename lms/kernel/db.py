"""One schema for SQLite and PostgreSQL: base class, column types, and how each engine begins a transaction."""

from __future__ import annotations

import datetime as dt
import enum
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Enum,
    Executable,
    Integer,
    MetaData,
    PoolProxiedConnection,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import InvalidatePoolError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session, registry
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.types import TypeDecorator
from sqlalchemy.util.queue import Empty, Queue

from .postgresql import plain_cursor, portions_cursor

PREFIX = "lms_"
READS = "lms_reads"
"""Whether a connection is set up for reading alone; in the notes that the pool keeps of it."""
_BEGUN_TO_READ = "lms_begun_to_read"
"""Whether the transaction a SQLite connection began last is to read alone; in the same notes."""
# How a statement begins that such a transaction may send.
_READING = ("SELECT", "WITH", "PRAGMA", "EXPLAIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "VALUES")


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant, kept in UTC; a time without a zone is refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a zone")
        utc = value.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """The same instant, marked as UTC. Lists have dozens, so it is one function and not SQLAlchemy's two."""
        read = self.impl_instance.result_processor(dialect, coltype)

        def marked(value: Any) -> dt.datetime | None:
            at: dt.datetime | None = read(value) if read else value
            if at is None:
                return None
            return at.replace(tzinfo=dt.UTC) if at.tzinfo is None else at.astimezone(dt.UTC)

        return marked


BigInt = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")


class _Choice(Enum):
    """As SQLAlchemy's, which calls two functions to find the member for a value that was read."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Looks the member up; raises KeyError for a value that no member has."""
        members: dict[str | None, enum.Enum | None] = {member.value: member for member in self.enum_class or ()}
        return {**members, None: None}.__getitem__


def choice(kind: type[enum.Enum]) -> Enum:
    """A column that holds one of `kind`'s values, with a CHECK constraint and no native type."""
    return _Choice(
        kind,
        native_enum=False,
        create_constraint=True,
        length=32,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
    )


class Base(DeclarativeBase):
    """The declarative base; its metadata names every constraint so that a migration can drop it."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={int: BigInt, dt.datetime: UtcDateTime, dict[str, Any]: Json, list[Any]: Json},
    )


# Rows stay readable after the commit, for the page that answers the change.
db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

if TYPE_CHECKING:

    class Model(Base):
        """What every table inherits (a static alias of db.Model, which type checkers cannot see)."""

        __abstract__ = True

else:
    Model = db.Model


def ask(
    session: Session, statement: Executable, values: Mapping[str, Any] | None = None
) -> CursorResult[*tuple[Any, ...]]:
    """What a statement finds that was built once, of plain tables, and is sent past the session, which would take
    longer over it than the database. What is not written yet is written first: such a statement does not see it."""
    session.flush()
    return session.connection().execute(statement, values)


Inserting = Callable[[Any], postgresql.Insert]
# With ON CONFLICT; SQLite's and PostgreSQL's share the methods we use.
_INSERTS = {"sqlite": cast(Inserting, sqlite.insert), "postgresql": cast(Inserting, postgresql.insert)}
Made = TypeVar("Made")


def dialect_insert(session: Session) -> Inserting:
    """INSERT as the database at work has it."""
    return _INSERTS[session.get_bind().dialect.name]


def for_each_dialect(make: Callable[[Inserting], Made]) -> dict[str, Made]:
    """A statement built once for each database, by its name: for what is asked so often that building it shows."""
    return {name: make(insert) for name, insert in _INSERTS.items()}


class Intent(enum.Enum):
    """What a transaction is begun for."""

    READ = "read"
    WRITE = "write"
    ADD = "add"
    """One statement that writes, and is whole by itself."""


_intent: ContextVar[Intent] = ContextVar("lms_intent", default=Intent.WRITE)


def present_intent() -> Intent:
    """What a transaction begun now would be for: WRITE unless a request said otherwise."""
    return _intent.get()


def set_intent(intent: Intent) -> None:
    """For the rest of this context (one request), begin transactions for `intent`."""
    _intent.set(intent)


@contextmanager
def intending(intent: Intent) -> Iterator[None]:
    """Within the block, transactions are begun for `intent`."""
    token = _intent.set(intent)
    try:
        yield
    finally:
        _intent.reset(token)


class _ByIntent(Queue[ConnectionPoolEntry]):
    """Idle connections, of which those that read and those that write are kept apart where they are set up for it.

    To change one from one to the other costs PostgreSQL a statement more. So a connection is asked for the other kind
    of work only where there are enough already; the one used last comes first, because it is warm. On SQLite any
    connection does either: what one of them reads stays in its memory until another one writes.
    """

    def get(self, block: bool = True, timeout: float | None = None) -> ConnectionPoolEntry:
        """Raises Empty, upon which the pool makes another, as long as none of the kind that is wanted is idle."""
        with self.mutex:
            reading = present_intent() is Intent.READ
            wanted = next((one for one in reversed(self.queue) if one.info.get(READS, reading) is reading), None)
            if wanted is not None:
                self.queue.remove(wanted)
                return wanted
            if not block and self.qsize() < self.maxsize - 1:
                raise Empty
        return super().get(block, timeout)


class IntentPool(QueuePool):
    """SQLAlchemy's own pool with that queue."""

    _queue_class = _ByIntent

    def forget(self, connection: PoolProxiedConnection, error: BaseException) -> None:
        """The server has ended this connection: as an engine does then, use none of those again that are as old."""
        self._invalidate(connection, error)

    def dispose(self) -> None:
        """Close the idle connections of either kind; the queue gives those of one kind only."""
        for intent in (Intent.READ, Intent.WRITE):
            with intending(intent):
                super().dispose()


def prepare_engine(engine: Engine) -> None:
    """Give an engine of ours its settings; called once for each engine, never on the global Engine class."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
        event.listen(engine, "before_cursor_execute", _sqlite_refuse)
    else:
        driver = cast(Any, engine.dialect).loaded_dbapi
        event.listen(engine, "connect", _postgresql_connect(plain_cursor(driver), portions_cursor(driver)))
        event.listen(engine, "checkout", _set_up_by_intent(driver.Error))


def _sqlite_connect(raw: Any, _record: Any) -> None:
    # FULL, because NORMAL loses acknowledged answers at a power cut.
    raw.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "wal_autocheckpoint=400",
        "cache_size=-2048",
    ):
        raw.execute(f"PRAGMA {pragma}")


def _sqlite_begin(connection: Any) -> None:
    # A read that is upgraded to a write fails at once whatever the busy timeout, so a write begins IMMEDIATE.
    reading = present_intent() is Intent.READ
    connection.connection.dbapi_connection.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
    connection.info[_BEGUN_TO_READ] = reading


def _sqlite_refuse(connection: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: bool) -> None:
    # SQLite's own query_only makes a connection forget every statement it holds prepared, each time it is turned.
    if not connection.info.get(_BEGUN_TO_READ):
        return
    changes = context.isinsert or context.isupdate or context.isdelete  # also behind a WITH
    if changes or not statement.lstrip().startswith(_READING):
        refused = "a change was asked for in a transaction that only reads"
        raise OperationalError(statement, None, sqlite3.OperationalError(refused), hide_parameters=True)


def _postgresql_connect(cursor: type, portions: type) -> Callable[[Any, object], None]:
    def connect(raw: Any, _record: object) -> None:
        raw.cursor_factory, raw.server_cursor_factory = cursor, portions

    return connect


def _set_up_by_intent(gone: type[Exception]) -> Callable[[Any, ConnectionPoolEntry, object], None]:
    """Of connections to PostgreSQL, as the pool gives them away; `gone` is what they raise when the server is gone."""

    # Under READ COMMITTED each statement sees what is committed when it is sent, inside a transaction and outside. So
    # reading does without one, which saves a page two journeys to the server; that it cannot write the server sees to.
    def checkout(raw: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        intent = present_intent()
        reading, alone = intent is Intent.READ, intent is not Intent.WRITE
        try:
            if record.info.setdefault(READS, False) is not reading:
                raw.autocommit = True
                raw.execute(f"SET default_transaction_read_only = {'on' if reading else 'off'}")
                record.info[READS] = reading
            if raw.autocommit is not alone:
                raw.autocommit = alone
        except gone as error:
            raise InvalidatePoolError from error  # the pool forgets whoever is idle, and makes another

    return checkout
