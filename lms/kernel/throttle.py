"""Counting tries in the database, so that the limit holds over all processes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Connection, delete, update

from .db import for_each_dialect
from .errors import TooMany
from .models import Throttle
from .settings import keyring
from .unit_of_work import own_connection, own_transaction

# Built once, because a stranger's page has little else to do.
_ONE_MORE = for_each_dialect(
    lambda insert: (
        insert(Throttle)
        .on_conflict_do_update(index_elements=["key", "window"], set_={"count": Throttle.count + 1})
        .returning(Throttle.count)
    )
)


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
    """As `count`, for one request that several limits hold for: (what, who, limit) each, until one of them is over.

    So whoever is refused for what they did themselves uses up nothing of what others share: name what is theirs first.
    What `also` writes goes into the same transaction, and only within the limits.
    """
    window = _window(at, seconds)
    with own_connection() as connection:
        one_more = _ONE_MORE[connection.dialect.name]
        for what, who, limit in tries:
            row = {"key": _key(what, who), "window": window, "count": 1}
            if connection.execute(one_more, row).scalar_one() > limit:
                break
        else:
            if also:
                also(connection)
            return
    raise TooMany("Too many tries in a short time. Wait a few minutes, then try again.", retry_after=seconds)


def _window(at: dt.datetime, seconds: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at.timestamp() // seconds * seconds, dt.UTC)


def _key(what: str, who: str) -> str:
    return f"{what}:{keyring().veil(who)}"


def forgive(what: str, who: str) -> None:
    """Forget the tries of somebody who has just succeeded."""
    with own_transaction() as session:
        session.execute(delete(Throttle).where(Throttle.key == _key(what, who)))


def refund(what: str, who: str, *, at: dt.datetime, seconds: int = 300) -> None:
    """Take one try back: where many people share an address of the network, success must not count against them."""
    with own_transaction() as session:
        session.execute(
            update(Throttle)
            .where(Throttle.key == _key(what, who), Throttle.window == _window(at, seconds), Throttle.count > 0)
            .values(count=Throttle.count - 1)
        )
