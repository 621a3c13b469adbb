"""How much of an edition somebody sees, and which people stand behind which number."""

from __future__ import annotations

import enum
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property, lru_cache

from lms.kernel.values import dataclass
from lms.learning.rules.modules import counted_as
from lms.people.models import Sector
from lms.people.rules import Scope
from lms.seminars.rules import NAMES_AWAITED, EnrolmentState, Stage, coordinates, counted

from .matrix import Headcount, Place

MOST_SORTED_BY_NAME = 3000
"""Names are sealed: more than this are never unsealed to sort a list. One that has several pages stands by state, then
by ministry or institution, unless somebody asks for the order of names."""


FEW = 3000
"""Up to so many people are looked up from what is noted of them, and put in order then; more are met often enough in
the order of the whole edition."""
NOT_SHOWN = "?"
"""Stands for the state of those who are not to be named, wherever people are counted, filtered or put in order by
state: of them not even the state is told before somebody looks behind their code name, which is noted."""


class Sight(enum.StrEnum):
    """How much of an edition somebody sees."""

    EVERYTHING = "everything"
    """Names, stages, attendance, requests: for those who coordinate it."""
    COMPLETION = "completion"
    """Names, and whether the pre-reading is finished and the record issued: for focal points, of their own people."""
    COUNTS = "counts"
    """Numbers of groups of five and more: for evaluators."""


class Awaiting(enum.StrEnum):
    """What an edition waits for, person by person."""

    SIGN_IN = "sign-in"
    ANSWER = "answer"
    NAME = "name"


STAGES_SEEN: Mapping[Sight, tuple[Stage, ...]] = {
    Sight.EVERYTHING: tuple(Stage),
    Sight.COMPLETION: (Stage.INVITED, Stage.PRE_READING, Stage.RECORDED),
    Sight.COUNTS: tuple(Stage),
}
AFTER_CLOSING = frozenset({Stage.ATTENDED, Stage.RECORDED})
"""Stages that nobody can have reached while attendance is open: "not yet" says more than 0."""


def sight_of(scope: Scope, edition: str, *, has_people: bool) -> Sight | None:
    """How much of the edition with this public id a scope shows; None for an edition that is foreign to it.

    `has_people` says whether anyone in the edition is of a state or institution that the scope covers.
    """
    if coordinates(scope, edition):
        return Sight.EVERYTHING
    if has_people and not scope.counts_only:
        return Sight.COMPLETION
    if scope.counts_everything or edition in scope.counts_editions:
        return Sight.COUNTS
    return None


def by_mandate(scope: Scope) -> Scope:
    """The same scope without the person's own place, which is no mandate's to show."""
    return replace(scope, person_id=0)


def of_states_and_institutions(scope: Scope) -> Scope:
    """What a focal point's mandates reach over, and nothing else."""
    return Scope(person_id=0, states=scope.states, institutions=scope.institutions)


@dataclass(frozen=True)
class Numbers:
    """How many people of an edition have reached each stage, and the same by state and sector."""

    by_place: Mapping[tuple[str, Sector, Stage], int]
    others: Mapping[str, int] = field(default_factory=dict)
    """What is counted of the whole edition beside the stages, by its name."""

    def reached(self, stage: Stage) -> int:
        """Everyone who has reached a stage."""
        return self._by_stage[stage]

    def finished(self, module: str, finished: bool = True) -> int:
        """Everyone in the edition who has finished a module, or who has not."""
        number = self.reached(Stage.PRE_READING) + self.others.get(counted_as(module), 0)
        return number if finished else self.reached(Stage.INVITED) - number

    @cached_property
    def _by_stage(self) -> Counter[Stage]:
        found: Counter[Stage] = Counter()
        for (_state, _sector, stage), number in self.by_place.items():
            found[stage] += number
        return found

    @cached_property
    def said(self) -> str:
        """People by state, sector and stage, in a steady order: equal where the numbers are."""
        # Of a list, as each step of a generator is a call: there are hundreds.
        return "\n".join(
            sorted([f"{state} {sector} {stage} {n}" for (state, sector, stage), n in self.by_place.items()])
        )

    def within(self, wanted: Filter) -> Numbers:
        """The same for one state, one sector or one sector of a state."""
        places = {
            (state, sector, stage): number
            for (state, sector, stage), number in self.by_place.items()
            if wanted.state in (None, state) and wanted.sector in (None, sector)
        }
        return Numbers(places)

    def without(self, some: Mapping[tuple[str, Sector, Stage], int]) -> Numbers:
        """The same without some of these people."""
        left = {place: number - some.get(place, 0) for place, number in self.by_place.items()}
        return Numbers({place: number for place, number in left.items() if number})

    def apart(self, unnamed: Mapping[tuple[str, Sector, Stage], int]) -> Numbers:
        """The same, with those who are not to be named counted under no state; `unnamed` counts them by theirs."""
        found = Counter(self.by_place)
        for (state, sector, stage), number in unnamed.items():
            found[state, sector, stage] -= number
            found[NOT_SHOWN, sector, stage] += number
        return Numbers({place: number for place, number in found.items() if number}, self.others)

    @cached_property
    def cells(self) -> Mapping[Place, Headcount]:
        """Finished pre-reading, of all who were invited, by state and sector."""
        return {
            (state, sector): Headcount(number, self.by_place.get((state, sector, Stage.PRE_READING), 0))
            for (state, sector, stage), number in self.by_place.items()
            if stage is Stage.INVITED
        }


FINISHED, OPEN = "finished", "open"


@dataclass(frozen=True)
class Filter:
    """Which people a list shows; None asks for no such condition."""

    stage: Stage | None = None
    awaiting: Awaiting | None = None
    state: str | None = None
    sector: str | None = None
    institution: str | None = None
    progress: str | None = None
    """Who has finished a module, `finished:` and its key, or who has not, `open:` and its key."""
    place: EnrolmentState | None = None
    """How their place stands."""

    @property
    def module(self) -> tuple[str, bool] | None:
        """The module that is asked about, and whether those are wanted who have finished it."""
        kind, _colon, key = (self.progress or "").partition(":")
        return (key, kind == FINISHED) if key and kind in (FINISHED, OPEN) else None

    @property
    def noted(self) -> bool:
        """Whether it asks for something that is noted of each person whom it finds."""
        finished = self.module is not None and self.module[1]
        return finished or self.stage is not None or self.awaiting in (Awaiting.ANSWER, Awaiting.NAME)

    def within(self, sight: Sight) -> Filter:
        """The same, without what this sight does not show; by default only people who are counted."""
        if sight is Sight.EVERYTHING:
            return self
        stage = self.stage if self.stage in STAGES_SEEN[sight] else Stage.INVITED
        return replace(self, stage=stage, place=None, awaiting=None, progress=None)

    def narrowing(self, sight: Sight) -> Filter:
        """The part of it by which the numbers of an edition's page are narrowed, as far as this sight shows it."""
        progress = self.progress if sight is Sight.EVERYTHING else None
        return replace(self, stage=None, place=None, awaiting=None, progress=progress)

    @property
    def empty(self) -> bool:
        """Whether it asks for nothing."""
        return self == Filter()

    def counted_in(self, numbers: Numbers) -> int | None:
        """How many people it finds in an edition with these numbers, which are of those who have finished its module or
        not where it asks for one; None where the numbers do not say."""
        if self.institution or self.place:
            return None
        if self.awaiting is None:
            wanted = self.stage or (Stage.INVITED if self.module else None)
            return self._at(numbers, wanted) if wanted else None
        if self.stage is None and self.awaiting is Awaiting.SIGN_IN:
            return self._at(numbers, Stage.INVITED) - self._at(numbers, Stage.SIGNED_IN)
        return numbers.others.get(NAMES_AWAITED, 0) if self == Filter(awaiting=Awaiting.NAME) else None

    def _at(self, numbers: Numbers, wanted: Stage) -> int:
        return sum(
            number
            for (state, sector, stage), number in numbers.by_place.items()
            if stage is wanted and self.state in (None, state) and self.sector in (None, sector)
        )


class Status(enum.StrEnum):
    """Where one person stands, in one word."""

    NOMINATED = "nominated"
    BEFORE = "before"
    """Of an edition that was over before this system, with a record that two officers attested."""
    NOT_SIGNED_IN = "not-signed-in"
    SIGNED_IN = "signed-in"
    READING = "reading"
    FINISHED = "finished"
    NOT_FINISHED = "not-finished"
    ATTENDED = "attended"
    RECORDED = "recorded"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    DEFERRED = "deferred"


_FURTHEST = (
    (Stage.RECORDED, Status.RECORDED),
    (Stage.ATTENDED, Status.ATTENDED),
    (Stage.PRE_READING, Status.FINISHED),
    (Stage.READING, Status.READING),
    (Stage.SIGNED_IN, Status.SIGNED_IN),
)


@lru_cache(maxsize=1024)
def status_of(state: EnrolmentState, reached: frozenset[Stage], sight: Sight) -> Status:
    """The furthest stage, as far as this sight shows it."""
    stages = reached & set(STAGES_SEEN[sight])
    if state is EnrolmentState.NOMINATED and Stage.RECORDED in stages:
        return Status.BEFORE
    if not counted(state):
        return Status(state.value)
    nothing = Status.NOT_FINISHED if sight is Sight.COMPLETION else Status.NOT_SIGNED_IN
    return next((status for stage, status in _FURTHEST if stage in stages), nothing)


@lru_cache(maxsize=4096)
def institution_key(name: str) -> tuple[str, str]:
    """`sort_key` for the names of institutions, which are no secret and asked for again and again."""
    return sort_key(name)


def sort_key(name: str) -> tuple[str, str]:
    """What names are sorted by: without case and accents, then as written."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter)), name
