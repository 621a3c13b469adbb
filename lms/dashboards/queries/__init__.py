"""Every number of an edition, and the list behind it: one condition makes both."""

from __future__ import annotations

from .choices import Choices, choices, choices_among
from .counting import behind, how_many, numbers, of_place, waiting_numbers
from .exports import Taken, taken
from .frozen import Frozen, frozen_tables, latest_tables, parted_by_sector
from .lists import Listed, People, people, people_behind
from .looks import Look, SeenEdition, look
from .modules import module_numbers
from .nominations import StateNominations, nominations
from .overview import Overview
from .turning import Start

__all__ = [
    "Choices",
    "Frozen",
    "Listed",
    "Look",
    "Overview",
    "People",
    "SeenEdition",
    "Start",
    "StateNominations",
    "Taken",
    "behind",
    "choices",
    "choices_among",
    "frozen_tables",
    "how_many",
    "latest_tables",
    "look",
    "module_numbers",
    "nominations",
    "numbers",
    "of_place",
    "parted_by_sector",
    "people",
    "people_behind",
    "taken",
    "waiting_numbers",
]
