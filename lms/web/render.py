"""Pages and parts of pages: one template a page; a part that htmx asks for is a block of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask, current_app, request
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

PACKAGE = Path(__file__).resolve().parent.parent


def install(app: Flask, override: Path | None = None) -> None:
    """Find `lms/learning/templates/unit.html` under the name `lms/learning/unit.html`, a host's own file first."""
    contexts: dict[str, BaseLoader] = {
        folder.parent.name: FileSystemLoader(folder) for folder in PACKAGE.glob("*/templates")
    }
    ours = PrefixLoader({"lms": PrefixLoader(contexts)})
    app.jinja_options = {
        **app.jinja_options,
        "loader": ChoiceLoader([FileSystemLoader(override), ours]) if override else ours,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "autoescape": True,
    }


def render(name: str, **context: Any) -> str:
    """The page `name`, or with `name#block` one block of it."""
    page, _, block = name.partition("#")
    template = current_app.jinja_env.get_template(page)
    current_app.update_template_context(context)
    if not block:
        return template.render(context)
    return Markup("").join(Markup(part) for part in template.blocks[block](template.new_context(context)))  # noqa: S704


def wants_part() -> bool:
    """Whether htmx asked, so that a part of the page is enough."""
    return request.headers.get("HX-Request") == "true"
