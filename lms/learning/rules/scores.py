"""What a person wrote on a reflection that asks for scores: kept as one text under one seal, and read back from it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from lms.catalogue.rules.scoring import SCORES
from lms.kernel.values import dataclass

VERSION = 1
_FIELDS = {"version", "text", "scores", "reasons"}


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores by case and factor, and reasons by case; what was left open is absent."""

    scores: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.scores or self.reasons)

    def score(self, case: str, factor: str) -> int | None:
        """The score of one case by one factor."""
        return self.scores.get(case, {}).get(factor)


NOT_SCORED = Scores()


def kept_as(text: str, scores: Scores = NOT_SCORED) -> str:
    """The one text to seal: the words alone where nothing was scored, else JSON with a version. Always the same for the
    same, so that sending twice is known as such."""
    if not scores and read_back(text) == (text, NOT_SCORED):
        return text
    kept = {"version": VERSION, "text": text, "scores": scores.scores, "reasons": scores.reasons}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_back(kept: str) -> tuple[str, Scores]:
    """The text and the scores; what is not of our making is a text, as everything was before there were scores."""
    try:
        found = json.loads(kept) if kept.startswith("{") else None
    except (ValueError, RecursionError):
        return kept, NOT_SCORED
    if not isinstance(found, dict) or not _ours(found):
        return kept, NOT_SCORED
    return found["text"], Scores(found["scores"], found["reasons"])


def _ours(found: Mapping[str, Any]) -> bool:
    if found.keys() != _FIELDS or found["version"] != VERSION or not isinstance(found["text"], str):
        return False
    scores, reasons = found["scores"], found["reasons"]
    if not isinstance(scores, dict) or not isinstance(reasons, dict):
        return False
    given = [score for of in scores.values() for score in (of.values() if isinstance(of, dict) else [None])]
    return all(type(score) is int and score in SCORES for score in given) and all(
        isinstance(reason, str) for reason in reasons.values()
    )
