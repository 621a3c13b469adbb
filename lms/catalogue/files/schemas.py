"""The JSON Schemas of the course files: the one place that says which fields there are and in which order."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "schemas"
Schema = Mapping[str, Any]
Where = tuple[str | int, ...]


@cache
def schema(name: str) -> Schema:
    """A shipped schema by name: course, module, glossary, sources, or a kind of unit."""
    loaded: Schema = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def resolve(part: Schema) -> Schema:
    """The part itself, or the shared one it points to."""
    while "$ref" in part:
        file, _, pointer = part["$ref"].partition("#/$defs/")
        part = {
            **schema(file.removesuffix(".json"))["$defs"][pointer],
            **{k: v for k, v in part.items() if k != "$ref"},
        }
    return part


def branch(part: Schema, data: Any) -> Schema:
    """The alternative of `oneOf` that `data` means: by its `kind`, else by a field only that one requires; in a
    translation, which names no kind, the first that has all its fields."""
    part = resolve(part)
    if "oneOf" not in part or not isinstance(data, Mapping):
        return part
    branches = [resolve(option) for option in part["oneOf"]]
    for option in branches:
        const = option["properties"].get("kind", {}).get("const")
        if const and "kind" not in data:
            found = set(data) <= set(option["properties"])
        else:
            found = data["kind"] == const if const else set(option["required"]) <= set(data)
        if found:
            return option
    return branches[0]


def inside(part: Schema, key: str | int, data: Any) -> Schema:
    """The schema of the member `key` of `data`."""
    part = branch(part, data)
    if isinstance(key, int):
        return dict(part.get("items", {}))
    properties = part.get("properties", {})
    if key in properties:
        return dict(properties[key])
    return dict(next(iter(part.get("patternProperties", {}).values()), {}))


def ordered(data: Any, part: Schema) -> Any:
    """The same data with fields in the schema's order; names it does not list come after, by alphabet."""
    if isinstance(data, list | tuple):
        return [ordered(item, inside(part, index, data)) for index, item in enumerate(data)]
    if not isinstance(data, Mapping):
        return data
    known = list(branch(part, data).get("properties", {}))
    names = sorted(data, key=lambda name: (known.index(name) if name in known else len(known), name))
    return {name: ordered(data[name], inside(part, name, data)) for name in names}


def texts_marked(data: Any, part: Schema, mark: str, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Every text whose schema has `format: mark`, with its place."""
    if isinstance(data, str):
        if resolve(part).get("format") == mark:
            yield where, data
        return
    members = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list | tuple) else ()
    for key, value in members:
        yield from texts_marked(value, inside(part, key, data), mark, (*where, key))
