"""Every number of an edition, and the list behind it: one condition makes both."""

from __future__ import annotations

from .choices import Choices, choices
from .counting import behind, how_many, numbers, waiting_numbers
from .exports import Taken, taken
from .lists import Listed, People, people, people_behind
from .looks import Look, SeenEdition, look

__all__ = [
    "Choices",
    "Listed",
    "Look",
    "People",
    "SeenEdition",
    "Taken",
    "behind",
    "choices",
    "how_many",
    "look",
    "numbers",
    "people",
    "people_behind",
    "taken",
    "waiting_numbers",
]
