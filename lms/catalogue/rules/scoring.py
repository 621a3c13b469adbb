"""Cases that a reflection asks to be scored, and the factors of the rubric they are scored by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.kernel.values import dataclass

SCORES = (0, 1, 2, 3)
"""Not at all, a little, in good part, fully."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One question by which every case is scored."""

    key: str
    name: str
    question: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case to score; `unit` is the case study to read about it, if the course has one."""

    id: str
    name: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class Scoring:
    """Everything that is asked; `language` is that of the factors, which need not be translated where the unit is."""

    language: str
    factors: tuple[Factor, ...]
    cases: tuple[Case, ...]


def scoring_of(page: Mapping[str, Any]) -> Scoring:
    """What a published unit keeps of it."""
    return Scoring(
        language=page["language"],
        factors=tuple(Factor(one["key"], one["factor"], one["question"]) for one in page["factors"]),
        cases=tuple(Case(one["id"], one["name"], one.get("unit")) for one in page["cases"]),
    )
