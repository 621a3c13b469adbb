"""One plugin manager per app."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pluggy
from flask import Flask, current_app

from lms.kernel import outbox

from .hookspecs import NAMESPACE, Hooks
from .unit_kind import UnitKind

ENTRY_POINT = "lemkin_lms.plugins"
_EXTENSION = "lms.plugins"


def install(app: Flask, plugins: Iterable[object]) -> pluggy.PluginManager:
    """Make the app's manager: our own plugins first, then installed ones; an unknown hook stops the app at start."""
    manager = pluggy.PluginManager(NAMESPACE)
    manager.add_hookspecs(Hooks)
    for plugin in plugins:
        manager.register(plugin)
    manager.load_setuptools_entrypoints(ENTRY_POINT)
    manager.check_pending()
    app.extensions[_EXTENSION] = manager
    app.extensions["lms.unit_kinds"] = _unit_kinds(manager)
    app.extensions["lms.forwarded_events"] = frozenset(name for names in manager.hook.lms_events() for name in names)
    return manager


def _unit_kinds(manager: pluggy.PluginManager) -> dict[str, UnitKind]:
    kinds: dict[str, UnitKind] = {}
    for offered in manager.hook.lms_unit_kinds():
        for kind in offered:
            if kind.key in kinds:
                raise ValueError(f"two plugins offer the unit kind {kind.key!r}")
            kinds[kind.key] = kind
    return kinds


def of(app: Flask) -> pluggy.PluginManager:
    """The manager of an app."""
    manager: pluggy.PluginManager = app.extensions[_EXTENSION]
    return manager


def unit_kinds() -> dict[str, UnitKind]:
    """The unit kinds of the app at work, by key."""
    kinds: dict[str, UnitKind] = current_app.extensions["lms.unit_kinds"]
    return kinds


@outbox.effect("plugins.event")
def deliver(payload: dict[str, Any], delivery: str) -> None:
    """Tell the plugins of one event; what they raise is tried again by the outbox."""
    of(current_app).hook.lms_event(name=payload["event"], facts=payload["facts"], delivery=delivery)
