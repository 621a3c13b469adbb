"""What is brought in line once for a change, just before it is committed, however often the change asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

Keep = Callable[[Session, set[int]], None]
_WAITING = "lms_once"


def once(session: Session, keep: Keep, ids: Iterable[int]) -> None:
    """Have `keep` called with all ids that were named for it, in the transaction that names them, when everything else
    in it is done; also when a savepoint is released, and by `at_once`."""
    waiting: dict[Keep, set[int]] = session.info.setdefault(_WAITING, {})
    waiting.setdefault(keep, set()).update(ids)


def at_once(session: Session) -> None:
    """Bring in line what waits: for whoever reads it in the transaction that changes it."""
    while waiting := session.info.pop(_WAITING, None):
        for keep, ids in waiting.items():
            keep(session, ids)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    # What was named before a savepoint that failed still stands; what was named within it is looked at for nothing.
    if transaction.parent is None:
        session.info.pop(_WAITING, None)


event.listen(Session, "before_commit", at_once)
