"""Terms of editions made by chance, for the attack on published tables: who comes, progresses, leaves, is replaced."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from lms.dashboards.rules import frozen
from lms.dashboards.rules.frozen import OTHER, Published, Stratum, Tally
from lms.dashboards.rules.matrix import Headcount, Place, matrix
from lms.people.rules.groups import in_fives
from lms.seminars.rules import Stage

from .attack import FOR_EVER, UNKNOWN, Person, Told
from .suppression import Suppressed, suppressed
from .suppression import told as told_stages

SECTORS = ("foreign-affairs", "justice", "defence", "interior", "education", "human-rights", "other")


def make_edition(chance: random.Random, number: int, *, size: int, states: Sequence[str], weeks: int) -> list[Person]:
    """People of one edition. Some leave, most of them are replaced in the same week, from the same state and sector."""
    people: list[Person] = []
    zeal, unrest = chance.choice((0.1, 0.3, 0.6, 0.9)), chance.choice((0.1, 0.4, 0.8))
    for index in range(size):
        state = states[index % len(states)] if index < len(states) else chance.choice(states)
        sector = chance.choice(SECTORS)
        came, here = 0, True
        while here:
            leaves = came + 1 + chance.randrange(2 * weeks) if chance.random() < unrest else FOR_EVER
            leaves = leaves if leaves < weeks else FOR_EVER
            people.append(Person(number, state, sector, came, leaves, _way(chance, came, min(leaves, weeks), zeal)))
            here = leaves < weeks - 1 and chance.random() < 0.7
            came = leaves
    for _ in range(chance.randrange(3)):
        came = chance.randrange(1, weeks)
        way = _way(chance, came, weeks, zeal)
        people.append(Person(number, chance.choice(states), chance.choice(SECTORS), came, FOR_EVER, way))
    return sorted(people, key=lambda person: person.came)


def _way(chance: random.Random, came: int, until: int, zeal: float) -> dict[Stage, int]:
    reached = {Stage.INVITED: came}
    stages = list(UNKNOWN)
    for week in range(came, until):
        while stages and chance.random() < zeal:
            reached[stages.pop(0)] = week
    return reached


def tallies_of(people: Iterable[Person], week: int) -> dict[tuple[str, str], Tally]:
    """What is true in a week."""
    reached: dict[tuple[str, str], Counter[Stage]] = defaultdict(Counter)
    present: Counter[tuple[str, str]] = Counter()
    for person in people:
        place = (person.state, person.sector)
        reached[place].update(stage for stage in Stage if person.has(stage, week))
        present[place] += person.came <= week < person.left
    return {place: Tally(stages, present[place]) for place, stages in reached.items() if stages[Stage.INVITED]}


def frozen_tables(people: Sequence[Person], weeks: int) -> tuple[list[Told], list[list[Published]]]:
    """What the product publishes of an edition week by week, and what an attacker makes of it."""
    start = tallies_of(people, 0)
    groups = frozen.parted({place: tally.people for place, tally in start.items()})
    told: list[Told] = []
    tables: list[list[Published]] = []
    for week in range(weeks):
        everybody = tallies_of(people, week)
        over = frozen.surplus(groups, {place: tally.people for place, tally in everybody.items()})
        here = [person for person in people if person.came <= week]
        counted = without_surplus(groups, here, over)
        tables.append(frozen.published(groups, tallies_of(counted, week), tables[-1] if tables else ()))
        for one in tables[-1]:
            told += _told(one, [p for p in counted if _is_in(groups, one.group, p)], week)
    return told, tables


def without_surplus(groups: Sequence[Stratum], people: Sequence[Person], over: dict) -> list[Person]:
    """The people who are in the numbers: of a state that is too many in a group, the last are not."""
    left, out = Counter(over), set()
    for person in reversed(people):
        key = (frozen.group_of(groups, (person.state, person.sector)), person.state)
        if left[key] > 0:
            left[key] -= 1
            out.add(id(person))
    return [person for person in people if id(person) not in out]


def _is_in(groups: Sequence[Stratum], group: Stratum, person: Person) -> bool:
    return frozen.group_of(groups, (person.state, person.sector)) == group


def _told(one: Published, people: Sequence[Person], week: int) -> list[Told]:
    """A number that is as high as it can be has everybody above it; any other, less than a step."""
    by_state = Counter(person.state for person in people)
    known = frozen.KNOWN if one.group.of_one_state else max(by_state.values(), default=0)
    present = sum(week < person.left for person in people)
    highest = frozen.ceiling(one.group, present, known)
    found = []
    for stage in UNKNOWN:
        low = one.numbers[stage]
        high = len(people) if low >= highest else low + one.group.step - 1
        found.append(Told(week, stage, tuple(people), low, high))
    return found


# Ways that do not hold ----------------------------------------------------------------------------------------------


def suppressed_tables(people: Sequence[Person], weeks: int) -> list[Told]:
    """The usual way, each week by itself: exact numbers of those who are there, small cells hidden with others so that
    nothing follows from the totals of one table."""
    told: list[Told] = []
    for week in range(weeks):
        here = [person for person in people if person.came <= week < person.left]
        stages = told_stages({stage: sum(person.has(stage, week) for person in here) for stage in Stage})
        told += [_exactly(here, stage, week) for stage in UNKNOWN if stage in stages]
        if Stage.PRE_READING not in stages:
            continue
        cells: dict[Place, Headcount] = defaultdict(Headcount)
        for person in here:
            place = person.state, person.sector
            cells[place] = cells[place].with_others(Headcount(1, int(person.has(Stage.PRE_READING, week))))
        table = suppressed(matrix(cells, sorted({state for state, _ in cells}), SECTORS))
        for row, column in _shown(table) if table else ():
            group = [
                person
                for person in here
                if row in (None, person.state if person.state in table.rows else OTHER)
                and column in (None, person.sector if person.sector in table.columns else OTHER)
            ]
            told.append(_exactly(group, Stage.PRE_READING, week))
    return told


def _shown(table: Suppressed) -> list[tuple[str | None, str | None]]:
    """The cells and the lines whose numbers stand in a table; None is a whole line."""
    cells = [(row, column) for row in table.rows for column in table.columns if (row, column) not in table.hidden]
    return [*cells, *((row, None) for row in table.rows), *((None, column) for column in table.columns)]


def rounded_tables(people: Sequence[Person], weeks: int) -> list[Told]:
    """What was thought of first: numbers of those who are there, rounded down to fives, of everybody and by sector."""
    told: list[Told] = []
    for week in range(weeks):
        here = [person for person in people if person.came <= week < person.left]
        for sector in (None, *SECTORS):
            group = [person for person in here if sector in (None, person.sector)]
            for stage in UNKNOWN if group else ():
                low = in_fives(sum(person.has(stage, week) for person in group))
                told.append(Told(week, stage, tuple(group), low, min(low + 4, len(group))))
    return told


def _exactly(people: Sequence[Person], stage: Stage, week: int) -> Told:
    number = sum(person.has(stage, week) for person in people)
    return Told(week, stage, tuple(people), number, number)
