"""What of a course counts for the people on it, and what a new version changes of that."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Question

Substance = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions, in words; substantive when it touches what counts."""

    what: str
    substantive: bool

    def __str__(self) -> str:
        return f"{'substantive' if self.substantive else 'editorial'}: {self.what}"


@dataclass(frozen=True, slots=True)
class Unannounced:
    """What a question asks has changed, but its author did not say so."""

    unit: str
    question: str | None
    what: str
    cure: str


def unit_substance(unit: Mapping[str, Any], questions: Sequence[Question]) -> dict[str, Any]:
    """What counts of one unit: `unit` holds its key, kind, substance and pass mark."""
    asked = {q.id: {"substance": q.substance, "answer": _answer(q)} for q in questions if q.scored}
    return {**unit, "questions": asked}


def _answer(question: Question) -> str:
    """A digest of what is asked for: the options and which of them are right, in words of no language."""
    parts = [
        question.kind,
        [option.id for option in question.options] if question.kind == "ordering" else None,
        sorted((option.id, option.correct) for option in question.options),
        sorted(question.pairs.items()),
    ]
    return digest(parts)[:16]


def digest(value: Any) -> str:
    """SHA-256 of a JSON value in one form."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def unannounced(old: Substance, new: Substance) -> Iterator[Unannounced]:
    """Units and questions that ask for something else than in the published version although nothing says so."""
    before = _units(old)
    for key, unit in _units(new).items():
        earlier = before.get(key)
        if earlier is None:
            continue
        if earlier["kind"] != unit["kind"]:
            if earlier["substance"] == unit["substance"]:
                yield Unannounced(key, None, "this unit was of another kind", "give the unit a new `substance`")
            continue
        for name, question in unit["questions"].items():
            was = earlier["questions"].get(name)
            if was and was["substance"] == question["substance"] and was["answer"] != question["answer"]:
                yield Unannounced(
                    key, name, f"the right answer to “{name}” has changed", "give the question a new `substance`"
                )
        if earlier["substance"] == unit["substance"] and earlier["questions"] != unit["questions"]:
            yield Unannounced(key, None, "what this quiz asks has changed", "give the unit a new `substance`")


def changes(old: Substance, new: Substance) -> tuple[Change, ...]:
    """Every substantive difference, in the order a coordinator would ask for them."""
    found: list[str] = []
    if old["rule"] != new["rule"]:
        found.append("the completion rule is another")
    found += _module_changes(old["modules"], new["modules"])
    found += _unit_changes(_units(old), _units(new))
    return tuple(Change(what, True) for what in found)


def _module_changes(old: Sequence[Substance], new: Sequence[Substance]) -> Iterator[str]:
    before, after = ({module["key"]: module for module in side} for side in (old, new))
    yield from (f"module {key} is new" for key in after if key not in before)
    yield from (f"module {key} is gone" for key in before if key not in after)
    common = [key for key in after if key in before]
    if common != [key for key in before if key in after]:
        yield "the modules stand in another order"
    for key in common:
        if before[key]["after"] != after[key]["after"]:
            yield f"module {key} opens after other modules than before"
        units = [[unit["key"] for unit in side[key]["units"]] for side in (before, after)]
        if units[0] != units[1] and set(units[0]) == set(units[1]):
            yield f"the units of module {key} stand in another order"


def _unit_changes(old: Mapping[str, Substance], new: Mapping[str, Substance]) -> Iterator[str]:
    yield from (f"unit {key} is new" for key in new if key not in old)
    yield from (f"unit {key} is gone" for key in old if key not in new)
    for key, unit in new.items():
        for part in ("kind", "substance", "pass_mark", "module"):
            if key in old and old[key][part] != unit[part]:
                yield f"unit {key}: {part.replace('_', ' ')} was {old[key][part]}, is {unit[part]}"


def _units(substance: Substance) -> dict[str, dict[str, Any]]:
    return {
        unit["key"]: {**unit, "module": module["key"]} for module in substance["modules"] for unit in module["units"]
    }


def text_changes(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Change, ...]:
    """Files (path → digest) whose text is new, gone or another; by themselves editorial."""
    words = [
        (path, "is new" if path not in old else "is gone" if path not in new else "has changed")
        for path in sorted({*old, *new})
    ]
    return tuple(Change(f"{path} {what}", False) for path, what in words if old.get(path) != new.get(path))
