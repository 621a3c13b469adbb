"""The figures of a unit: the field `figures` of a kind that takes ours, not one of the same name of somebody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

SCHEMA = "figures.json#/$defs/figures"


def figures_of(data: Mapping[str, Any], schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The figures in a unit's fields, without what is none; nothing where the schema of its kind means something else
    by the word."""
    ours = schema.get("properties", {}).get("figures", {}).get("$ref") == SCHEMA
    figures = data.get("figures") if ours else None
    return [one for one in figures if isinstance(one, Mapping)] if isinstance(figures, list | tuple) else ()
