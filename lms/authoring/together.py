"""Files that two sides have changed, two people or a draft and a newer version: what can be put together, and where
somebody chooses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from lms.catalogue.files.canonical import fields_text, unit_text
from lms.catalogue.rules.course_files import UnitFile
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .manuscript import read_manuscript
from .rules.merging import Clash, Merged, Where, merge
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
    found = together(path, three)
    if found is None or not _written_by(path, three, kinds, kind):
        return Disputed(path, three, (Clash((), *three),), whole=True)
    return Disputed(path, three, found.clashes, whole=False)


def together(path: str, three: Three, take_theirs: Collection[Where] = ()) -> Merged | None:
    """Both sides' changes of a file; None where one side took it out, or one cannot be read as fields."""
    before, mine, theirs = (fields_of_file(path, text) for text in three)
    if mine is None or theirs is None:
        return None
    return merge(before or {}, mine, theirs, take_theirs=take_theirs)


def _written_by(path: str, three: Three, kinds: Mapping[str, UnitKind], kind: str) -> bool:
    """Whether there is a kind to write the file of either side with; other files than those of units need none."""
    sides = [fields_of_file(path, text) or {} for text in three[1:]]
    return named(path) is None or all(str(side.get("kind") or kind) in kinds for side in sides)


def fields_of_file(path: str, text: str | None) -> dict[str, Any] | None:
    """A file as fields, the body of a unit among them; None where it is not there or has no fields to be read."""
    if text is None:
        return None
    read = read_manuscript(path, "", "", text)
    if not read.front:
        return None
    return {**read.front, **({BODY: read.body} if read.body else {})}


def merged_text(
    path: str, three: Three, theirs: Collection[Where], kinds: Mapping[str, UnitKind], kind: str
) -> str | None:
    """Both sides in one file, in its canonical form; `kind` is that of the unit, for a translation too. None where
    `together` has none."""
    found = together(path, three, theirs)
    if found is None:
        return None
    if named(path) is None:
        return fields_text(path, found.data)
    return written_together(path, found, kinds[str(found.data.get("kind") or kind)])


def written_together(path: str, merged: Merged, kind: UnitKind) -> str:
    """The file of a unit that says what both sides say."""
    front = {name: value for name, value in merged.data.items() if name != BODY}
    return unit_text(UnitFile(path, "", "", front, str(merged.data.get(BODY, ""))), kind)


def kind_of(path: str, texts: Mapping[str, str]) -> str:
    """The kind of the unit that a file belongs to, in whatever module: that of its original for a translation."""
    unit = named(path)
    if unit is None:
        return ""
    source = next((one for one in texts if named(one) == unit._replace(language="")), "")
    return str((fields_of_file(source, texts.get(source)) or {}).get("kind", ""))
