"""The only commits in the system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

from flask import has_app_context
from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from .db import Intent, db, intending, present_intent
from .new_rows import NewRow


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """One change: everything in the block is committed together, or nothing of it.

    Raises whatever the block raises, after rolling back. What was read before under a read intent is let go first,
    because a read cannot be upgraded to a write on SQLite.
    """
    session = cast(Session, db.session())
    if present_intent() is Intent.READ and session.in_transaction():
        session.rollback()
    if not session.in_transaction():
        # Rows that an earlier change left in memory may have been changed by others since.
        session.expire_all()
    with intending(Intent.WRITE):
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def own_transaction() -> Iterator[Session]:
    """A short transaction of its own, apart from the request's: access log, last-seen day, throttle counts.

    Raises RuntimeError inside a unit of work: on SQLite the two would wait for each other.
    """
    _not_inside_a_change()
    with intending(Intent.WRITE), Session(db.engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def own_connection() -> Iterator[Connection]:
    """As `own_transaction` without a session, for the few lines that are written after nearly every page."""
    _not_inside_a_change()
    with intending(Intent.WRITE), db.engine.begin() as connection:
        yield connection


def own_row(new: NewRow, values: Mapping[str, Any]) -> None:
    """As `own_connection`, for one row alone, which is kept or not by itself."""
    _not_inside_a_change()
    new.write(db.engine, values)


def _not_inside_a_change() -> None:
    if has_app_context() and db.session.registry.has() and db.session().in_transaction() and _writing():
        raise RuntimeError("a transaction of its own was asked for inside a change")


def _writing() -> bool:
    return present_intent() is Intent.WRITE


@contextmanager
def own_reading() -> Iterator[Session]:
    """A look at the database of its own, for what is sent while it is read: the request's session is over before the
    first part of an answer leaves. The block may be left in another place than it was entered."""
    with Session(db.engine, expire_on_commit=False) as session:
        with intending(Intent.READ):
            session.connection()  # begins here, as a read
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A look at the database that ends before the block's caller goes on: used before slow work such as hashing."""
    session = cast(Session, db.session())
    with intending(Intent.READ):
        try:
            yield session
        finally:
            session.rollback()


def one_at_a_time(session: Session, lock: int) -> None:
    """Let nobody else do what goes by this number until the transaction ends. On SQLite it began IMMEDIATE, which is
    enough."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(lock)))
