"""A text that is saved while one types has many states; what somebody wrote in one go is one line of its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from lms.catalogue.rules.passages import Changed, Passage, changes
from lms.kernel.values import dataclass

PAUSE = dt.timedelta(minutes=10)


class State(Protocol):
    """A saved state."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def person_id(self) -> int | None:
        """Whose it is."""

    @property
    def at(self) -> dt.datetime:
        """When it was saved."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """What one person saved without a pause: the numbers of its last state and of the one before its first (0 for the
    text that the draft lies over), and how many states it has."""

    last: int
    before: int
    person_id: int | None
    at: dt.datetime
    states: int


def sittings(states: Iterable[State], *, each: bool = False) -> Iterator[Sitting]:
    """The states of a file (the newest first) in sittings; `each` by itself where somebody looks for one. States are
    taken as far as sittings are asked for."""
    group: list[State] = []
    for state in states:
        together = group and group[-1].person_id == state.person_id and group[-1].at - state.at <= PAUSE
        if group and (each or not together):
            yield _sitting(group, state.id)
            group = []
        group.append(state)
    if group:
        yield _sitting(group, 0)


def _sitting(group: Sequence[State], before: int) -> Sitting:
    return Sitting(group[0].id, before, group[0].person_id, group[0].at, len(group))


def words_changed(before: Sequence[Passage], after: Sequence[Passage]) -> int:
    """How many words one text has that the other has not."""
    return count_words(changes(before, after))


def count_words(changed: Iterable[Changed]) -> int:
    """The words that came or went."""
    return sum(len(piece.text.split()) for one in changed for piece in one.pieces if piece.kind != "same")
