"""Files that a draft and a newer version have both changed: what can be put together, and where somebody chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.catalogue.files.canonical import FENCE, fields_text, unit_text
from lms.catalogue.files.nodes import read_yaml
from lms.catalogue.files.text import tidy
from lms.catalogue.rules.course_files import UnitFile
from lms.plugins.unit_kind import UnitKind

from .rules.merging import Clash, Where, merge
from .rules.pairing import Three, named

BODY = "body"


@dataclass(frozen=True)
class Disputed:
    """One file that both sides changed. Without fields that can be read, or of a kind that is not installed, the whole
    file is the one place to choose."""

    path: str
    three: Three
    clashes: tuple[Clash, ...]
    whole: bool

    def chosen(self, theirs: Collection[Where], kinds: Mapping[str, UnitKind], kind: str) -> str | None:
        """The file with what was chosen at each place: theirs there, mine elsewhere; None takes it out."""
        _before, mine, other = self.three
        if self.whole:
            return other if () in theirs else mine
        return merged_text(self.path, self.three, theirs, kinds, kind)


def disputed(path: str, three: Three, kinds: Mapping[str, UnitKind], kind: str) -> Disputed:
    """Where somebody must choose in a file that both sides changed; `kind` is that of the unit, for a translation
    too."""
    sides = [fields_of_file(path, text) for text in three]
    if sides[1] is None or sides[2] is None or not _written_by(path, sides[1:], kinds, kind):
        return Disputed(path, three, (Clash((), *three),), whole=True)
    return Disputed(path, three, merge(sides[0] or {}, sides[1], sides[2]).clashes, whole=False)


def _written_by(path: str, sides: Sequence[Mapping[str, Any] | None], kinds: Mapping[str, UnitKind], kind: str) -> bool:
    """Whether there is a kind to write the file of either side with; other files than those of units need none."""
    return named(path) is None or all(str((side or {}).get("kind") or kind) in kinds for side in sides)


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
    unit = named(path)
    if unit is None:
        return fields_text(path, merged)
    body = str(merged.pop(BODY, ""))
    file = UnitFile(path, unit.key, unit.language, merged, body)
    return unit_text(file, kinds[str(merged.get("kind") or kind)])


def kind_of(path: str, texts: Mapping[str, str]) -> str:
    """The kind of the unit that a file belongs to, in whatever module: that of its original for a translation."""
    unit = named(path)
    if unit is None:
        return ""
    source = next((one for one in texts if named(one) == unit._replace(language="")), "")
    return str((fields_of_file(source, texts.get(source)) or {}).get("kind", ""))
