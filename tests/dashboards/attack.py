"""An attack on published tables by integer programming: what somebody could work out from all of them together.

Attackers know the way the tables are made, who was invited when, of which state and sector, when somebody left, and
everything about the people of their own state. They do not know how far the others have come. Everything published is a
bound on a sum of unknown whole numbers; what is the same in all solutions is given away.

People who came and left together and whom every table counts together cannot be told apart by any of them: the unknowns
are how many people of such a class have come to each stage by each week. A class that has come so far in all can have
done so in any order of its people, so that of some of them as many may have come as the class and their own number
allow, and as few as the others of the class leave over.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import highspy
import numpy as np
import numpy.typing as npt

from lms.people.rules.groups import SMALLEST
from lms.seminars.rules import Stage

UNKNOWN = tuple(stage for stage in Stage if stage is not Stage.INVITED)
"""What the invitation list does not tell."""
FOR_EVER = 10**6
Solution = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Person:
    """Somebody, and the week in which they reached each stage; `left` is the first week without them."""

    edition: int
    state: str
    sector: str
    came: int
    left: int
    reached: Mapping[Stage, int]

    def has(self, stage: Stage, week: int) -> bool:
        """Whether they had reached a stage by a week."""
        return self.reached.get(stage, FOR_EVER) <= week


@dataclass(frozen=True)
class Told:
    """What a table says: of these people, between `low` and `high` had reached the stage in a week."""

    week: int
    stage: Stage
    people: tuple[Person, ...]
    low: int
    high: int


@dataclass(frozen=True)
class Term:
    """So many of a class who had reached a stage by a week, added or taken away."""

    sign: int
    crowd: int
    some: int
    stage: Stage
    week: int


@dataclass(frozen=True)
class Question:
    """A sum that the attacker wants to know."""

    about: str
    terms: tuple[Term, ...]


class Attack:
    """All tables of a term, for somebody who knows everything about some people."""

    def __init__(self, people: Sequence[Person], told: Iterable[Told], weeks: int, known: Iterable[Person]) -> None:
        self.told = list(told)
        self.weeks = weeks
        self.known = set(known)
        self.others = [person for person in people if person not in self.known]
        self.class_of: dict[Person, int] = {}
        self.classes: list[list[Person]] = []
        self._classify()
        self.columns: dict[tuple[int, Stage, int], int] = {}
        self._high: list[float] = []
        self._rows: list[tuple[dict[int, float], float, float]] = []
        for number, crowd in enumerate(self.classes):
            self._unknowns(number, crowd[0], len(crowd))
        for one in self.told:
            self._tell(one)

    def _classify(self) -> None:
        tables: dict[Person, list[int]] = defaultdict(list)
        for number, one in enumerate(self.told):
            for person in one.people:
                tables[person].append(number)
        alike: dict[tuple[object, ...], list[Person]] = defaultdict(list)
        for person in self.others:
            alike[person.edition, person.came, person.left, tuple(tables[person])].append(person)
        self.classes = list(alike.values())
        self.class_of = {person: number for number, crowd in enumerate(self.classes) for person in crowd}

    def _unknowns(self, number: int, one: Person, size: int) -> None:
        """Nobody forgets what they reached, nor comes to a stage without the one before."""
        for week in range(one.came, min(self.weeks, one.left)):
            for place, stage in enumerate(UNKNOWN):
                self.columns[number, stage, week] = column = len(self._high)
                self._high.append(size)
                if week > one.came:
                    self._rows.append(({column: 1.0, self.columns[number, stage, week - 1]: -1.0}, 0, size))
                if place:
                    self._rows.append(({self.columns[number, UNKNOWN[place - 1], week]: 1.0, column: -1.0}, 0, size))

    def column(self, crowd: int, stage: Stage, week: int) -> int:
        """The unknown of a class at a stage in a week; what they had reached when they left stays so."""
        return self.columns[crowd, stage, min(week, self.classes[crowd][0].left - 1)]

    def _tell(self, one: Told) -> None:
        known = sum(person.has(one.stage, one.week) for person in one.people if person in self.known)
        here = Counter(self.class_of[person] for person in one.people if person not in self.known)
        if here:
            row = {self.column(number, one.stage, one.week): 1.0 for number in here}
            self._rows.append((row, one.low - known, one.high - known))

    # Solving --------------------------------------------------------------------------------------------------------

    def solver(self, asked: Question | None = None) -> highspy.Highs:
        """The whole term as one integer programme; the unknowns of the question come last, one for each term."""
        high, rows = list(self._high), list(self._rows)
        for term in asked.terms if asked else ():
            column = len(high)
            high.append(term.some)
            size = len(self.classes[term.crowd])
            of_all = self.column(term.crowd, term.stage, term.week)
            rows.append(({of_all: 1.0, column: -1.0}, 0, size - term.some))
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(high), len(rows)
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.zeros(len(high)), np.zeros(len(high)), np.array(high, float)
        lp.row_lower_, lp.row_upper_ = (np.array([row[bound] for row in rows], float) for bound in (1, 2))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(row[0]) for row in rows)])
        lp.a_matrix_.index_ = np.concatenate([list(row[0]) for row in rows]).astype(np.int32)
        lp.a_matrix_.value_ = np.concatenate([list(row[0].values()) for row in rows])
        lp.integrality_ = [highspy.HighsVarType.kInteger] * len(high)
        solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1)):
            solver.setOptionValue(option, value)
        solver.passModel(lp)
        return solver

    # What is asked --------------------------------------------------------------------------------------------------

    def questions(self) -> list[Question]:
        """Of all groups of 1 to 4 people (of a state, of a sector, of both, who came or left together): how many have
        come to a stage. And everything of 1 to 4 people that lies between two numbers of a table or of two tables."""
        found = []
        for people in self._small_groups():
            for week in range(min(person.came for person in people), self.weeks):
                here = Counter(self.class_of[person] for person in people if person.came <= week)
                for stage in UNKNOWN:
                    terms = tuple(Term(1, number, some, stage, week) for number, some in here.items())
                    found.append(Question(f"{stage} of {len(people)} people in week {week}", terms))
        return [*found, *self._between()]

    def _small_groups(self) -> list[tuple[Person, ...]]:
        parts: dict[tuple[object, ...], list[Person]] = defaultdict(list)
        for person in self.others:
            for names in (("state",), ("sector",), ("state", "sector"), ("came",), ("left",)):
                parts[person.edition, *((name, getattr(person, name)) for name in names)].append(person)
        return list(dict.fromkeys(tuple(part) for part in parts.values() if len(part) < SMALLEST))

    def _between(self) -> list[Question]:
        tables = {(one.people, one.stage, one.week) for one in self.told}
        found = []
        for people, stage, week in tables:
            others = [person for person in people if person in self.class_of]
            after = {(stage, week): (stage, week + 1)}
            if stage is not UNKNOWN[-1]:
                after[UNKNOWN[UNKNOWN.index(stage) + 1], week] = (stage, week)
            for less, more in after.items():
                true = sum(person.has(*more) - person.has(*less) for person in others)
                if 0 < true < SMALLEST and more[1] < self.weeks:
                    sizes = Counter(self.class_of[person] for person in others)
                    terms = [Term(1, number, some, *more) for number, some in sizes.items()]
                    terms += [Term(-1, number, some, *less) for number, some in sizes.items()]
                    found.append(Question(f"{true} people with {more} without {less}", tuple(terms)))
        return found

    def given_away(self, tries: int = 4, seed: int = 1, enough: int = 5) -> list[Question]:
        """The questions to which all solutions give one answer, up to `enough` of them.

        A handful of solutions in different directions answers nearly every question in two ways; of what is left, each
        is asked for its least and its greatest.
        """
        questions = self.questions()
        chance, solver = random.Random(seed), self.solver()
        least: dict[int, float] = defaultdict(lambda: FOR_EVER)
        most: dict[int, float] = defaultdict(lambda: -FOR_EVER)
        open_ones = set(range(len(questions)))
        for number in range(tries + 2):
            costs = np.array([(1 if number else -1) if number < 2 else chance.uniform(-1, 1) for _ in self._high])
            solution = _best(solver, costs)
            for asked in open_ones:
                low, high = self._answers(questions[asked], solution)
                least[asked], most[asked] = min(least[asked], low), max(most[asked], high)
            open_ones = {asked for asked in open_ones if least[asked] == most[asked]}
        left = (questions[asked] for asked in sorted(open_ones))
        return list(islice((asked for asked in left if self.is_fixed(asked)), enough))

    def _answers(self, asked: Question, solution: Solution) -> tuple[float, float]:
        """The least and the greatest answer that this solution allows by itself."""
        low = high = 0.0
        for term in asked.terms:
            there = solution[self.column(term.crowd, term.stage, term.week)]
            some, size = term.some, len(self.classes[term.crowd])
            ends = (term.sign * max(0.0, there - (size - some)), term.sign * min(some, there))
            low, high = low + min(ends), high + max(ends)
        return low, high

    def is_fixed(self, asked: Question) -> bool:
        """Whether the least and the greatest answer of all solutions are one."""
        solver, first = self.solver(asked), len(self._high)
        costs = np.array([0.0] * first + [term.sign for term in asked.terms])
        least, most = (float(costs @ _best(solver, sign * costs)) for sign in (1, -1))
        return round(least) == round(most)


def _best(solver: highspy.Highs, costs: Solution) -> Solution:
    solver.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs.astype(float))
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, "the truth itself is a solution"
    return np.rint(np.array(solver.getSolution().col_value))
