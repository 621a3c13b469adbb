"""Rows, one at a time, that are written by the driver itself: what nearly every page of the desk ends with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from sqlalchemy import Dialect, Engine, PoolProxiedConnection, Table, insert
from sqlalchemy.exc import OperationalError

from .db import Intent, IntentPool, intending

Binds = Callable[[Any], Any] | None
"""What a value becomes before the driver is given it; None where it stays as it is."""


class _Told(NamedTuple):
    """An INSERT as one dialect has it; `places` is the order of its values, or None where they go by name."""

    text: str
    binds: Mapping[str, Binds]
    places: tuple[str, ...] | None


class NewRow:
    """A new row of one table, always with the same columns. SQLAlchemy writes the statement and what becomes of the
    values, once; to have it sent by the driver costs a third of what executing it by SQLAlchemy does."""

    def __init__(self, table: Table, *columns: str) -> None:
        self.table, self._columns = table, columns
        self._told: dict[str, _Told] = {}

    def write(self, engine: Engine, values: Mapping[str, Any]) -> None:
        """Write one row with these values, in a transaction of its own. Raises OperationalError where the database is
        away or refuses, and has written nothing then."""
        told = self._told.get(engine.dialect.name) or self._tell(engine.dialect)
        given = {name: bind(values[name]) if bind else values[name] for name, bind in told.binds.items()}
        raw: PoolProxiedConnection | None = None
        try:
            with intending(Intent.ADD):  # on a connection that commits each statement by itself
                raw = engine.raw_connection()
            raw.cursor().execute(told.text, given if told.places is None else [given[name] for name in told.places])
        except engine.dialect.loaded_dbapi.Error as error:
            if raw and engine.dialect.is_disconnect(error, cast(Any, raw.dbapi_connection), None):
                cast(IntentPool, engine.pool).forget(raw, error)
            raise OperationalError(told.text, None, error, hide_parameters=True) from error
        finally:
            if raw:
                raw.close()

    def _tell(self, dialect: Dialect) -> _Told:
        # Inline: the number that the database gives it is not asked for.
        compiled = insert(self.table).inline().compile(dialect=dialect, column_keys=list(self._columns))
        kinds = {name: self.table.c[name].type.dialect_impl(dialect) for name in self._columns}
        binds = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
        places = getattr(compiled, "positiontup", None)
        told = self._told[dialect.name] = _Told(str(compiled), binds, tuple(places) if places else None)
        return told
