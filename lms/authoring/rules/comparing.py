"""Everything in which a course differs from another of its versions: its outline, its texts, its lists, its rules."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from lms.catalogue.rules.course_files import DEFAULT_PASS_MARK, CourseFiles, Fields, ModuleFile, UnitFile
from lms.catalogue.rules.passages import Changed, Passage, changes, everything_of, fields_of
from lms.kernel.values import dataclass

# What the outline says in sentences, or an entry by itself, is not said again as a field.
_SAID = frozenset({"modules", "units", "slug"})


class Fate(enum.StrEnum):
    """What became of a text or an entry."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"


class Shift(enum.StrEnum):
    """A change of the outline."""

    MODULE_NEW = "module-new"
    MODULE_GONE = "module-gone"
    MODULE_MOVED = "module-moved"
    OPENS_AFTER = "opens-after"
    UNIT_NEW = "unit-new"
    UNIT_GONE = "unit-gone"
    UNIT_TO_MODULE = "unit-to-module"
    UNITS_REORDERED = "units-reordered"


@dataclass(frozen=True, slots=True)
class OutlineChange:
    """One change of the outline; `module` and `unit` are keys, `others` the modules it is said with."""

    shift: Shift
    module: str
    unit: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextChange:
    """One file of a unit that is not as it was; `before` or `after` is None where it is new or gone."""

    path: str
    fate: Fate
    before: UnitFile | None
    after: UnitFile | None
    source: UnitFile | None
    """The unit in its own language; of a translation not the same."""
    module: str
    changed: tuple[Changed, ...]
    weighs: tuple[str, ...] = ()
    """What of it counts for those who finished the unit: "kind", "substance", "pass_mark"."""

    @property
    def file(self) -> UnitFile:
        """The later of the two."""
        found = self.after or self.before
        assert found is not None  # noqa: S101 - one of the two is there
        return found

    @property
    def translation(self) -> bool:
        """Whether it is a unit in another language than it is written in."""
        return self.source is not None and self.source.path != self.path


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One entry of a list, or one file of fields, that is not as it was."""

    key: str
    fate: Fate
    fields: Fields
    changed: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """All of it."""

    outline: tuple[OutlineChange, ...] = ()
    course: tuple[Changed, ...] = ()
    modules: tuple[EntryChange, ...] = ()
    texts: tuple[TextChange, ...] = ()
    sources: tuple[EntryChange, ...] = ()
    terms: tuple[EntryChange, ...] = ()
    media: tuple[EntryChange, ...] = ()

    @property
    def substantive(self) -> bool:
        """Whether it touches what counts for those on the course, as `rules.substance` of the catalogue says it."""
        rule = any(one.place[:1] == ("completion",) for one in self.course)
        return rule or bool(self.outline) or any(text.weighs for text in self.texts)

    @property
    def nothing(self) -> bool:
        """Whether both say the same."""
        lists = (self.modules, self.texts, self.sources, self.terms, self.media)
        return not (self.outline or self.course or any(lists))


@dataclass(frozen=True)
class _Side:
    """One version, with its outline at hand."""

    course: CourseFiles | None
    modules: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    files: dict[str, ModuleFile] = field(default_factory=dict)
    homes: dict[str, str] = field(default_factory=dict)
    """The module of each unit."""


def compare(before: CourseFiles | None, after: CourseFiles) -> Comparison:
    """What `after` changes; against nothing, everything in it is new."""
    old, new = _side(before), _side(after)
    return Comparison(
        outline=tuple(_outline(old, new)),
        course=tuple(changes(_course_fields(before), _course_fields(after))) if before else (),
        modules=tuple(_module_fields(old, new)),
        texts=tuple(_texts(old, new)),
        sources=tuple(_entries(before.sources if before else (), after.sources, "id")),
        terms=tuple(_entries(before.terms if before else (), after.terms, "key")),
        media=tuple(_entries(before.media if before else (), after.media, "id")),
    )


def _side(course: CourseFiles | None) -> _Side:
    side = _Side(course)
    if course is None:
        return side
    listed = course.fields.get("modules") or ()
    for item in listed if isinstance(listed, list | tuple) else ():
        if isinstance(item, Mapping):
            side.modules[_module_key(item)] = item
    for module in course.modules:
        key = module.folder[3:]
        side.files[key] = module
        side.homes.update((unit.key, key) for unit in module.units)
    return side


def _module_key(item: Mapping[str, Any]) -> str:
    used = str(item.get("use") or "")
    return used.partition("/")[2] or str(item.get("module") or "")[3:]


def _course_fields(course: CourseFiles | None) -> list[Passage]:
    return fields_of({name: value for name, value in (course.fields if course else {}).items() if name not in _SAID})


def _outline(old: _Side, new: _Side) -> Iterator[OutlineChange]:
    if old.course is None:
        return
    yield from (OutlineChange(Shift.MODULE_NEW, key) for key in new.modules if key not in old.modules)
    yield from (OutlineChange(Shift.MODULE_GONE, key) for key in old.modules if key not in new.modules)
    yield from (OutlineChange(Shift.MODULE_MOVED, key) for key in _moved(list(old.modules), list(new.modules)))
    for key, item in new.modules.items():
        after = tuple(map(str, item.get("after") or ()))
        if key in old.modules and after != tuple(map(str, old.modules[key].get("after") or ())):
            yield OutlineChange(Shift.OPENS_AFTER, key, others=after)
    yield from _unit_shifts(old, new)


def _unit_shifts(old: _Side, new: _Side) -> Iterator[OutlineChange]:
    for unit, home in new.homes.items():
        if unit not in old.homes:
            yield OutlineChange(Shift.UNIT_NEW, home, unit)
        elif old.homes[unit] != home:
            yield OutlineChange(Shift.UNIT_TO_MODULE, home, unit, (old.homes[unit],))
    yield from (OutlineChange(Shift.UNIT_GONE, home, unit) for unit, home in old.homes.items() if unit not in new.homes)
    for key, module in new.files.items():
        if key in old.files and _moved([u.key for u in old.files[key].units], [u.key for u in module.units]):
            yield OutlineChange(Shift.UNITS_REORDERED, key)


def _moved(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """Which of the names both lists have stand in another order, as few as tell it."""
    common = [name for name in new if name in old]
    passages = [[Passage("", name) for name in side if name in common] for side in (old, new)]
    return [one.pieces[0].text for one in changes(*passages) if one.moved]


def _module_fields(old: _Side, new: _Side) -> Iterator[EntryChange]:
    for key, module in new.files.items():
        before = old.files.get(key)
        sides = (_plain(before.fields if before else {}), _plain(module.fields))
        found = tuple(changes(*map(fields_of, sides)))
        if found and before:
            yield EntryChange(key, Fate.CHANGED, module.fields, found)
        elif found and old.course is not None:
            yield EntryChange(key, Fate.NEW, module.fields, found)


def _plain(fields: Fields) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _SAID}


def _texts(old: _Side, new: _Side) -> Iterator[TextChange]:
    before, after = _files(old), _files(new)
    for name, (home, source, file) in after.items():
        was = before.get(name)
        if was is None:
            yield TextChange(file.path, Fate.NEW, None, file, source, home, _changed(None, file))
        elif found := _changed(was[2], file):
            weighs = _weighs(old, new, was[2], file) if source is file else ()
            yield TextChange(file.path, Fate.CHANGED, was[2], file, source, home, found, weighs)
        elif source is file and (weighs := _weighs(old, new, was[2], file)):
            yield TextChange(file.path, Fate.CHANGED, was[2], file, source, home, (), weighs)
    for name, (home, source, file) in before.items():
        if name not in after:
            yield TextChange(file.path, Fate.GONE, file, None, source, home, _changed(file, None))


def _weighs(old: _Side, new: _Side, before: UnitFile, after: UnitFile) -> tuple[str, ...]:
    sides = ((old, before), (new, after))
    found = [part for part in ("kind", "substance") if before.front.get(part) != after.front.get(part)]
    marks = [_pass_mark(side, file) for side, file in sides]
    return (*found, *(["pass_mark"] if marks[0] != marks[1] else []))


def _pass_mark(side: _Side, unit: UnitFile) -> Any:
    """That of the unit, else of its module, else of the course."""
    module = side.files[side.homes[unit.key]].fields
    course = side.course.fields if side.course else {}
    given = (fields.get("pass_mark") for fields in (unit.front, module, course))
    return next((mark for mark in given if mark is not None), DEFAULT_PASS_MARK)


def _files(side: _Side) -> dict[tuple[str, str], tuple[str, UnitFile, UnitFile]]:
    """(unit, language; empty for its own) → its module, the unit and the file, in the order of the course."""
    found: dict[tuple[str, str], tuple[str, UnitFile, UnitFile]] = {}
    order = [key for key in side.modules if key in side.files]
    for key in dict.fromkeys([*order, *side.files]):
        for unit in side.files[key].units:
            found[unit.key, ""] = (key, unit, unit)
            for text in side.files[key].translations_of(unit):
                found[unit.key, text.language] = (key, unit, text)
    return found


def _changed(before: UnitFile | None, after: UnitFile | None) -> tuple[Changed, ...]:
    return tuple(changes(*(everything_of(file) if file else [] for file in (before, after))))


def _entries(before: Iterable[Fields], after: Iterable[Fields], name: str) -> Iterator[EntryChange]:
    old, new = ({str(one.get(name, "")): one for one in side if isinstance(one, Mapping)} for side in (before, after))
    for key, entry in new.items():
        found = tuple(changes(fields_of(old.get(key, {})), fields_of(entry)))
        if found:
            yield EntryChange(key, Fate.CHANGED if key in old else Fate.NEW, entry, found)
    for key, entry in old.items():
        if key not in new:
            yield EntryChange(key, Fate.GONE, entry, tuple(changes(fields_of(entry), [])))
