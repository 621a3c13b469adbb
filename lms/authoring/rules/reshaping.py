"""Acts that change the shape of a unit: an entry more or less in a list, or one that moves; buttons of the form."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from lms.catalogue.files.schemas import Schema, resolve

from .fields import MOST_ENTRIES, Field, Sort, alternative, branch_names, item_schema, sort_of
from .filled import Fresh

ACTS = ("add", "remove", "up", "down")


def reshaped(schema: Schema, data: Mapping[str, Any], act: str, fresh: Fresh) -> dict[str, Any]:
    """`data` after an act such as "add:questions:matching", "remove:questions.0.options.1", "up:…" or "down:…"; the
    same where there is no such place."""
    changed: dict[str, Any] = copy.deepcopy(dict(data))
    verb, _, rest = act.partition(":")
    path, _, branch = rest.partition(":")
    steps = [int(part) if part.isdecimal() and len(part) < 5 else part for part in path.split(".")]
    if verb not in ACTS or not path:
        return changed
    place: int | None = None
    if verb != "add":
        last = steps.pop()
        if not isinstance(last, int):
            return changed
        place = last
    found = _list_at(schema, changed, steps)
    if found is None:
        return changed
    part, entries = found
    if place is None:
        _add(part, entries, branch, fresh)
    else:
        _move(entries, verb, place)
    return changed


def moved_to(act: str, fields: Sequence[Field]) -> str | None:
    """The path of what an act made or moved, in the form as it is after it; of its list where it was taken out."""
    verb, _, rest = act.partition(":")
    path = rest.partition(":")[0]
    head, _, last = path.rpartition(".")
    if verb in ("up", "down") and last.isdecimal():
        path = f"{head}.{int(last) + (1 if verb == 'down' else -1)}"
    found = next(
        (one for top in fields for one in top.flat() if one.path == (head if verb == "remove" else path)), None
    )
    if found is None:
        return None
    return found.members[-1].path if verb == "add" and found.members else found.path


def _list_at(schema: Schema, data: Any, steps: list[int | str]) -> tuple[Schema, list[Any]] | None:
    """The list at a place, made where there is none yet."""
    part = schema
    for number, step in enumerate(steps):
        if isinstance(step, int):
            if not isinstance(data, list) or step >= len(data) or not isinstance(data[step], dict):
                return None
            data = data[step]
            part = alternative(item_schema(part), set(data), data.get("kind"))
            continue
        inner = part.get("properties", {}).get(step)
        if inner is None or not isinstance(data, dict):
            return None
        part = resolve(inner)
        sort = sort_of(part, step)
        if sort not in (Sort.GROUP, Sort.LIST) or (number == len(steps) - 1 and sort is not Sort.LIST):
            return None
        data = data.setdefault(step, [] if sort is Sort.LIST else {})
    return (part, data) if isinstance(data, list) else None


def _move(entries: list[Any], verb: str, place: int) -> None:
    if place >= len(entries):
        return
    other = {"up": place - 1, "down": place + 1}.get(verb)
    if other is None:
        del entries[place]
    elif 0 <= other < len(entries):
        entries[place], entries[other] = entries[other], entries[place]


def _add(part: Schema, entries: list[Any], branch: str, fresh: Fresh) -> None:
    if len(entries) >= min(int(part.get("maxItems", MOST_ENTRIES)), MOST_ENTRIES):
        return
    item = item_schema(part)
    if "oneOf" in item:
        names = branch_names(item)
        if branch not in names:
            return
        chosen = resolve(item["oneOf"][names.index(branch)])
        entries.append(_blank(chosen, fresh, told_by_fields="kind" not in chosen["properties"]))
    else:
        entries.append(_blank(item, fresh))


def _blank(part: Schema, fresh: Fresh, *, told_by_fields: bool = False) -> Any:
    """A new entry: named, with the lists it needs, and nothing said yet."""
    if sort_of(part) is not Sort.GROUP:
        return ""
    made: dict[str, Any] = {}
    for name, inner in part["properties"].items():
        inner, needed = resolve(inner), name in part.get("required", ())
        sort = sort_of(inner, name, in_entry=True)
        if sort is Sort.NAME and needed:
            made[name] = fresh()
        elif sort is Sort.CONSTANT:
            made[name] = inner["const"]
        elif sort is Sort.LIST and needed and "oneOf" not in item_schema(inner):
            made[name] = [_blank(item_schema(inner), fresh) for _ in range(max(1, int(inner.get("minItems", 1))))]
        elif told_by_fields and needed and sort is Sort.LINE:
            made[name] = ""
    return made
