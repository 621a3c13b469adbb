"""Counting tries in the database, so that the limit holds over all processes.

Tries are counted in windows of S seconds that lie on the clock. Of the window before, those count too that would lie in
the last S if they had been spread evenly (a sliding window counter, as in "How we built rate limiting capable of
scaling to millions of domains", blog.cloudflare.com/counting-things-a-lot-of-different-things).

What holds for a limit of N, whenever somebody tries:

- no window on the clock lets more than N through, so k of them, one after another, never more than k·N;
- any span of L seconds, L below S, wherever it begins, lets at most N + 1 + (N - 1)·L/S through: one more than N at the
  edge of two windows, and towards 2N only over a whole S, to somebody who waits for the end of a window and then spends
  each try as it comes free (a token bucket would give N + N·L/S);
- whoever stays away for S has at least one try.

To let no more than N through in any S one would have to keep the time of each try, or to count what was refused against
whoever shares the counter with a guesser. Neither is done: what a limit is for (OWASP ASVS 5.0, 2.4.1 and 6.3.1; ten in
five minutes at the door, as at PyPI) is the number of guesses in the long run, and that the first line holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import Connection, bindparam, delete, select, update
from sqlalchemy.orm import aliased

from .db import for_each_dialect
from .errors import TooMany
from .models import Throttle
from .settings import keyring
from .unit_of_work import own_connection, own_transaction

_past = aliased(Throttle)
_before = (
    select(_past.count)
    .where(_past.key == bindparam("whose"), _past.window == bindparam("before"))
    .scalar_subquery()
    .label("before")
)
# Built once, because a stranger's page has little else to do.
_ONE_MORE = for_each_dialect(
    lambda insert: (
        insert(Throttle)
        .values(key=bindparam("key"), window=bindparam("window"), count=1)
        .on_conflict_do_update(index_elements=["key", "window"], set_={"count": Throttle.count + 1})
        .returning(Throttle.count.label("tries"), _before)
    )
)


def count(what: str, who: str, *, at: dt.datetime, limit: int, seconds: int = 300) -> None:
    """Count one try of `what` by `who`; raises TooMany beyond `limit` tries in about `seconds`. Whoever then stays away
    for as long has at least one try.

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
    before, left = window - dt.timedelta(seconds=seconds), 1 - (at - window).total_seconds() / seconds
    with own_connection() as connection:
        one_more = _ONE_MORE[connection.dialect.name]
        for what, who, limit in tries:
            key = _key(what, who)
            row = connection.execute(one_more, {"key": key, "window": window, "whose": key, "before": before}).one()
            # What was refused then weighs nothing now, and whoever comes back after a whole window has a try.
            if row.tries + min(row.before or 0, limit - 1) * left > limit:
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
