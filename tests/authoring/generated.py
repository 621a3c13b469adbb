"""Fields of units as hypothesis makes them up: whatever the schema of a kind allows, and a file can hold."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from lms.authoring.rules.typed import clean, clean_line
from lms.catalogue.files.schemas import Schema, resolve

_LETTERS = st.text(
    st.sampled_from("abcé ß漢字العربية\n\t‘’“”-–:#|>*_[]{}@\"'\\&.,;0123456789")
    | st.characters(exclude_categories=("Cs",)),
    max_size=40,
)
KEYS = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)


def lines() -> st.SearchStrategy[str]:
    """A text on one line."""
    return _LETTERS.map(clean_line).filter(bool)


def words() -> st.SearchStrategy[str]:
    """A text of any number of lines."""
    return _LETTERS.map(clean).filter(bool)


def values(part: Schema, key: str = "") -> st.SearchStrategy[Any]:
    """What a field of this schema may hold."""
    part = resolve(part)
    if "const" in part:
        return st.just(part["const"])
    if "enum" in part:
        return st.sampled_from(part["enum"])
    if "oneOf" in part:
        return st.one_of([values(option) for option in part["oneOf"]])
    if part["type"] == "object" and "patternProperties" in part:
        return st.dictionaries(st.sampled_from(["en", "es", "fr", "ar"]), lines(), min_size=1)
    if part["type"] == "object":
        return _objects(part)
    if part["type"] == "array":
        return _arrays(part)
    if part["type"] == "string":
        return KEYS if key in ("id", "key") else words() if _takes_lines(part) else lines()
    return st.booleans() if part["type"] == "boolean" else st.integers(1, 600)


def _takes_lines(part: Schema) -> bool:
    return "pattern" not in part and part.get("format") != "prose" and part.get("maxLength", 301) > 300


def _objects(part: Schema) -> st.SearchStrategy[dict[str, Any]]:
    needed, all_of_them = part.get("required", ()), part["properties"]
    must = {name: values(inner, name) for name, inner in all_of_them.items() if name in needed}
    may = {name: values(inner, name) for name, inner in all_of_them.items() if name not in needed}
    return st.fixed_dictionaries(must, optional=may)


def _arrays(part: Schema) -> st.SearchStrategy[list[Any]]:
    named = resolve(part["items"]).get("type", "object") == "object"
    least = max(1, part.get("minItems", 1))
    return st.lists(values(part["items"]), min_size=least, max_size=least + 1, unique_by=_name if named else None)


def _name(entry: Any) -> str:
    return str(entry.get("id") or entry.get("key") or sorted(entry.items()).__repr__())
