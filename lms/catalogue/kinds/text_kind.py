"""What kinds without scored questions have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.plugins.unit_kind import Question, Score


class Unscored:
    """A kind that asks nothing that could be right or wrong."""

    def questions(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        """None."""
        return ()

    def score(self, data: Mapping[str, Any], answers: Mapping[str, Any]) -> Score:
        """Nothing to gain, nothing to miss."""
        return Score(0, 0)
