"""What another version of a course changes for the people who read it: its parts, its order, what it asks."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import Any

from lms.kernel.values import dataclass

from .outline import Outline, OutlineModule, OutlineUnit


class What(enum.StrEnum):
    """What is another; of units and modules the title stands beside it."""

    RULE_MODULES = "rule-modules"
    RULE_ATTENDANCE = "rule-attendance"
    RULE_NAME = "rule-name"
    MODULE_NEW = "module-new"
    MODULE_GONE = "module-gone"
    MODULE_ORDER = "module-order"
    MODULE_AFTER = "module-after"
    UNIT_ORDER = "unit-order"
    UNIT_NEW = "unit-new"
    UNIT_GONE = "unit-gone"
    UNIT_ANEW = "unit-anew"
    UNIT_MOVED = "unit-moved"
    UNIT_PASS_MARK = "unit-pass-mark"
    UNIT_WORDS = "unit-words"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is another; `titled` is the unit or module, `before` and `after` the values that changed."""

    what: What
    titled: OutlineUnit | OutlineModule | None = None
    before: Any = None
    after: Any = None


def differences(old: Outline, new: Outline) -> tuple[Difference, ...]:
    """Everything that is another in `new`: what completion asks, then modules, then units in the course's order."""
    return (*_rule(old, new), *_modules(old, new), *_units(old, new))


def _rule(old: Outline, new: Outline) -> Iterator[Difference]:
    asked = [frozenset(outline.rule.modules) for outline in (old, new)]
    common = {module.key for module in old.modules} & {module.key for module in new.modules}
    # A new module that counts is said of the module; here it is those that both versions have.
    if asked[0] & common != asked[1] & common:
        yield Difference(What.RULE_MODULES, None, *(_titles(o, a) for o, a in zip((old, new), asked, strict=True)))
    if old.rule.attendance_at_least != new.rule.attendance_at_least:
        yield Difference(What.RULE_ATTENDANCE, None, old.rule.attendance_at_least, new.rule.attendance_at_least)
    if old.rule.name_confirmed != new.rule.name_confirmed:
        yield Difference(What.RULE_NAME, None, old.rule.name_confirmed, new.rule.name_confirmed)


def _titles(outline: Outline, keys: frozenset[str]) -> tuple[Mapping[str, str], ...]:
    return tuple(module.title for module in outline.modules if module.key in keys)


def _modules(old: Outline, new: Outline) -> Iterator[Difference]:
    before, after = ({module.key: module for module in outline.modules} for outline in (old, new))
    asked = new.rule.modules
    yield from (Difference(What.MODULE_NEW, m, None, k in asked) for k, m in after.items() if k not in before)
    yield from (Difference(What.MODULE_GONE, m) for k, m in before.items() if k not in after)
    common = [key for key in after if key in before]
    if common != [key for key in before if key in after]:
        yield Difference(What.MODULE_ORDER)
    for key in common:
        if set(before[key].after) != set(after[key].after):
            waits = _titles(new, frozenset(after[key].after))
            yield Difference(What.MODULE_AFTER, after[key], None, waits)
        units = [[unit.id for unit in side[key].units] for side in (before, after)]
        kept = [[number for number in units[one] if number in units[1 - one]] for one in (0, 1)]
        if kept[0] != kept[1]:
            yield Difference(What.UNIT_ORDER, after[key])


def _units(old: Outline, new: Outline) -> Iterator[Difference]:
    before, after = ({unit.id: (m, unit) for m, unit in outline.units()} for outline in (old, new))
    for number, (module, unit) in after.items():
        if number in before:
            yield from _unit(*before[number], module, unit)
        else:
            yield Difference(What.UNIT_NEW, unit)
    yield from (Difference(What.UNIT_GONE, unit) for number, (_m, unit) in before.items() if number not in after)


def _unit(was_in: OutlineModule, was: OutlineUnit, module: OutlineModule, unit: OutlineUnit) -> Iterator[Difference]:
    if was_in.key != module.key:
        yield Difference(What.UNIT_MOVED, unit, was_in.title, module.title)
    if was.substance != unit.substance or was.kind != unit.kind:
        yield Difference(What.UNIT_ANEW, unit)
    elif (was.revision_id, dict(was.translations)) != (unit.revision_id, dict(unit.translations)):
        yield Difference(What.UNIT_WORDS, unit)
    if was.pass_mark != unit.pass_mark and (was.questions or unit.questions):
        yield Difference(What.UNIT_PASS_MARK, unit, was.pass_mark, unit.pass_mark)
