"""Where an edition stands, from numbers that tell of no small group."""

from __future__ import annotations

from collections.abc import Iterable

from lms.people.rules.groups import SMALLEST, in_fives


def half_of(people: int) -> int:
    """Half of a number in fives, itself in fives, rounded up, and five at least."""
    return max(SMALLEST, in_fives((people + 1) // 2 + SMALLEST - 1))


def come_to(units: Iterable[tuple[str, int]], people: int) -> str | None:
    """The last unit of those from the first on that half of the people have finished, each of them; None where that
    is not so of the first. `units` are keys with how many have finished them, in order; all numbers are in fives."""
    reached = None
    for key, finished in units:
        if finished < half_of(people):
            break
        reached = key
    return reached
