"""Tables for those who are not responsible for the people: what of an edition's numbers is published once a week.

The rule, and why it holds
--------------------------
Suppressing small cells is not enough where tables come back every week: two tables that are safe by themselves tell
together who came, left or finished between them (Hundepool, Domingo-Ferrer, Franconi, Giessing, Schulte Nordholt,
Spicer and de Wolf, *Statistical Disclosure Control*, Wiley 2012, on linked tables and on rounding). So nothing exact is
published at all:

1. The people of an edition are parted into groups **once**, before the first table, and stay so for its whole term. No
   group is a part of another one and every total is the sum of what is published, never of what is true: no number
   can be taken from another, so nothing needs a complement.
2. A number is rounded **down** to whole steps: 5, or more where many people of one state are in a group. A step is
   larger by two than the number of people of one state, who know about each other and can take themselves out of it.
3. Everybody who was ever invited stays in the numbers: who leaves, and who is replaced, takes nothing away. A number
   never falls, so that a table of next week cannot tell that somebody who left had finished.
4. A number never comes so near to the people who are still there that it would take all of them: it stays below them
   by one state's people and one more. So it is never told that everybody has finished, nor that those who left had.
5. Somebody invited later of whose state the group holds as many as its step allows is in no number.

With these, for whoever knows the invitation list, these rules and everything about their own state, what is published
is always explained both with any one other person having reached a stage and without. The test of this file takes all
tables of a term and tries to find out more by integer programming.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field

from lms.kernel.values import dataclass
from lms.people.rules.groups import SMALLEST
from lms.seminars.rules import Stage

from .matrix import Place

OTHER = "*"
"""In the place of a state or a sector: all that have no group of their own."""

KNOWN = 8
"""Of how many people somebody is taken to know everything in a group that is of one state alone."""
ROOMY = 4
"""How many steps a group has at least that could be joined to another: less would be rounded away too much."""
LARGEST_SHARE = 50
"""No more groups than this, so that rounding takes little from the total of a large edition."""
SETTLED = dt.timedelta(days=7)
"""Groups are made when nobody new was invited for so long, at the latest when the pre-reading is due."""
AFTER_THE_END = dt.timedelta(days=84)
"""For so long after an edition its tables go on."""


@dataclass(frozen=True)
class Stratum:
    """Whom a number counts: people of a state and a sector, either of which may be "all that are not named" (OTHER)."""

    row: str
    column: str
    step: int

    @property
    def of_one_state(self) -> bool:
        """Whether all its people are of one state."""
        return self.row != OTHER

    @property
    def most_of_a_state(self) -> int:
        """How many people of one state it may hold."""
        return self.step - 2


@dataclass(frozen=True)
class Tally:
    """What is true of the people of one state and sector: how many ever reached a stage, how many are still there."""

    reached: Mapping[Stage, int] = field(default_factory=dict)
    present: int = 0

    @property
    def people(self) -> int:
        """Everybody who was ever invited."""
        return self.reached.get(Stage.INVITED, 0)


Tallies = Mapping[Place, Tally]


@dataclass(frozen=True)
class Published:
    """A group with its numbers, each of them rounded down: 0 says "fewer than a step"."""

    group: Stratum
    numbers: Mapping[Stage, int]


def monday(at: dt.datetime) -> dt.datetime:
    """The Monday, 00:00 UTC, from which the tables stand that are shown at an instant."""
    day = at.astimezone(dt.UTC).date()
    return dt.datetime.combine(day - dt.timedelta(days=day.weekday()), dt.time(), dt.UTC)


def begins(last_invited: dt.datetime | None, deadline: dt.datetime, as_of: dt.datetime) -> bool:
    """Whether the groups of an edition can be made: its people are there, or it is late."""
    return last_invited is not None and (last_invited <= as_of - SETTLED or deadline <= as_of)


# The groups ---------------------------------------------------------------------------------------------------------


def step_for(known: int) -> int:
    """The smallest step, in fives, that hides one person from somebody who knows everything about `known` others."""
    return SMALLEST * math.ceil((known + 2) / SMALLEST)


def parted(people: Mapping[Place, int], unnamed: Collection[str] = ()) -> tuple[Stratum, ...]:
    """The groups of an edition: states and sectors by themselves where they are large, the others together.

    States in `unnamed` never stand by themselves. People who cannot be put into a group that hides them are in none.
    """
    left = {place: number for place, number in people.items() if number}
    least = math.ceil(sum(left.values()) / LARGEST_SHARE)
    alone = step_for(KNOWN)
    found: list[Stratum] = []
    for column_of in (lambda place: place[1], lambda _place: OTHER):
        sizes: Counter[Place] = Counter()
        for place, number in left.items():
            sizes[place[0], column_of(place)] += number
        for (state, column), size in sorted(sizes.items()):
            if state not in unnamed and size >= max(ROOMY * alone, least):
                found.append(Stratum(state, column, alone))
        left = {place: number for place, number in left.items() if group_of(found, place) is None}
    return (*found, *_mixed(left, least, unnamed))


def _mixed(left: Mapping[Place, int], least: int, unnamed: Collection[str]) -> list[Stratum]:
    """Groups of several states: sectors, and everybody else. The smallest sectors go to the rest until it is large
    enough."""
    sectors = {sector: {place: n for place, n in left.items() if place[1] == sector} for _state, sector in left}
    roomy = [sector for sector, here in sectors.items() if sum(here.values()) >= max(ROOMY * _step(here), least)]
    kept = sorted(roomy, key=lambda sector: (-sum(sectors[sector].values()), sector))
    while True:
        rest = {place: number for place, number in left.items() if place[1] not in kept}
        if not rest or _hides(rest) or not kept:
            break
        kept.pop()
    groups = [Stratum(OTHER, sector, _step(sectors[sector])) for sector in sorted(kept)]
    if rest and _hides(rest):
        return [*groups, Stratum(OTHER, OTHER, _step(rest))]
    only = {state for state, _sector in rest}
    if len(only) == 1 and not only & set(unnamed) and sum(rest.values()) > step_for(KNOWN) + KNOWN:
        return [*groups, Stratum(only.pop(), OTHER, step_for(KNOWN))]
    return groups


def _step(people: Mapping[Place, int]) -> int:
    return step_for(max(_by_state(people).values()))


def _by_state(people: Mapping[Place, int]) -> Counter[str]:
    found: Counter[str] = Counter()
    for (state, _sector), number in people.items():
        found[state] += number
    return found


def _hides(people: Mapping[Place, int]) -> bool:
    """Whether a group of these people hides each of them and can still say something."""
    return sum(people.values()) - max(_by_state(people).values()) > _step(people)


def group_of(groups: Iterable[Stratum], place: Place) -> Stratum | None:
    """The group that counts the people of a state and sector, or None: they are in no number."""
    by_place = {(group.row, group.column): group for group in groups}
    state, sector = place
    keys = ((state, sector), (state, OTHER), (OTHER, sector), (OTHER, OTHER))
    return next((by_place[key] for key in keys if key in by_place), None)


def surplus(groups: Sequence[Stratum], people: Mapping[Place, int]) -> dict[tuple[Stratum, str], int]:
    """How many people of a state are in a group beyond what it hides: the last invited, who are to be in no number."""
    found: Counter[tuple[Stratum, str]] = Counter()
    for place, number in people.items():
        group = group_of(groups, place)
        if group is not None and not group.of_one_state:
            found[group, place[0]] += number
    return {key: number - key[0].most_of_a_state for key, number in found.items() if number > key[0].most_of_a_state}


# The numbers --------------------------------------------------------------------------------------------------------


def ceiling(group: Stratum, present: int, known: int) -> int:
    """The highest number that may newly be told of a group with `present` people, `known` of them of one state."""
    return max(0, _down(present - known - 1, group.step))


def published(groups: Sequence[Stratum], tallies: Tallies, before: Iterable[Published] = ()) -> list[Published]:
    """The numbers of this week; `before` are those of the last table, below which none of them falls."""
    last = {one.group: one.numbers for one in before}
    members: dict[Stratum, dict[Place, Tally]] = {group: {} for group in groups}
    for place, tally in tallies.items():
        group = group_of(groups, place)
        if group is not None:
            members[group][place] = tally
    return [Published(group, _numbers(group, members[group], last.get(group, {}))) for group in groups]


def _numbers(group: Stratum, members: Tallies, before: Mapping[Stage, int]) -> dict[Stage, int]:
    by_state = _by_state({place: tally.people for place, tally in members.items()})
    known = KNOWN if group.of_one_state else max(by_state.values(), default=0)
    highest = ceiling(group, sum(tally.present for tally in members.values()), known)
    numbers = {}
    for stage in Stage:
        true = _down(sum(tally.reached.get(stage, 0) for tally in members.values()), group.step)
        numbers[stage] = max(before.get(stage, 0), true if stage is Stage.INVITED else min(true, highest))
    return numbers


def _down(number: int, step: int) -> int:
    return number - number % step


# What is shown ------------------------------------------------------------------------------------------------------


def without_names_of(table: Iterable[Published], unnamed: Collection[str]) -> list[Published]:
    """The same numbers with the rows of these states added to the other states: sums of what is published."""
    sums: dict[Place, Counter[Stage]] = {}
    steps: dict[Place, int] = {}
    for one in table:
        place = (OTHER if one.group.row in unnamed else one.group.row, one.group.column)
        sums.setdefault(place, Counter()).update(one.numbers)
        steps[place] = max(steps.get(place, 0), one.group.step)
    return [
        Published(Stratum(*place, steps[place]), {stage: numbers[stage] for stage in Stage})
        for place, numbers in sums.items()
    ]


def total(table: Iterable[Published], stage: Stage, *, row: str | None = None, column: str | None = None) -> int:
    """What the published numbers of a stage come to, in all or in a row or column."""
    return sum(
        one.numbers[stage] for one in table if row in (None, one.group.row) and column in (None, one.group.column)
    )
