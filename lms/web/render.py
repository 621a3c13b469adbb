"""Pages and parts of pages: one template a page; a part that htmx asks for is a block of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, MutableMapping
from pathlib import Path
from types import FunctionType, MethodType
from typing import Any

from flask import Flask, current_app, request
from flask.templating import Environment as FlaskEnvironment
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)
from jinja2.runtime import Context, Macro
from markupsafe import Markup, escape

PACKAGE = Path(__file__).resolve().parent.parent

_FUNCTIONS = (FunctionType, MethodType)


class _Context(Context):
    """As Jinja's, for which finding out what a function wants to be given costs more than calling it: a page calls a
    hundred, and all but a few want their arguments alone."""

    def __init__(
        self,
        environment: Environment,
        parent: dict[str, Any],
        name: str | None,
        blocks: dict[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, Any] | None = None,
    ) -> None:
        """Without the names of the `globals`, which are the environment's for every template: with each import Jinja
        would look through them for those that the imported one has not. What `get_template` is given as globals of one
        template alone is therefore not known within what it imports."""
        super().__init__(environment, parent, name, blocks)

    def call(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        """The function's answer; `_loop_vars` and `_block_vars` are for those that ask for the context."""
        if type(function) is Macro:
            args = (self.eval_ctx, *args)
        elif type(function) not in _FUNCTIONS or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **kwargs)
        if kwargs:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
        return function(*args, **kwargs)


def _escaped(value: Any) -> str:
    """As MarkupSafe's `escape`, but that plain text is not marked as Markup afterwards: it is about to be joined with
    the rest of the page. Most of what a page is filled with is Markup already."""
    if type(value) is str:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return value.replace('"', "&#34;").replace("'", "&#39;")  # type: ignore[no-any-return]
    return value if type(value) is Markup else escape(value)


class _Template(Template):
    @classmethod
    def from_code(cls, *args: Any, **kwargs: Any) -> Template:
        """As Jinja's, whose compiled code finds `escape` under its name."""
        made = super().from_code(*args, **kwargs)
        made.root_render_func.__globals__["escape"] = _escaped
        return made


class _Environment(FlaskEnvironment):
    context_class = _Context
    template_class = _Template


def install(app: Flask, override: Path | None, home: Path) -> None:
    """Find `lms/learning/templates/unit.html` under the name `lms/learning/unit.html`, a host's own file first."""
    contexts: dict[str, BaseLoader] = {
        folder.parent.name: FileSystemLoader(folder) for folder in PACKAGE.glob("*/templates")
    }
    ours = PrefixLoader({"lms": PrefixLoader(contexts)})
    app.jinja_environment = _Environment
    app.jinja_options = {
        **app.jinja_options,
        "loader": ChoiceLoader([FileSystemLoader(override), ours]) if override else ours,
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
        "autoescape": True,
        "bytecode_cache": _kept(home),
    }


def keep_compiled(app: Flask, home: Path) -> None:
    """Compile every template once and keep it for the servers that start later: each is 3 MB smaller for not having
    compiled them itself, and its first pages come at once."""
    _compiled(home).mkdir(mode=0o700, parents=True, exist_ok=True)
    environment = app.jinja_env.overlay(bytecode_cache=_kept(home))
    for name in environment.list_templates(["html"]):
        environment.get_template(name)


def _compiled(home: Path) -> Path:
    return home / "templates"


def _kept(home: Path) -> FileSystemBytecodeCache | None:
    """Nothing where they were never kept, or where this process may not keep what was changed since."""
    return FileSystemBytecodeCache(str(_compiled(home))) if os.access(_compiled(home), os.W_OK) else None


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
