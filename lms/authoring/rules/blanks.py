"""A unit that is not finished, made whole with empty words, so that it can be shown while it is written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.catalogue.files.schemas import Schema, resolve

from .fields import Sort, alternative, item_schema, sort_of


def completed(schema: Schema, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """`data` with everything its schema asks for; what does not fit it is left out."""
    whole = _whole(schema, data, language)
    return whole if isinstance(whole, dict) else {}


def _whole(part: Schema, value: Any, language: str) -> Any:
    part = resolve(part)
    sort = sort_of(part)
    if sort is Sort.GROUP:
        return _group(part, value if isinstance(value, Mapping) else {}, language)
    if sort is Sort.LIST:
        return [_entry(item_schema(part), entry, language) for entry in value] if isinstance(value, list) else []
    if sort is Sort.TEXTS:
        texts = (
            {code: text for code, text in value.items() if isinstance(text, str)} if isinstance(value, Mapping) else {}
        )
        return texts or {language: ""}
    if sort in (Sort.FLAG, Sort.TRUTH):
        return value if isinstance(value, bool) else False
    if sort is Sort.NUMBER:
        return value if isinstance(value, int) else int(part.get("minimum", 0))
    if sort is Sort.CONSTANT:
        return part["const"]
    return value if isinstance(value, str) or sort is Sort.FOREIGN else ""


def _group(part: Schema, value: Mapping[str, Any], language: str) -> dict[str, Any]:
    wanted = [name for name in part["properties"] if name in value or name in part.get("required", ())]
    return {name: _whole(part["properties"][name], value.get(name), language) for name in wanted}


def _entry(part: Schema, value: Any, language: str) -> Any:
    if isinstance(value, Mapping):
        part = alternative(part, set(value), value.get("kind"))
    return _whole(part, value, language)
