"""News travels upwards as events: facts in the past tense that higher contexts react to in the same transaction."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, has_app_context
from sqlalchemy.orm import Session

from . import outbox
from .values import dataclass


@dataclass(frozen=True)
class Event:
    """The base of every fact; holds ids and plain values only, so that it can be written down."""


E = TypeVar("E", bound=Event)
Reaction = Callable[[Session, Any], None]

_reactions: dict[type[Event], list[Reaction]] = defaultdict(list)


def on(kind: type[E]) -> Callable[[Callable[[Session, E], None]], Callable[[Session, E], None]]:
    """Register a reaction to `kind`; it runs in the transaction of the change, all or nothing."""

    def register(reaction: Callable[[Session, E], None]) -> Callable[[Session, E], None]:
        _reactions[kind].append(reaction)
        return reaction

    return register


def publish(session: Session, event: Event) -> None:
    """Tell our own contexts now, and the plugins that asked for it through the outbox."""
    for reaction in _reactions[type(event)]:
        reaction(session, event)
    if has_app_context() and type(event).__name__ in current_app.extensions.get("lms.forwarded_events", ()):
        outbox.enqueue(session, "plugins.event", {"event": type(event).__name__, "facts": as_plain(event)})


def as_plain(event: Event) -> dict[str, Any]:
    """The facts of an event as JSON values; instants and days as ISO 8601."""
    return {
        name: value.isoformat() if isinstance(value, dt.date) else value
        for name, value in dataclasses.asdict(event).items()
    }
