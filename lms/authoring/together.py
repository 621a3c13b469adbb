"""Files that a draft and a newer version have both changed: what can be put together, and where somebody chooses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from lms.catalogue.files.canonical import FENCE, fields_text, unit_text
from lms.catalogue.files.nodes import read_yaml
from lms.catalogue.files.text import tidy
from lms.catalogue.rules.course_files import UnitFile
from lms.plugins.unit_kind import UnitKind

from .rules.merging import Clash, Where, merge

BODY = "body"
_UNIT = re.compile(r"modules/[^/]+/(?!module\.yaml)([a-z0-9][a-z0-9-]*)(?:\.([a-z]{2,3}))?(\.md|\.yaml)")

Three = tuple[str | None, str | None, str | None]
"""A file before, in the draft, in the newer version; None where it is not there."""


@dataclass(frozen=True)
class Disputed:
    """One file that both sides changed. Without fields that can be read, the whole file is the one place to choose."""

    path: str
    three: Three
    clashes: tuple[Clash, ...]
    whole: bool

    def chosen(self, theirs: Collection[Where], kinds: Mapping[str, UnitKind], kind: str) -> str | None:
        """The file with what was chosen at each place: theirs there, mine elsewhere."""
        _before, mine, other = self.three
        if self.whole:
            return other if () in theirs else mine
        return merged_text(self.path, self.three, theirs, kinds, kind)


def disputed(path: str, three: Three) -> Disputed:
    """Where somebody must choose in a file that both sides changed."""
    sides = [fields_of_file(path, text) for text in three]
    if sides[1] is None or sides[2] is None:
        return Disputed(path, three, (Clash((), *three),), whole=True)
    return Disputed(path, three, merge(sides[0] or {}, sides[1], sides[2]).clashes, whole=False)


def fields_of_file(path: str, text: str | None) -> dict[str, Any] | None:
    """A file as fields, the body of a unit among them; None where it is not there or no YAML."""
    if text is None:
        return None
    front, body = text, ""
    lines = text.split("\n")
    if path.endswith(".md"):
        if lines[0] != FENCE or FENCE not in lines[1:]:
            return None
        end = lines.index(FENCE, 1)
        front, body = "\n".join(lines[1:end]) + "\n", tidy("\n".join(lines[end + 1 :]))
    document, wrong = read_yaml(path, front)
    if wrong or not isinstance(document.data, dict):
        return None
    return {**document.data, **({BODY: body} if body else {})}


def merged_text(
    path: str, three: Three, theirs: Collection[Where], kinds: Mapping[str, UnitKind], kind: str
) -> str | None:
    """Both sides in one file, in its canonical form; `kind` is that of the unit, for a translation too."""
    sides = [fields_of_file(path, text) or {} for text in three]
    merged = dict(merge(*sides, take_theirs=theirs).data)
    unit = _UNIT.fullmatch(path)
    if unit is None:
        return fields_text(path, merged)
    body = str(merged.pop(BODY, ""))
    file = UnitFile(path, unit[1], unit[2] or "", merged, body)
    return unit_text(file, kinds[str(merged.get("kind") or kind)])


def kind_of(path: str, texts: Mapping[str, str]) -> str:
    """The kind of the unit that a file belongs to; that of its original for a translation."""
    unit = _UNIT.fullmatch(path)
    if unit is None:
        return ""
    folder = path.rpartition("/")[0]
    source = f"{folder}/{unit[1]}{unit[3]}"
    return str((fields_of_file(source, texts.get(source)) or {}).get("kind", ""))
