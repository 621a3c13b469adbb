"""What never changes, kept in memory: per engine, bounded, and shared by the threads of a worker."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_UNCOMMITTED = "lms_catalogue_uncommitted"


def distrust(session: Session) -> None:
    """Keep nothing that is read in this transaction: it is publishing, and what it reads may yet be rolled back."""
    session.info[_UNCOMMITTED] = session.get_transaction() or session.begin()


def _is_distrusted(session: Session) -> bool:
    publishing = session.info.get(_UNCOMMITTED)
    return publishing is not None and publishing is session.get_transaction()


class Kept(Generic[V]):
    """Immutable values by id, the least used forgotten first; `cost` is in bytes, or 1 for each."""

    def __init__(self, most: int, cost: Callable[[V], int] = lambda _value: 1) -> None:
        self._most, self._cost = most, cost
        self._by_engine: WeakKeyDictionary[Engine, OrderedDict[Hashable, V]] = WeakKeyDictionary()
        self._totals: WeakKeyDictionary[Engine, int] = WeakKeyDictionary()
        self._lock = Lock()

    def get(self, session: Session, key: K, read: Callable[[Session, K], V]) -> V:
        """The value of `key`, read when it is not at hand."""
        engine = session.get_bind().engine
        with self._lock:
            kept = self._by_engine.setdefault(engine, OrderedDict())
            if key in kept:
                kept.move_to_end(key)
                return kept[key]
        value = read(session, key)
        if not _is_distrusted(session):
            self._keep(engine, key, value)
        return value

    def _keep(self, engine: Engine, key: Hashable, value: V) -> None:
        with self._lock:
            kept = self._by_engine[engine]
            if key in kept:
                return
            kept[key] = value
            total = self._totals.get(engine, 0) + self._cost(value)
            while total > self._most and len(kept) > 1:
                total -= self._cost(kept.popitem(last=False)[1])
            self._totals[engine] = total
