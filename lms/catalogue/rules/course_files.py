"""A course as its files say it: plain frozen values, equal when the files are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from lms.kernel.values import dataclass

DEFAULT_PASS_MARK = 80

Fields = Mapping[str, Any]


_UNIT_PATH = re.compile(r"modules/([^/]+)/([a-z0-9][a-z0-9-]*)(?:\.([a-z]{2,3}))?(\.md|\.yaml)")


class UnitPath(NamedTuple):
    """What the path of a unit's file says; `language` is empty for the text it is written in. The path of module.yaml
    reads like that of a unit called module."""

    folder: str
    key: str
    language: str
    suffix: str


def unit_path(path: str) -> UnitPath | None:
    """The parts of the path of a unit's file; None for any other."""
    found = _UNIT_PATH.fullmatch(path)
    return UnitPath(found[1], found[2], found[3] or "", found[4]) if found else None


@dataclass(frozen=True, slots=True)
class UnitFile:
    """One file of a unit: the source text, or a translation that says which source text it follows."""

    path: str
    key: str
    language: str
    front: Fields
    body: str = ""

    @property
    def kind(self) -> str:
        """The kind the author named; empty in a translation, which takes its source's."""
        return str(self.front.get("kind", ""))


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module's folder: module.yaml and its units in the order it lists them."""

    folder: str
    fields: Fields
    units: tuple[UnitFile, ...]
    translations: tuple[UnitFile, ...] = ()

    @property
    def key(self) -> str:
        """The module's name for other files."""
        return str(self.fields["key"])

    @property
    def path(self) -> str:
        """Where module.yaml stands."""
        return f"modules/{self.folder}/module.yaml"

    def translations_of(self, unit: UnitFile) -> tuple[UnitFile, ...]:
        """The translations of one unit, by language."""
        return tuple(other for other in self.translations if other.key == unit.key)


@dataclass(frozen=True, slots=True)
class ModuleEntry:
    """A line of course.yaml's `modules`: one's own folder, or the module of another course."""

    key: str
    folder: str | None
    use: str | None
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """A whole course; `fields` are those of course.yaml."""

    fields: Fields
    modules: tuple[ModuleFile, ...]
    terms: tuple[Fields, ...] = ()
    sources: tuple[Fields, ...] = ()
    media: tuple[Fields, ...] = ()

    @property
    def slug(self) -> str:
        """The name of the course's folder and of its addresses."""
        return str(self.fields["slug"])

    @property
    def language(self) -> str:
        """The language the units are written in."""
        return str(self.fields["language"])

    @property
    def pass_mark(self) -> int:
        """Percent of right answers that passes a quiz, unless a module or a quiz says otherwise."""
        return int(self.fields.get("pass_mark", DEFAULT_PASS_MARK))

    def entries(self) -> tuple[ModuleEntry, ...]:
        """The modules in order, with what must come before each."""
        return tuple(_entry(item) for item in self.fields["modules"])

    def units(self) -> Iterator[tuple[ModuleFile, UnitFile]]:
        """Every own unit in order."""
        for module in self.modules:
            for unit in module.units:
                yield module, unit


def _entry(item: Fields) -> ModuleEntry:
    folder, use = item.get("module"), item.get("use")
    key = str(use).partition("/")[2] if use else str(folder)[3:]
    return ModuleEntry(key=key, folder=folder, use=use, after=tuple(item.get("after", ())))
