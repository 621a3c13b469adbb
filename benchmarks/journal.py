"""What the clients of a drill asked for and were told, kept apart from the server, and how the database compares."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

Place = tuple[str, int]
"""The page an answer was given on and its number there: which answer it is, whatever key it was sent with."""


@dataclass(frozen=True)
class Row:
    """An answer as it is in the database."""

    place: Place
    given: str
    receipt: int


@dataclass
class Journal:
    """Written before a request goes out, and again when its answer has come."""

    asked: dict[Place, str] = field(default_factory=dict)
    acknowledged: dict[Place, int | None] = field(default_factory=dict)
    tries: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, place: Place, given: str) -> None:
        """An answer is about to be sent, for the first time or again."""
        with self._lock:
            self.asked[place] = given
            self.tries += 1

    def acknowledge(self, place: Place, receipt: int | None) -> None:
        """The server said that it has the answer, under the number of this receipt."""
        with self._lock:
            self.acknowledged[place] = receipt

    def refuse(self, status: int) -> None:
        """The server answered, but not with a receipt."""
        with self._lock:
            self.refused[status] += 1


@dataclass(frozen=True)
class Verdict:
    """How the database differs from the journal; all zero is what is wanted."""

    lost: int
    """Acknowledged, but not there."""
    doubled: int
    """There more than once."""
    unasked: int
    """There, though nobody sent it."""
    altered: int
    """There with another choice than was sent, or under another receipt than was acknowledged."""

    @property
    def clean(self) -> bool:
        """Whether nothing differs."""
        return not (self.lost or self.doubled or self.unasked or self.altered)


def compare(journal: Journal, rows: Iterable[Row]) -> Verdict:
    """Every acknowledged answer exactly once, every other one at most once."""
    kept = list(rows)
    times = Counter(row.place for row in kept)
    return Verdict(
        lost=sum(place not in times for place in journal.acknowledged),
        doubled=sum(number > 1 for number in times.values()),
        unasked=sum(place not in journal.asked for place in times),
        altered=sum(_altered(journal, row) for row in kept if times[row.place] == 1),
    )


def _altered(journal: Journal, row: Row) -> bool:
    receipt = journal.acknowledged.get(row.place)
    sent = journal.asked.get(row.place, row.given)
    return row.given != sent or (receipt is not None and receipt != row.receipt)
