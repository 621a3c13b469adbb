"""Questions with explanations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.catalogue.files.schemas import schema
from lms.plugins.unit_kind import Question, RenderContext, RenderedUnit, Score, UnitMistake, UnitRefused, UnitSource

from .questions import question_from, score_answers


class Quiz:
    """A list of questions; the page asks them, so there is nothing to render."""

    key = "quiz"
    suffix = ".yaml"
    anchors: tuple[str, ...] = ()
    schema = schema("quiz")

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Raises UnitRefused where a question cannot be answered, or not in one way only."""
        wrong = list(_mistakes(source))
        if wrong:
            raise UnitRefused(*wrong)
        return dict(source.front)

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """Empty: a question leaves the server through `public_question` alone."""
        return context.rendered("")

    def questions(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        """The questions in the author's order."""
        return tuple(question_from(fields) for fields in data["questions"])

    def score(self, data: Mapping[str, Any], answers: Mapping[str, Any]) -> Score:
        """One point for each scored question that is exactly right."""
        return score_answers(self.questions(data), answers)


def _mistakes(source: UnitSource) -> Iterator[UnitMistake]:
    seen: set[str] = set()
    for index, fields in enumerate(source.front["questions"]):
        line = source.line(("questions", index))
        if fields["id"] in seen:
            yield UnitMistake(line, f"two questions have the id “{fields['id']}”", "rename one")
        seen.add(fields["id"])
        for what, cure in _in_question(fields):
            yield UnitMistake(line, f"question “{fields['id']}”: {what}", cure)


def _in_question(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    parts = fields.get("options") or fields.get("items") or fields.get("pairs") or ()
    if len({part["id"] for part in parts}) != len(parts):
        yield "two of its options have the same id", "rename one"
    for side in ("text", "left", "right"):
        words = [part[side] for part in parts if side in part]
        if len(set(words)) != len(words):
            yield "two of its options say the same", "an answer could not be told from the other; change one"
    right = sum(bool(part.get("correct")) for part in parts)
    if fields["kind"] == "one-of-many" and right != 1:
        yield f"{right} options are marked as correct", "mark exactly one with correct: true"
    if fields["kind"] == "many-of-many" and right == 0:
        yield "no option is marked as correct", "mark the right ones with correct: true"
