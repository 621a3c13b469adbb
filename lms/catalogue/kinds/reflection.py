"""A question to think about in writing, and perhaps cases to score; all of it stays private to its writer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lms.catalogue.files.schemas import schema
from lms.plugins.unit_kind import RenderContext, RenderedUnit, UnitMistake, UnitRefused, UnitSource

from .text_kind import Unscored


class Reflection(Unscored):
    """The prompt, as prose; the page asks for the scores."""

    key = "reflection"
    suffix = ".md"
    anchors: tuple[str, ...] = ()
    schema = schema("reflection")

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Raises UnitRefused for an empty prompt, and where two cases could not be told apart."""
        wrong = list(_twins(source))
        if not source.body:
            wrong.append(UnitMistake(source.body_line, "there is no prompt", "write it below the second ---"))
        if wrong:
            raise UnitRefused(*wrong)
        return {**source.front, "body": source.body}

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """The prompt."""
        return context.rendered(context.prose(data["body"]))


def _twins(source: UnitSource) -> Iterator[UnitMistake]:
    seen: set[str] = set()
    for index, case in enumerate(source.front.get("scoring", {}).get("cases", ())):
        if case["id"] in seen:
            line = source.line(("scoring", "cases", index))
            yield UnitMistake(line, f"two cases have the id “{case['id']}”", "rename one")
        seen.add(case["id"])
