"""Views whose modules are loaded when somebody first asks for one of them, for pages that most servers never show."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from flask import Blueprint

Route = tuple[str, str, str]
"""The methods, the rule, and the view: its module within the package and its name, as in `drafts.begin_draft`."""


class LateView:
    """Stands for a view until it is asked for. Its marks are the view's own, so that whoever may not open the page is
    turned away as from any other."""

    def __init__(self, module: str, name: str) -> None:
        self.__module__ = module
        self.__name__ = name

    @cached_property
    def view(self) -> Callable[..., Any]:
        """The view itself. Raises RuntimeError where its marks do not allow that it comes late."""
        found: Callable[..., Any] = getattr(importlib.import_module(self.__module__), self.__name__)
        if not hasattr(found, "lms_access") or hasattr(found, "lms_logged_as"):
            raise RuntimeError(
                f"{self.__module__}.{self.__name__} has no mark, or is one that logs must not tell apart"
            )
        return found

    def __call__(self, **parts: Any) -> Any:
        """The view's answer."""
        return self.view(**parts)

    def __getattr__(self, name: str) -> Any:
        """A mark of the view; nothing else, since a framework that asks for more would have it loaded at start."""
        if name.startswith("lms_"):
            return getattr(self.view, name)
        raise AttributeError(name)


def add_late(blueprint: Blueprint, package: str, routes: Iterable[Route]) -> None:
    """Give the blueprint these addresses, whose views are in modules of `package`."""
    for methods, rule, place in routes:
        module, _, name = place.rpartition(".")
        view = LateView(f"{package}.{module}", name)
        blueprint.add_url_rule(rule, name, view, methods=methods.split(), provide_automatic_options=True)
