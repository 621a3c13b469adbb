"""A text as passages, and what of them changed between two of its versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from .course_files import UnitFile
from .translation import FIXED

_WORDS = re.compile(r"\S+\s*")
_HEADING = re.compile(r"#+\s+(.*?)\s*(?:\{#[^}]*\})?$")


@dataclass(frozen=True, slots=True)
class Passage:
    """One paragraph, or one field that people read; `where` is the heading it stands under, or the field's name."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of words that both versions have ("same"), only the earlier ("del") or only the later one ("ins")."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One passage that is not as it was."""

    where: str
    pieces: tuple[Piece, ...]


def passages_of(unit: UnitFile) -> list[Passage]:
    """What a translation of this text has to follow, in the order of its file."""
    fields = {name: value for name, value in unit.front.items() if name not in FIXED}
    return [*_fields(fields, ""), *_body(unit.body)]


def _fields(value: Any, where: str) -> Iterator[Passage]:
    if isinstance(value, str):
        yield Passage(where, value)
    elif isinstance(value, Mapping):
        for name, member in value.items():
            if name not in FIXED and name != "id":
                yield from _fields(member, f"{where} {name}".strip())
    elif isinstance(value, list | tuple):
        for number, member in enumerate(value, 1):
            yield from _fields(member, f"{where} {number}")


def _body(body: str) -> Iterator[Passage]:
    under = ""
    for block in re.split(r"\n{2,}", body.strip()):
        heading = _HEADING.match(block)
        under = heading[1] if heading else under
        if block:
            yield Passage(under, heading[1] if heading else block)


def changes(before: Sequence[Passage], after: Sequence[Passage]) -> list[Changed]:
    """Every passage that was changed, added or taken out, in the order of the later version."""
    matcher = SequenceMatcher(None, [one.text for one in before], [one.text for one in after], autojunk=False)
    found: list[Changed] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind != "equal":
            found += [_changed(old, new) for old, new in zip_longest(before[a:b], after[c:d])]
    return found


def _changed(old: Passage | None, new: Passage | None) -> Changed:
    if old is None or new is None:
        only = old or new
        assert only is not None  # noqa: S101 - one of the two is there
        return Changed(only.where, (Piece("del" if old else "ins", only.text),))
    return Changed(new.where, tuple(_pieces(_WORDS.findall(old.text), _WORDS.findall(new.text))))


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(new[c:d]))
            continue
        if a < b:
            yield Piece("del", "".join(old[a:b]))
        if c < d:
            yield Piece("ins", "".join(new[c:d]))
