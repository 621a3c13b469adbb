"""Which stages of an edition's way may be numbered for whoever holds no mandate over its people."""

from __future__ import annotations

from collections.abc import Mapping

from lms.people.rules.groups import tells_of_no_few
from lms.seminars.rules import Stage


def told(reached: Mapping[Stage, int]) -> frozenset[Stage]:
    """The stages whose numbers may be shown: none of them, and no difference between two of them, is 1 to 4.

    A difference is a group too: those who have come to one stage and not to the next. The largest numbers are kept,
    so that the smallest are hidden until this is true.
    """
    shown: list[Stage] = []
    for stage in sorted(reached, key=lambda one: (-reached[one], list(Stage).index(one))):
        if all(tells_of_no_few(abs(reached[stage] - number)) for number in (0, *(reached[one] for one in shown))):
            shown.append(stage)
    return frozenset(shown)
