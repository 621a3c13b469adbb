"""A small plugin, whole: a kind of unit, a listener, a page of its own. docs/plugin-authors.md describes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, render_template_string

from lms.plugins.hookspecs import hookimpl
from lms.plugins.unit_kind import Question, RenderContext, RenderedUnit, Score, UnitMistake, UnitRefused, UnitSource
from lms.web.access import Permission, requires

bp = Blueprint("checklist", __name__)
PAGE = """{% extends "lms/web/base.html" %}
{% block title %}Checklists{% endblock %}
{% block main %}<div class="wrap"><h1>Checklists</h1><p>{{ greeting }}</p></div>{% endblock %}"""


class Checklist:
    """A unit of steps that an office goes through."""

    key = "checklist"
    suffix = ".yaml"
    anchors: tuple[str, ...] = ()
    schema: Mapping[str, Any] = {
        "type": "object",
        "additionalProperties": False,
        "required": ["key", "kind", "title", "minutes", "substance", "steps"],
        "properties": {
            "key": {"$ref": "common.json#/$defs/key"},
            "kind": {"const": "checklist"},
            "title": {"$ref": "common.json#/$defs/texts"},
            "minutes": {"$ref": "common.json#/$defs/minutes"},
            "substance": {"$ref": "common.json#/$defs/substance"},
            "steps": {"type": "array", "items": {"$ref": "common.json#/$defs/prose"}},
        },
    }

    def parse(self, source: UnitSource) -> dict[str, Any]:
        """Raises UnitRefused for a list without steps."""
        if not source.front["steps"]:
            raise UnitRefused(UnitMistake(source.line(("steps",)), "there is no step", "write at least one"))
        return dict(source.front)

    def render(self, data: Mapping[str, Any], context: RenderContext) -> RenderedUnit:
        """The steps, numbered."""
        steps = "".join(f"<li>{context.inline(step)}</li>" for step in data["steps"])
        return context.rendered(f"<ol>{steps}</ol>")

    def questions(self, data: Mapping[str, Any]) -> tuple[Question, ...]:
        """None: it is finished by reading it."""
        return ()

    def score(self, data: Mapping[str, Any], answers: Mapping[str, Any]) -> Score:
        """Nothing to gain, nothing to miss."""
        return Score(0, 0)


@bp.get("/checklists")
@requires(Permission.SIGNED_IN)
def checklists() -> str:
    """A page in the layout of ours; what it shows is escaped."""
    return render_template_string(PAGE, greeting="Steps & more <steps>")


class Plugin:
    """Everything it offers; an object, so that each app of a test has one of its own."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any], str]] = []
        self.failures = 0

    @hookimpl
    def lms_unit_kinds(self) -> list[Checklist]:
        """One kind."""
        return [Checklist()]

    @hookimpl
    def lms_events(self) -> list[str]:
        """What it wants to be told of."""
        return ["PreReadingCompleted"]

    @hookimpl
    def lms_event(self, name: str, facts: dict[str, Any], delivery: str) -> None:
        """Keeps what it is told, and fails as often as a test asks it to."""
        self.told.append((name, facts, delivery))
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the archive is away")

    @hookimpl
    def lms_app_ready(self, app: Flask) -> None:
        """Adds the page."""
        app.register_blueprint(bp)
