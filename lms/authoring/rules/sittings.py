"""A text that is saved while one types has many states; what somebody wrote in one go is one line of its history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms.catalogue.rules.passages import Changed, Passage, changes

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


def sittings(states: Sequence[State], *, each: bool = False) -> list[Sitting]:
    """The states of a file (the newest first) in sittings; `each` by itself where somebody looks for one."""
    found: list[list[State]] = []
    for state in states:
        latest = found[-1][-1] if found else None
        together = latest and latest.person_id == state.person_id and latest.at - state.at <= PAUSE
        if together and not each:
            found[-1].append(state)
        else:
            found.append([state])
    before = [*(group[0].id for group in found[1:]), 0][: len(found)]
    return [
        Sitting(group[0].id, earlier, group[0].person_id, group[0].at, len(group))
        for group, earlier in zip(found, before, strict=True)
    ]


def words_changed(before: Sequence[Passage], after: Sequence[Passage]) -> int:
    """How many words one text has that the other has not."""
    return count_words(changes(before, after))


def count_words(changed: Iterable[Changed]) -> int:
    """The words that came or went."""
    return sum(len(piece.text.split()) for one in changed for piece in one.pieces if piece.kind != "same")
