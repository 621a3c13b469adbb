"""The fields of a unit as the parts of a form, made from the schema of its kind: one way for every kind there is."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.catalogue.files.schemas import Schema, resolve
from lms.catalogue.rules.translation import FIXED
from lms.kernel.values import dataclass

Where = tuple[str | int, ...]
PREFIX = "f"
MOST_ENTRIES = 200
# A unit is named when it is made, and its substance changes by an act of its own.
NOT_HERE = frozenset({"key", "kind", "substance"})
NAMES = frozenset({"id", "key"})
_LINE = 300


class Sort(enum.StrEnum):
    """What is drawn for a field."""

    LINE = "line"
    WORDS = "words"
    PROSE = "prose"
    NUMBER = "number"
    FLAG = "flag"
    TRUTH = "truth"
    CHOICE = "choice"
    CONSTANT = "constant"
    NAME = "name"
    """The id of an entry: made for the author, and kept."""
    TEXTS = "texts"
    GROUP = "group"
    LIST = "list"
    FOREIGN = "foreign"
    """What no form can show; it stays as it is in the file."""


TEXTUAL = frozenset({Sort.LINE, Sort.WORDS, Sort.PROSE})


@dataclass(frozen=True, slots=True)
class Field:
    """One field with what is in it. `beside` is the text that a translation says in its own words."""

    sort: Sort
    where: Where
    schema: Schema
    value: Any = None
    required: bool = True
    members: tuple[Field, ...] = ()
    beside: str | None = None

    @property
    def name(self) -> str:
        """The name of its input."""
        return ".".join((PREFIX, *map(str, self.where)))

    @property
    def path(self) -> str:
        """The name of its place for the acts that change the shape of a form."""
        return ".".join(map(str, self.where))

    @property
    def key(self) -> str:
        """The name of the field in the file; of an entry, that of its list."""
        return next((part for part in reversed(self.where) if isinstance(part, str)), "")

    @property
    def is_entry(self) -> bool:
        """Whether it stands in a list."""
        return bool(self.where) and isinstance(self.where[-1], int)

    @property
    def filled(self) -> bool:
        """Whether there is anything in it."""
        if self.members:
            return any(member.filled for member in self.members)
        return self.value not in (None, "", False)

    @property
    def mark(self) -> str:
        """What its text means, where its schema says so: prose, citation, passage, case-study."""
        return str(self.schema.get("format", ""))

    @property
    def variety(self) -> str:
        """For an entry of one of several kinds: which."""
        return next((str(m.value) for m in self.members if m.sort is Sort.CONSTANT and m.key == "kind"), "")

    @property
    def slim(self) -> bool:
        """For an entry: whether it is a text or two, and perhaps a mark beside them."""
        seen = [member for member in self.members if member.sort not in (Sort.NAME, Sort.CONSTANT)]
        return len(seen) < 4 and all(member.sort in (*TEXTUAL, Sort.FLAG) for member in seen)

    @property
    def whole(self) -> bool:
        """Whether everything that is asked for stands in it."""
        if self.sort in (Sort.GROUP, Sort.LIST) and self.members:
            return all(member.whole for member in self.members if member.required)
        return self.value not in (None, "")

    @property
    def gist(self) -> str:
        """The first text in it, by which an entry that is folded is known again."""
        texts = (str(m.value) for m in self.members if m.sort in TEXTUAL and m.value and m.key != "substance")
        return next(texts, "")

    @property
    def branches(self) -> tuple[str, ...]:
        """For a list whose entries are of several kinds: their names."""
        return tuple(branch_names(item_schema(self.schema))) if self.sort is Sort.LIST else ()

    @property
    def full(self) -> bool:
        """Whether a list takes no further entry."""
        return len(self.members) >= min(int(self.schema.get("maxItems", MOST_ENTRIES)), MOST_ENTRIES)

    def flat(self) -> Iterator[Field]:
        """Itself, and everything in it."""
        yield self
        for member in self.members:
            yield from member.flat()


def item_schema(of: Schema) -> Schema:
    """What an entry of a list looks like."""
    return resolve(of.get("items", {}))


def branch_names(part: Schema) -> list[str]:
    """The names of the alternatives: the `kind` each stands for, else what its definition is called."""
    return [_branch_name(option, place) for place, option in enumerate(part.get("oneOf", ()))]


def _branch_name(option: Schema, place: int) -> str:
    constant = resolve(option).get("properties", {}).get("kind", {}).get("const")
    return str(constant or option.get("$ref", f"/{place}").rpartition("/")[2])


def alternative(part: Schema, names: Collection[str], kind: object) -> Schema:
    """The alternative that is meant: by `kind`, else by the fields that are there."""
    part = resolve(part)
    if "oneOf" not in part:
        return part
    options = [resolve(option) for option in part["oneOf"]]
    known = [option for option in options if option["properties"].get("kind", {}).get("const") == kind]
    if kind is not None and known:
        return known[0]
    return max(options, key=lambda option: _likeness(option, names))


def _likeness(option: Schema, names: Collection[str]) -> int:
    return sum(1 if name in option["properties"] else -1 for name in names)


def sort_of(part: Schema, key: str = "", *, in_entry: bool = False) -> Sort:
    """What is drawn for a field of this schema."""
    part = resolve(part)
    if "const" in part:
        return Sort.FLAG if part["const"] is True else Sort.CONSTANT
    if "enum" in part:
        return Sort.CHOICE if all(isinstance(value, str) for value in part["enum"]) else Sort.FOREIGN
    kind = part.get("type")
    if kind == "object":
        return Sort.GROUP if "properties" in part and "patternProperties" not in part else _texts(part)
    if kind == "array":
        return Sort.LIST if "items" in part else Sort.FOREIGN
    if kind == "string":
        return Sort.NAME if in_entry and key in NAMES else _text(part)
    return {"boolean": Sort.TRUTH, "integer": Sort.NUMBER}.get(str(kind), Sort.FOREIGN)


def _texts(part: Schema) -> Sort:
    values = [resolve(value) for value in part.get("patternProperties", {}).values()]
    return Sort.TEXTS if values and all(value.get("type") == "string" for value in values) else Sort.FOREIGN


def _text(part: Schema) -> Sort:
    if part.get("format") == "prose":
        return Sort.PROSE
    return Sort.LINE if "pattern" in part or part.get("maxLength", _LINE + 1) <= _LINE else Sort.WORDS


def fields_of(schema: Schema, data: Mapping[str, Any], languages: Sequence[str]) -> tuple[Field, ...]:
    """The form of a unit. `languages` are those of its course, its own first."""
    names = [name for name in schema["properties"] if name not in NOT_HERE]
    return tuple(_member(schema, data, name, (), languages) for name in names)


def _member(of: Schema, data: Mapping[str, Any], name: str, where: Where, languages: Sequence[str]) -> Field:
    required = name in of.get("required", ())
    in_entry = bool(where) and isinstance(where[-1], int)
    part = resolve(of["properties"][name])
    sort = sort_of(part, name, in_entry=in_entry)
    return _field(sort, part, data.get(name), (*where, name), languages, required=required)


def _field(
    sort: Sort, part: Schema, value: Any, where: Where, languages: Sequence[str], *, required: bool = True
) -> Field:
    if value is not None and not _fits(sort, value):
        sort = Sort.FOREIGN
    found = Field(sort, where, part, value, required)
    if sort is Sort.GROUP:
        known = [name for name in part["properties"] if not (name in NOT_HERE and not where)]
        members = tuple(_member(part, value or {}, name, where, languages) for name in known)
        return replace(found, members=members)
    if sort is Sort.TEXTS:
        codes = dict.fromkeys([*languages, *(value or {})])
        line = Sort.LINE if where[-1] == "title" else Sort.WORDS
        texts = [Field(line, (*where, code), {}, (value or {}).get(code), code in languages[:1]) for code in codes]
        return replace(found, members=tuple(texts))
    if sort is Sort.LIST:
        entries = [_entry(part, item, (*where, place), languages) for place, item in enumerate(value or ())]
        return replace(found, members=tuple(entries))
    return replace(found, value=part["const"]) if sort is Sort.CONSTANT else found


def _entry(of: Schema, item: Any, where: Where, languages: Sequence[str]) -> Field:
    part = item_schema(of)
    if isinstance(item, Mapping):
        part = alternative(part, set(item), item.get("kind"))
    return _field(sort_of(part), part, item, where, languages)


def _fits(sort: Sort, value: Any) -> bool:
    if sort in (Sort.GROUP, Sort.TEXTS):
        return isinstance(value, Mapping) and (sort is Sort.GROUP or all(isinstance(t, str) for t in value.values()))
    if sort is Sort.LIST:
        return isinstance(value, list | tuple)
    if sort is Sort.NUMBER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, bool if sort in (Sort.FLAG, Sort.TRUTH) else str)


def translation_fields(schema: Schema, source: Mapping[str, Any], own: Mapping[str, Any]) -> tuple[Field, ...]:
    """The form of a translation: every text of the source that it may say, with its own words in it."""
    found = (_translated(field, own.get(field.key)) for field in fields_of(schema, source, ()))
    return tuple(field for field in found if field)


def _translated(field: Field, own: Any) -> Field | None:
    """None for what is the source's to say, or has nothing in it."""
    if field.key in FIXED and (len(field.where) == 1 or field.key != "title"):
        return None
    if field.sort is Sort.NAME:
        return field
    if field.sort in TEXTUAL:
        if not field.value or field.schema.get("format") in ("citation", "passage", "case-study"):
            return None
        return replace(field, value=own if isinstance(own, str) else "", beside=str(field.value))
    if field.sort not in (Sort.GROUP, Sort.LIST):
        return None
    pairs = ((member, _own_of(member, own)) for member in field.members)
    members = tuple(kept for member, theirs in pairs if (kept := _translated(member, theirs)))
    return replace(field, members=members) if any(part.sort in TEXTUAL for m in members for part in m.flat()) else None


def _own_of(member: Field, own: Any) -> Any:
    """What the translation has at the place of a member: by id, by place, or by name."""
    if not member.is_entry:
        return own.get(member.where[-1]) if isinstance(own, Mapping) else None
    entries = own if isinstance(own, list) else []
    name = name_of(member)
    if name is not None:
        return next((one for one in entries if isinstance(one, Mapping) and one.get("id") == name), None)
    place = int(member.where[-1])
    return entries[place] if place < len(entries) else None


def name_of(entry: Field) -> str | None:
    """The id by which an entry of a list is known in every language; None where it is known by its place."""
    return next((str(m.value) for m in entry.members if m.sort is Sort.NAME and m.key == "id"), None)


def flat_items(fields: Sequence[Field]) -> dict[str, str]:
    """What a browser sends for these fields, as they stand."""
    found: dict[str, str] = {}
    for field in (one for top in fields for one in top.flat()):
        if field.sort in (Sort.GROUP, Sort.LIST, Sort.TEXTS, Sort.FOREIGN):
            continue
        if field.sort in (Sort.FLAG, Sort.TRUTH):
            if field.value is not None:
                found[field.name] = "true" if field.value else "false"
        else:
            found[field.name] = "" if field.value is None else str(field.value)
    return found
