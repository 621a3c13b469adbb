"""The files of a draft beside those of its base and of a newer version: which belong together, and what is to stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from lms.catalogue.rules.course_files import unit_path
from lms.kernel.values import dataclass

Texts = Mapping[str, str]
Three = tuple[str | None, str | None, str | None]
"""A text before, in the draft, in the newer version; None where it is not there."""


class Named(NamedTuple):
    """Which text of which unit a file is, in whatever module; `language` is empty for the one it is written in."""

    key: str
    language: str
    suffix: str


def named(path: str) -> Named | None:
    """What the file of a unit is called; None for any other file."""
    found = unit_path(path)
    return Named(*found[1:]) if found and not path.endswith("/module.yaml") else None


@dataclass(frozen=True, slots=True)
class Trio:
    """One file in the three states. A unit that went to another module is the same file at another path."""

    paths: Three
    texts: Three

    @property
    def path(self) -> str:
        """Where it is to stand: where the side that moved it put it, mine where both did."""
        before, mine, theirs = self.paths
        return (theirs or mine if mine in (before, None) else mine) or before or ""

    @property
    def disputed(self) -> bool:
        """Whether both sides changed it to something else; that one moved what the other took out is such a change."""
        before, mine, theirs = self.texts
        if before is not None and mine != theirs and None in (mine, theirs):
            left = self.paths[2 if mine is None else 1]
            if left != self.paths[0]:
                return True
        return mine != before and theirs not in (before, mine)

    @property
    def text(self) -> str | None:
        """What is to stand where it is not disputed."""
        before, mine, theirs = self.texts
        return theirs if mine == before else mine


def trios(before: Texts, mine: Texts, theirs: Texts) -> list[Trio]:
    """Every file of the three states. Unit files are found again by their names, all others by their paths."""
    sides = (before, mine, theirs)
    doubled = set().union(*map(_doubled, sides))
    found: dict[Named | str, dict[int, str]] = {}
    for number, side in enumerate(sides):
        for path in side:
            name = named(path)
            found.setdefault(path if name is None or name in doubled else name, {})[number] = path
    return [_trio([paths.get(number) for number in range(3)], sides) for paths in found.values()]


def _doubled(side: Texts) -> set[Named]:
    """The names that more than one file of a side has, so that they name none."""
    return {name for name, times in Counter(filter(None, map(named, side))).items() if times > 1}


def _trio(paths: Sequence[str | None], sides: Sequence[Texts]) -> Trio:
    texts = [side[path] if path else None for path, side in zip(paths, sides, strict=True)]
    return Trio((paths[0], paths[1], paths[2]), (texts[0], texts[1], texts[2]))
