"""From what a browser sent to the fields of a unit. What nobody asked for is ignored; nothing here can fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from lms.catalogue.files.schemas import Schema, resolve
from lms.kernel.values import dataclass

from .fields import MOST_ENTRIES, NOT_HERE, PREFIX, Field, Sort, Where, alternative, item_schema, name_of, sort_of
from .fields import TEXTUAL as _TEXTUAL
from .typed import clean, clean_line

Items = Mapping[str, str]
Fresh = Callable[[], str]
_DEEPEST = 12
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_CODE = re.compile(r"[a-z]{2,3}")


class _Missing:
    """There is nothing at this place."""


MISSING = _Missing()


@dataclass
class Filled:
    """The fields that were read; `unread` are numbers that are none, with what was typed instead."""

    data: dict[str, Any] = field(default_factory=dict)
    unread: dict[Where, str] = field(default_factory=dict)


def filled(schema: Schema, items: Items, before: Mapping[str, Any], fresh: Fresh) -> Filled:
    """The fields of a unit. `before` gives what no form shows; `fresh` makes a name for an entry that has none."""
    reader = _Reader(fresh)
    tree = _tree(items)
    data: dict[str, Any] = {}
    for name, value in before.items():
        part = schema["properties"].get(name)
        if part is None or name in NOT_HERE or sort_of(part, name) is Sort.FOREIGN:
            data[name] = value
    for name, part in schema["properties"].items():
        if name not in NOT_HERE and name in tree:
            value = reader.member(part, tree[name], (name,), name)
            if value is not MISSING:
                data[name] = value
    return Filled(data, reader.unread)


def _tree(items: Items) -> dict[str, Any]:
    """Dotted names as a tree; a name that is both a leaf and a branch is what came first."""
    tree: dict[str, Any] = {}
    for name, value in items.items():
        head, *parts = name.split(".")
        if head != PREFIX or not parts or len(parts) > _DEEPEST:
            continue
        place = tree
        for part in parts[:-1]:
            inner = place.setdefault(part, {})
            if not isinstance(inner, dict):
                break
            place = inner
        else:
            place.setdefault(parts[-1], value)
    return tree


def _entries(tree: Mapping[str, Any]) -> list[Any]:
    numbers = sorted((int(name), name) for name in tree if name.isdecimal() and name.isascii() and len(name) < 5)
    return [tree[name] for _number, name in numbers[:MOST_ENTRIES]]


class _Reader:
    """Reads a tree by a schema."""

    def __init__(self, fresh: Fresh) -> None:
        self.fresh = fresh
        self.unread: dict[Where, str] = {}

    def member(self, part: Schema, tree: Any, where: Where, key: str, *, in_entry: bool = False) -> Any:
        """The value at a place, or MISSING."""
        part = resolve(part)
        sort = sort_of(part, key, in_entry=in_entry)
        if isinstance(tree, Mapping):
            return self._inside(sort, part, tree, where)
        return self._leaf(sort, part, str(tree), where)

    def _inside(self, sort: Sort, part: Schema, tree: Mapping[str, Any], where: Where) -> Any:
        if sort is Sort.LIST:
            return self._list(part, tree, where) or MISSING
        if sort is Sort.TEXTS:
            as_one_line = where[-1] == "title"
            said = {code: _text(text, line=as_one_line) for code, text in tree.items() if _CODE.fullmatch(code)}
            return {code: text for code, text in said.items() if text} or MISSING
        return (self._group(part, tree, where) or MISSING) if sort is Sort.GROUP else MISSING

    def _leaf(self, sort: Sort, part: Schema, typed: str, where: Where) -> Any:
        if sort in _TEXTUAL:
            return _text(typed, line=sort is not Sort.WORDS) or MISSING
        if sort is Sort.CHOICE:
            return typed if typed in part["enum"] else MISSING
        if sort in (Sort.FLAG, Sort.TRUTH):
            known = {"true": True} if sort is Sort.FLAG else {"true": True, "false": False}
            return known.get(typed, MISSING)
        if sort is Sort.NAME:
            return typed if _KEY.fullmatch(typed) else self.fresh()
        return self._number(typed, where) if sort is Sort.NUMBER else MISSING

    def _number(self, typed: str, where: Where) -> Any:
        digits = clean_line(typed)
        if digits.isdecimal() and digits.isascii() and len(digits) < 10:
            return int(digits)
        if digits:
            self.unread[where] = digits
        return MISSING

    def _list(self, part: Schema, tree: Mapping[str, Any], where: Where) -> list[Any]:
        item = item_schema(part)
        read = [self._item(item, entry, (*where, place)) for place, entry in enumerate(_entries(tree))]
        return self._named_once(read)

    def _item(self, part: Schema, tree: Any, where: Where) -> Any:
        """An entry stands where it is even while there is nothing in it."""
        if not isinstance(tree, Mapping):
            value = self.member(part, tree, where, "")
            return "" if value is MISSING else value
        names = set(tree)
        chosen = alternative(part, names, tree.get("kind"))
        if sort_of(chosen) is not Sort.GROUP:
            return ""
        found = self._group(chosen, tree, where, in_entry=True)
        if "oneOf" in part and "kind" not in chosen["properties"]:
            # Which of the alternatives it is, only its fields tell: they stay while they are empty.
            found |= {name: "" for name in chosen["required"] if name in names and isinstance(tree[name], str)
                      and name not in found}  # fmt: skip
        return found

    def _group(self, part: Schema, tree: Mapping[str, Any], where: Where, *, in_entry: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, inner in part["properties"].items():
            sort = sort_of(inner, name, in_entry=in_entry)
            if sort is Sort.CONSTANT:
                value = resolve(inner)["const"] if in_entry or found or tree.get(name) else MISSING
            elif name in tree:
                value = self.member(inner, tree[name], (*where, name), name, in_entry=in_entry)
            else:
                value = self.fresh() if sort is Sort.NAME and in_entry else MISSING
            if value is not MISSING:
                found[name] = value
        return found

    def _named_once(self, entries: list[Any]) -> list[Any]:
        """A name that was sent twice is kept by the first."""
        seen: set[tuple[str, str]] = set()
        for entry in entries:
            for name in ("id", "key") if isinstance(entry, dict) else ():
                if name in entry and (name, entry[name]) in seen:
                    entry[name] = self.fresh()
                if name in entry:
                    seen.add((name, entry[name]))
        return entries


def _text(typed: Any, *, line: bool) -> str:
    if not isinstance(typed, str):
        return ""
    return clean_line(typed) if line else clean(typed)


def filled_translation(fields: tuple[Field, ...], items: Items) -> dict[str, Any]:
    """The fields of a translation, along those of its source; a text that is not said yet is left out."""
    tree = _tree(items)
    found: dict[str, Any] = {}
    for one in fields:
        value = _own(one, tree.get(one.key))
        if value is not MISSING:
            found[one.key] = value
    return found


def _own(part: Field, tree: Any) -> Any:
    if part.sort in _TEXTUAL:
        return _text(tree, line=part.sort is not Sort.WORDS) or MISSING
    if not isinstance(tree, Mapping):
        return MISSING
    if part.sort is Sort.LIST:
        return _own_list(part, tree)
    said = {member.key: _own(member, tree.get(member.key)) for member in part.members if member.sort is not Sort.NAME}
    return {name: value for name, value in said.items() if value is not MISSING} or MISSING


def _own_list(part: Field, tree: Mapping[str, Any]) -> Any:
    """Entries with an id are found by it, whatever their order was when the form was drawn. In a list of plain texts
    readers get what the translation has and nothing else, so a text not yet translated stands in the source's words."""
    by_name = {str(one.get("id")): one for one in tree.values() if isinstance(one, Mapping)}
    entries: list[Any] = []
    for member in part.members:
        name = name_of(member)
        said = _own(member, by_name.get(name) if name else tree.get(str(member.where[-1])))
        if name is not None:
            entries += [{"id": name, **said}] if said is not MISSING else []
        else:
            entries.append(({} if member.members else MISSING) if said is MISSING else said)
    if all(entry in (MISSING, {}) for entry in entries):
        return MISSING
    while entries[-1] == {}:
        entries.pop()
    places = range(len(entries))
    return [part.members[place].beside if entries[place] is MISSING else entries[place] for place in places]
