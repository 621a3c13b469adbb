"""Whether a place in an edition is completed: the rule of the course file, judged over what is known of one person."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from lms.catalogue.rules.outline import CompletionRule
from lms.kernel.values import dataclass
from lms.seminars.rules import Attendance


class Key(enum.StrEnum):
    """What a condition is about."""

    MODULES = "modules"
    ATTENDANCE = "attendance"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class ModuleFact:
    """A module of the version that counts for this person, and whether they have passed it; titles by language."""

    key: str
    title: Mapping[str, str]
    passed: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rule may ask about one person; half-days as on the sheet, which is final once it is closed."""

    modules: tuple[ModuleFact, ...]
    pre_reading_completed_at: dt.datetime | None = None
    attendance_closed: bool = False
    held: int = 0
    present: int = 0
    excused: int = 0
    name_confirmed: bool = False
    made_up: int = 0
    """How many of the excused half-days count, because work for them was confirmed."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition with the figures that explain it; words are made from them elsewhere."""

    key: Key
    met: bool
    figures: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the rule is met, and why."""

    met: bool
    conditions: tuple[Condition, ...]

    @property
    def missing(self) -> tuple[Condition, ...]:
        """The conditions that are not met yet."""
        return tuple(condition for condition in self.conditions if not condition.met)

    def without(self, key: Key) -> Verdict:
        """The same, leaving one condition out of account."""
        left = tuple(condition for condition in self.conditions if condition.key is not key)
        return Verdict(all(condition.met for condition in left), left)


def judge(rule: CompletionRule, facts: Facts) -> Verdict:
    """Whether these facts meet the rule, condition by condition."""
    conditions = [_modules(rule, facts)]
    if rule.attendance_at_least is not None:
        conditions.append(_attendance(rule.attendance_at_least, facts))
    if rule.name_confirmed:
        conditions.append(Condition(Key.NAME, facts.name_confirmed))
    return Verdict(all(condition.met for condition in conditions), tuple(conditions))


def half_days_needed(held: int, percent: int) -> int:
    """The smallest number of half-days that is at least `percent` of those held."""
    return -(-held * percent // 100)


def _modules(rule: CompletionRule, facts: Facts) -> Condition:
    passed_keys = {module.key for module in facts.modules if module.passed}
    # What was complete stays complete, whatever the edition reads afterwards.
    earned = facts.pre_reading_completed_at is not None
    open_keys = () if earned else tuple(key for key in rule.modules if key not in passed_keys)
    titles = {module.key: module.title for module in facts.modules}
    figures = {
        "passed": len(rule.modules) - len(open_keys),
        "needed": len(rule.modules),
        "missing": tuple(titles.get(key, {"en": key}) for key in open_keys),
    }
    return Condition(Key.MODULES, earned or (bool(rule.modules) and not open_keys), figures)


def _attendance(percent: int, facts: Facts) -> Condition:
    sheet = Attendance(facts.held, facts.present, facts.excused, facts.made_up)
    enough = sheet.meets(percent)
    figures = {
        "closed": facts.attendance_closed,
        "enough": enough,
        "held": facts.held,
        "present": facts.present,
        "excused": facts.excused,
        "made_up": facts.made_up,
        "counted": sheet.counted,
        "needed": half_days_needed(facts.held, percent),
    }
    return Condition(Key.ATTENDANCE, facts.attendance_closed and enough, figures)
