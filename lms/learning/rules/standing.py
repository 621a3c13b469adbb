"""Where a person stands on the whole pre-reading, and why: every module, what it waits for, what is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from lms.catalogue.rules.outline import Outline, OutlineModule, OutlineUnit
from lms.kernel.values import dataclass

from .progress import NOTHING_YET, UnitState, UnitSummary

Key = tuple[int, str]
"""What progress is keyed by within an enrolment: unit and substance."""


@dataclass(frozen=True, slots=True)
class UnitStanding:
    """A unit at its place, and what the person has done on it."""

    unit: OutlineUnit
    progress: UnitSummary
    done: bool
    """Finished, or not asked any more."""
    earned: bool
    """The pre-reading was complete before this text changed: nothing more is asked."""
    touched: bool
    """Something was done on it once, taken back or not, under this substance or an earlier one."""

    @property
    def state(self) -> UnitState:
        """The state to show."""
        return UnitState.DONE if self.done else self.progress.state

    @property
    def late(self) -> bool:
        """Whether it was finished after the deadline."""
        return self.progress.done and self.progress.late


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """A module at its place; `waits_for` are the modules to be finished before it opens."""

    module: OutlineModule
    units: tuple[UnitStanding, ...]
    waits_for: tuple[OutlineModule, ...]
    required: bool
    done: int
    """How many of its units are finished."""

    @property
    def open(self) -> bool:
        """Whether its units may be opened."""
        return not self.waits_for

    @property
    def total(self) -> int:
        """How many units it has."""
        return len(self.units)

    @property
    def finished(self) -> bool:
        """Whether every unit is finished."""
        return self.done == self.total

    @property
    def state(self) -> UnitState:
        """The state to show: open, started or done."""
        if self.finished:
            return UnitState.DONE
        begun = any(unit.state is not UnitState.OPEN for unit in self.units)
        return UnitState.STARTED if begun else UnitState.OPEN

    @property
    def minutes_left(self) -> int:
        """The minutes of the units that are not finished."""
        return sum(unit.unit.minutes for unit in self.units if not unit.done)

    @property
    def next_unit(self) -> UnitStanding | None:
        """The first unit that is not finished, if the module is open."""
        return next((unit for unit in self.units if not unit.done), None) if self.open else None


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that complete pre-reading asks: this module, met or not, and which of its units are missing."""

    module: OutlineModule
    met: bool
    missing: tuple[OutlineUnit, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """The whole of it. `done` and `total` count the units of the modules that the completion rule asks for."""

    outline: Outline
    modules: tuple[ModuleStanding, ...]
    last_unit_id: int | None
    started_at: dt.datetime | None
    completed_at: dt.datetime | None
    late: bool

    @property
    def required(self) -> tuple[ModuleStanding, ...]:
        """The modules that the completion rule asks for."""
        return tuple(module for module in self.modules if module.required)

    @property
    def done(self) -> int:
        """How many required units are finished."""
        return sum(module.done for module in self.required)

    @property
    def total(self) -> int:
        """How many units are required."""
        return sum(module.total for module in self.required)

    @property
    def minutes_left(self) -> int:
        """The minutes of the required units that are not finished."""
        return sum(module.minutes_left for module in self.required)

    @property
    def complete(self) -> bool:
        """Whether the pre-reading is complete; once it was, it stays so."""
        return self.completed_at is not None

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every required module: met or not, and what is missing."""
        return tuple(
            Condition(m.module, m.finished, tuple(unit.unit for unit in m.units if not unit.done))
            for m in self.required
        )

    @property
    def next_unit(self) -> UnitStanding | None:
        """Where to continue: the last unit opened if it is not finished, else the first one that is not."""
        waiting = [unit for m in self.modules if m.open for unit in m.units if not unit.done]
        return next((unit for unit in waiting if unit.unit.id == self.last_unit_id), waiting[0] if waiting else None)

    def module(self, key: str) -> ModuleStanding | None:
        """The module of that key."""
        return next((module for module in self.modules if module.module.key == key), None)

    def find(self, key: str) -> tuple[ModuleStanding, UnitStanding] | None:
        """A unit by its key, with its module."""
        return next(((m, unit) for m in self.modules for unit in m.units if unit.unit.key == key), None)


@dataclass(frozen=True, slots=True)
class Course:
    """What is kept of one enrolment besides its units: the row of `EnrolmentProgress`."""

    started_at: dt.datetime | None = None
    completed_at: dt.datetime | None = None
    late: bool = False
    last_unit_id: int | None = None


NOT_BEGUN = Course()


def standing_of(outline: Outline, progress: Mapping[Key, UnitSummary], course: Course = NOT_BEGUN) -> Standing:
    """Where somebody stands: a unit whose substance changed is open again, unless the pre-reading was complete."""
    earned, touched = course.completed_at is not None, {unit_id for unit_id, _substance in progress}
    units = {
        module.key: tuple(
            UnitStanding(
                unit,
                kept := progress.get((unit.id, unit.substance), NOTHING_YET),
                done=earned or kept.done,
                earned=earned,
                touched=unit.id in touched,
            )
            for unit in module.units
        )
        for module in outline.modules
    }
    done = {key: sum(unit.done for unit in standings) for key, standings in units.items()}
    finished = {key for key, number in done.items() if number == len(units[key])}
    modules = tuple(
        ModuleStanding(
            module, units[module.key], _waits_for(outline, module, finished), _asked(outline, module), done[module.key]
        )
        for module in outline.modules
    )
    return Standing(outline, modules, course.last_unit_id, course.started_at, course.completed_at, course.late)


def _asked(outline: Outline, module: OutlineModule) -> bool:
    return module.key in outline.rule.modules


def _waits_for(outline: Outline, module: OutlineModule, finished: set[str]) -> tuple[OutlineModule, ...]:
    return tuple(other for other in outline.modules if other.key in module.after and other.key not in finished)


def pre_reading_complete(outline: Outline, progress: Mapping[Key, UnitSummary]) -> bool:
    """Whether every unit of every module that the completion rule asks for is finished."""
    return all(
        progress.get((unit.id, unit.substance), NOTHING_YET).done
        for module in outline.modules
        if _asked(outline, module)
        for unit in module.units
    )
