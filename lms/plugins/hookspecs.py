"""Every seam of the system, in one file. A plugin implements any of these with `@hookimpl`; so do we."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from flask import Flask

    from .unit_kind import UnitKind

NAMESPACE = "lemkin_lms"
hookspec = pluggy.HookspecMarker(NAMESPACE)
hookimpl = pluggy.HookimplMarker(NAMESPACE)


class Hooks:
    """What a plugin can do."""

    @hookspec
    def lms_unit_kinds(self) -> list[UnitKind]:  # type: ignore[empty-body]
        """Kinds of unit to add: how each is read from a course file, rendered and scored."""

    @hookspec
    def lms_events(self) -> list[str]:  # type: ignore[empty-body]
        """Names of the events to be told of through `lms_event`, such as "PreReadingCompleted"."""

    @hookspec
    def lms_event(self, name: str, facts: dict[str, Any], delivery: str) -> None:
        """An event has happened and is committed. Delivered at least once; `delivery` is stable over repetitions.
        An exception is tried again later and never touches what has happened."""

    @hookspec
    def lms_app_ready(self, app: Flask) -> None:
        """The app is made; add blueprints (every view marked) or commands."""
