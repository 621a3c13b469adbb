"""A question to think about in writing; what is written stays private to its writer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.catalogue.files.schemas import schema
from lms.plugins.unit_kind import RenderContext, RenderedUnit, UnitMistake, UnitRefused, UnitSource

from .text_kind import Unscored


class Reflection(Unscored):
    """The prompt, as prose."""

    key = "reflection"
    suffix = ".md"
    anchors: tuple[str, ...] = ()
    schema = schema("reflection")

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Raises UnitRefused for an empty prompt."""
        if not source.body:
            raise UnitRefused(UnitMistake(source.body_line, "there is no prompt", "write it below the second ---"))
        return {**source.front, "body": source.body}

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """The prompt."""
        return context.rendered(context.prose(data["body"]))
