"""A text to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.catalogue.files.schemas import schema
from lms.plugins.unit_kind import RenderContext, RenderedUnit, UnitMistake, UnitRefused, UnitSource

from .text_kind import Unscored


class Reading(Unscored):
    """Key points, prose and a box for each kind of institution."""

    key = "reading"
    suffix = ".md"
    anchors: tuple[str, ...] = ()
    schema = schema("reading")

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Raises UnitRefused for an empty text."""
        if not source.body:
            raise UnitRefused(UnitMistake(source.body_line, "there is no text", "write it below the second ---"))
        return {**source.front, "body": source.body}

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """The prose."""
        return context.rendered(context.prose(data["body"]))
