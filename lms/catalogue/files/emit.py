"""Plain data to YAML in one form: the same data gives the same bytes, whatever the version of a YAML library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

LONGEST_LINE = 72
# A word that YAML could take for something else is put in quotes: "no" is also a language.
_RESERVED = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_PLAIN = re.compile(r"[^\W\d_][^\n]*|[0-9]+-[a-z][a-z0-9-]*")


def emit(data: Mapping[str, Any]) -> str:
    """A YAML document, ending in a line feed. Texts are tidy and fields in their order already."""
    return "".join(f"{line}\n" for line in _mapping(data, ""))


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _entry(f"{indent}{_scalar(key)}:", value, indent)


def _entry(head: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield head + ("" if value else " {}")
        yield from _mapping(value, indent + "  ")
    elif isinstance(value, list | tuple):
        yield head + ("" if value else " []")
        yield from _sequence(value, indent)
    elif _needs_block(value):
        yield f"{head} |-"
        yield from _block(value, indent + "  ")
    else:
        yield f"{head} {_scalar(value)}"


def _sequence(items: list[Any] | tuple[Any, ...], indent: str) -> Iterator[str]:
    for item in items:
        if isinstance(item, Mapping) and item:
            lines = list(_mapping(item, indent + "  "))
            yield f"{indent}- {lines[0][len(indent) + 2 :]}"
            yield from lines[1:]
        else:
            yield from _entry(f"{indent}-", item, indent)


def _block(text: str, indent: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield indent + line if line else ""


def _needs_block(value: Any) -> bool:
    return isinstance(value, str) and ("\n" in value or len(value) > LONGEST_LINE)


def _scalar(value: Any) -> str:
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    text = str(value)
    return text if _is_plain(text) else json.dumps(text, ensure_ascii=False)


def _is_plain(text: str) -> bool:
    if text.lower() in _RESERVED or not _PLAIN.fullmatch(text):
        return False
    return ": " not in text and " #" not in text and not text.endswith((":", " "))
