"""A translation says in another language what a unit says, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from .course_files import UnitFile

OF_ITS_OWN = ("follows", "status")
# What a translation cannot touch: it would change what is asked or what counts.
FIXED = frozenset(
    {"key", "kind", "title", "minutes", "substance", "pass_mark", "correct", "answer", "passage", "cites"}
    | {"at", "from", "to", "grave"}
)
# The title of a unit stands in the unit, in every language; that of a figure is translated with it.
_OF_THE_UNIT = {"title"}
Where = tuple[str | int, ...]


def text_hash(unit: UnitFile) -> str:
    """Names one text of a unit: a translation writes it after `follows:`. Titles and points do not count."""
    words = {name: value for name, value in unit.front.items() if name not in FIXED}
    canonical = json.dumps([words, unit.body], sort_keys=True, ensure_ascii=False)
    # It begins with a letter so that YAML never takes it for a number.
    return "t" + hashlib.sha256(canonical.encode()).hexdigest()[:15]


def merged(source: UnitFile, translation: UnitFile) -> UnitFile:
    """The unit in the other language; what is not translated stays in the source's words."""
    own = {name: value for name, value in translation.front.items() if name not in OF_ITS_OWN}
    front = _merge(source.front, own)
    return UnitFile(translation.path, source.key, translation.language, front, translation.body or source.body)


def _merge(source: Any, own: Any) -> Any:
    if isinstance(source, Mapping) and isinstance(own, Mapping):
        return {name: _merge(value, own[name]) if name in own else value for name, value in source.items()}
    if isinstance(source, list) and isinstance(own, list):
        return _merge_lists(source, own)
    return own


def _merge_lists(source: list[Any], own: list[Any]) -> list[Any]:
    if not all(isinstance(item, Mapping) for item in (*source, *own)):
        return own
    name = "id" if source and "id" in source[0] else None
    by_id = {item.get(name): item for item in own} if name else dict(enumerate(own))
    keys = [item.get(name) if name else index for index, item in enumerate(source)]
    return [_merge(item, by_id[key]) if key in by_id else item for key, item in zip(keys, source, strict=True)]


def strangers(source: Any, own: Any, where: Where = ()) -> Iterator[tuple[Where, str]]:
    """Places of a translation that its source does not have or that are not its to change, with the reason."""
    if isinstance(own, Mapping) and isinstance(source, Mapping):
        for name, value in own.items():
            if name in FIXED and not (where and name in _OF_THE_UNIT):
                yield (*where, name), f"“{name}” is the source's to say"
            elif name not in source:
                yield (*where, name), f"the source has no “{name}” here"
            elif name == "id":
                continue
            else:
                yield from strangers(source[name], value, (*where, name))
    elif isinstance(own, list) and isinstance(source, list):
        yield from _strange_items(source, own, where)
    elif not isinstance(own, str) or not isinstance(source, str):
        yield where, "this is not the same kind of field as in the source"


def _strange_items(source: list[Any], own: list[Any], where: Where) -> Iterator[tuple[Where, str]]:
    by_id = {item["id"]: item for item in source if isinstance(item, Mapping) and "id" in item}
    for index, item in enumerate(own):
        name = item.get("id") if isinstance(item, Mapping) else None
        if by_id and name not in by_id:
            yield (*where, index), f"the source has no “{name}” in this list" if name else "this entry has no id"
        elif not by_id and index >= len(source):
            yield (*where, index), "the source's list is shorter"
        else:
            yield from strangers(by_id[name] if by_id else source[index], item, (*where, index))
