"""Counting tries in the database, so that the limit holds over all processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Connection, delete, update
from sqlalchemy.dialects import postgresql, sqlite

from .errors import TooMany
from .models import Throttle
from .settings import keyring
from .unit_of_work import own_connection, own_transaction

# Built once, because a stranger's page has little else to do.
_ONE_MORE = {
    name: insert(Throttle)
    .on_conflict_do_update(index_elements=["key", "window"], set_={"count": Throttle.count + 1})
    .returning(Throttle.key, Throttle.count)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


def count(what: str, who: str, *, at: dt.datetime, limit: int, seconds: int = 300) -> None:
    """Count one try of `what` by `who`; raises TooMany beyond `limit` tries in a window of `seconds`.

    Committed apart from the request, so that a refused try counts too; call it before the request's first write.
    """
    count_each((what, who, limit), at=at, seconds=seconds)


def count_each(
    *tries: tuple[str, str, int],
    at: dt.datetime,
    seconds: int = 300,
    also: Callable[[Connection], None] | None = None,
) -> None:
    """As `count`, for one request that several limits hold for: (what, who, limit) each, in one transaction. What
    `also` writes goes into the same one, and only within the limits."""
    window = dt.datetime.fromtimestamp(at.timestamp() // seconds * seconds, dt.UTC)
    limits = {f"{what}:{keyring().veil(who)}": limit for what, who, limit in tries}
    # In one order always, so that two requests never wait for each other.
    rows = [{"key": key, "window": window, "count": 1} for key in sorted(limits)]
    with own_connection() as connection:
        counted = connection.execute(_ONE_MORE[connection.dialect.name], rows).all()
        within = all(number <= limits[key] for key, number in counted)
        if within and also:
            also(connection)
    if not within:
        raise TooMany("Too many tries in a short time. Wait a few minutes, then try again.", retry_after=seconds)


def forgive(what: str, who: str) -> None:
    """Forget the tries of somebody who has just succeeded."""
    with own_transaction() as session:
        session.execute(delete(Throttle).where(Throttle.key == f"{what}:{keyring().veil(who)}"))


def refund(what: str, who: str, *, at: dt.datetime, seconds: int = 300) -> None:
    """Take one try back: where many people share an address of the network, success must not count against them."""
    window = dt.datetime.fromtimestamp(at.timestamp() // seconds * seconds, dt.UTC)
    key = f"{what}:{keyring().veil(who)}"
    with own_transaction() as session:
        session.execute(
            update(Throttle)
            .where(Throttle.key == key, Throttle.window == window, Throttle.count > 0)
            .values(count=Throttle.count - 1)
        )
