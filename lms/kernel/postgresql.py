"""PostgreSQL's driver, as far as we use it otherwise than it comes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

Described = tuple[str, int, None, None, None, None, None]
"""The name of a column and the number of its type; the rest, which PEP 249 leaves open, is not said."""


class Columns(Sequence[Described]):
    """What a result consists of, worked out when somebody asks. SQLAlchemy is shown it for every statement, and reads
    it for the first of its kind alone."""

    __slots__ = ("_encoding", "_result")

    def __init__(self, result: Any, encoding: str) -> None:
        """Names stand in the `encoding` of the connection."""
        self._result, self._encoding = result, encoding

    def __len__(self) -> int:
        return int(self._result.nfields)

    @overload
    def __getitem__(self, index: int) -> Described: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Described]: ...
    def __getitem__(self, index: int | slice) -> Described | Sequence[Described]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = range(len(self))[index]  # raises IndexError, by which iterating ends
        name = (self._result.fname(place) or b"").decode(self._encoding)
        return name, self._result.ftype(place), None, None, None, None, None


def plain_cursor(driver: Any) -> type:
    """psycopg's cursor without an object for every column of every result; `driver` is psycopg, which is loaded only
    where there is a PostgreSQL."""
    rows = driver.pq.ExecStatus.TUPLES_OK

    class PlainCursor(driver.Cursor):  # type: ignore[misc]
        __slots__ = ()

        @property
        def description(self) -> Columns | None:
            """The columns of the last result; None where it has no rows to give."""
            result = self.pgresult
            return Columns(result, self._encoding) if result is not None and result.status == rows else None

    return PlainCursor


def portions_cursor(driver: Any) -> type:
    """psycopg's cursor of the server's, which brings rows in portions, for connections outside a transaction as well:
    it lives within one only. The rollback at the end of the read ends it. It sees to that itself, because an engine
    that is listened to at each statement asks at every step of each whether somebody listens."""
    idle = driver.pq.TransactionStatus.IDLE

    class PortionsCursor(driver.ServerCursor):  # type: ignore[misc]
        __slots__ = ()

        def execute(self, *statement: Any, **how: Any) -> Any:
            """As psycopg's, in a transaction begun for it where there is none."""
            if self.connection.autocommit and self.connection.info.transaction_status is idle:
                self.connection.execute("BEGIN")
            return super().execute(*statement, **how)

    return PortionsCursor
