"""How finished modules are counted."""

from __future__ import annotations

PREFIX = "module:"


def counted_as(key: str) -> str:
    """The name under which it is counted of an edition who has finished a module and not yet everything."""
    return f"{PREFIX}{key}"
