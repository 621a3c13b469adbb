"""Every number of an edition, and the list behind it: one condition makes both."""

from __future__ import annotations

from .counting import numbers, waiting_numbers
from .lists import Choices, Listed, People, choices, people, people_behind
from .looks import Look, SeenEdition, look

__all__ = [
    "Choices",
    "Listed",
    "Look",
    "People",
    "SeenEdition",
    "choices",
    "look",
    "numbers",
    "people",
    "people_behind",
    "waiting_numbers",
]
