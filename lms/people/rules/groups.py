"""Small groups: what may be counted of people for whoever holds no mandate over them."""

from __future__ import annotations

SMALLEST = 5
"""Groups of fewer people are not shown to whoever holds no mandate over them."""


def tells_of_no_few(number: int) -> bool:
    """Whether a number of people, or the difference of two, may be told: it is nobody, or no small group."""
    return number == 0 or number >= SMALLEST


def in_fives(number: int) -> int:
    """The same, rounded down to whole fives.

    Where every number of a page is such a one, so is every difference of two of them, at one moment or at several.
    """
    return number - number % SMALLEST
