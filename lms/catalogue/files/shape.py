"""Is a document made as its schema says? Mistakes in sentences, with their lines."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lms.catalogue.rules.mistakes import Mistake, did_you_mean

from .nodes import Document
from .schemas import Schema, branch, resolve

# A jsonschema.ValidationError; its library types every attribute as possibly unset.
Complaint = Any

_SEE = "see docs/course-format.md"
_KINDS = {
    "string": "text",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "a list (- …)",
    "object": "fields",
}


def _validator(of: Schema) -> Any:
    # Its library is loaded where somebody writes a course; those who read one never need it.
    return importlib.import_module("lms.catalogue.files.validator").validator(of)


def fits(data: Any, of: Schema) -> bool:
    """Whether data are made as the schema `of` says."""
    return bool(_validator(of).is_valid(data))


def shape_mistakes(path: str, document: Document, of: Schema) -> list[Mistake]:
    """Everything in which the document differs from the schema `of`."""
    found: list[Mistake] = []
    for error in _validator(of).iter_errors(document.data):
        found += _mistakes(path, document, error)
    return sorted(set(found))


def _mistakes(path: str, document: Document, error: Complaint) -> Iterator[Mistake]:
    where = tuple(error.absolute_path)
    if error.validator == "oneOf" and isinstance(error.instance, Mapping):
        yield from _of_branch(path, document, error)
        return
    for what, cure, place in _SENTENCES.get(str(error.validator), _other)(error):
        yield Mistake(path, document.line((*where, *place)), what, cure)


def _of_branch(path: str, document: Document, error: Complaint) -> Iterator[Mistake]:
    # jsonschema reports every alternative's complaints; the author meant one of them.
    part = {"oneOf": error.validator_value}
    meant = branch(part, error.instance)
    index = [resolve(option) for option in error.validator_value].index(meant)
    where = tuple(error.absolute_path)
    kinds = [option["properties"].get("kind", {}).get("const") for option in map(resolve, error.validator_value)]
    kind = error.instance.get("kind")
    if kinds[0] and kind not in kinds:
        known = ", ".join(str(name) for name in kinds)
        cure = did_you_mean(str(kind), map(str, kinds), f"kinds are {known}")
        yield Mistake(
            path, document.line((*where, "kind")), f"“{kind}” is no kind of {error.schema.get('title', 'entry')}", cure
        )
        return
    for inner in error.context or ():
        if inner.relative_schema_path[0] == index:
            yield from _mistakes(path, document, inner)


Sentence = tuple[str, str, tuple[str | int, ...]]


def _unknown(error: Complaint) -> Iterator[Sentence]:
    known = error.schema.get("properties", {})
    patterns = list(error.schema.get("patternProperties", {}))
    for name in error.instance:
        if name not in known and not any(re.search(pattern, name) for pattern in patterns):
            cure = did_you_mean(name, known, f"fields here are {', '.join(known)}" if known else "delete it")
            yield f"“{name}” is not a field here", cure, (name,)


def _missing(error: Complaint) -> Iterator[Sentence]:
    for name in error.validator_value:
        if name not in error.instance:
            yield f"“{name}” is missing", f"add {name}: …", ()


def _type(error: Complaint) -> Iterator[Sentence]:
    wanted = _KINDS.get(str(error.validator_value), str(error.validator_value))
    cure = 'put the value in quotes: "…"' if error.validator_value == "string" else _SEE
    yield f"{_name(error)} must be {wanted}", cure, ()


def _choice(error: Complaint) -> Iterator[Sentence]:
    known = [str(value) for value in error.validator_value]
    yield (
        f"“{error.instance}” is not one of the choices",
        did_you_mean(str(error.instance), known, "choose " + ", ".join(known)),
        (),
    )


def _constant(error: Complaint) -> Iterator[Sentence]:
    wanted = str(error.validator_value).lower() if isinstance(error.validator_value, bool) else error.validator_value
    yield f"{_name(error)} can only be {wanted}", f"write {wanted}, or leave the field out", ()


def _range(error: Complaint) -> Iterator[Sentence]:
    least, most = error.schema.get("minimum"), error.schema.get("maximum")
    yield f"{_name(error)} is {error.instance}", f"write a whole number from {least} to {most}", ()


def _length(error: Complaint) -> Iterator[Sentence]:
    bound = f"{str(error.validator).removeprefix('min').removeprefix('max').lower()}"
    unit = "characters" if bound == "length" else "entries"
    side = "at least" if str(error.validator).startswith("min") else "at most"
    yield f"{_name(error)} has the wrong number of {unit}", f"it takes {side} {error.validator_value} {unit}", ()


def _pattern(error: Complaint) -> Iterator[Sentence]:
    shown = str(error.instance).split("\n")[0][:40]
    meant = error.schema.get("description") or f"it must match {error.validator_value}"
    yield f"“{shown}” is not written as {_name(error)} must be", str(meant), ()


def _twice(error: Complaint) -> Iterator[Sentence]:
    yield f"{_name(error)} says the same thing twice", "keep one of them", ()


def _other(error: Complaint) -> Iterator[Sentence]:
    yield f"{_name(error)} is not as it must be", str(error.schema.get("description") or _SEE), ()


def _name(error: Complaint) -> str:
    names = [str(part) for part in error.absolute_path if isinstance(part, str)]
    return f"“{names[-1]}”" if names else "this"


_SENTENCES: dict[str, Callable[[Complaint], Iterator[Sentence]]] = {
    "additionalProperties": _unknown,
    "required": _missing,
    "type": _type,
    "enum": _choice,
    "const": _constant,
    "minimum": _range,
    "maximum": _range,
    "minLength": _length,
    "maxLength": _length,
    "minItems": _length,
    "maxItems": _length,
    "minProperties": _length,
    "pattern": _pattern,
    "uniqueItems": _twice,
}
