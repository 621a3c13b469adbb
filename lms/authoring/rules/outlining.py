"""Acts on the outline of a course: each takes the course's files and answers with those it should have.

What cannot be done raises NotPossible and changes nothing. What else names a module or a unit (the completion rule,
what comes after what, links, passages of questions) is kept true.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from lms.catalogue.files.schemas import inside
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile
from lms.catalogue.rules.substance import Change, changes
from lms.kernel.values import dataclass

from .pointers import Kinds, repointed
from .skeleton import (
    RESERVED,
    NotPossible,
    Reason,
    arranged,
    clean_texts,
    home_of,
    in_folder,
    key_of,
    line_key,
    lines_of,
    listed,
    module_keys,
    module_of,
    new_folder,
    new_key,
    unit_keys,
    with_fields,
    with_module,
    with_modules,
    with_unit,
    without_nothing,
    without_unit,
)

FIRST_SUBSTANCE = "s1"
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Completion:
    """What completes a course: the modules (None for all there are), half-days in percent, and a confirmed name."""

    modules: tuple[str, ...] | None = None
    attendance_at_least: int | None = None
    name_confirmed: bool = False


def add_module(course: CourseFiles, titles: Texts, taken: Collection[str] = ()) -> CourseFiles:
    """A new module at the end, without units; its key is made from its title and none of `taken`."""
    title = clean_texts(titles, needed=course.language, one_line=True)
    key = new_key(title[course.language], {*taken, *module_keys(course)}, "part")
    folder = new_folder(course, key)
    module = ModuleFile(folder, {"key": key, "title": title, "units": []}, ())
    lines = [*lines_of(course), {"module": folder}]
    return with_fields(with_modules(course, [*course.modules, module]), modules=lines)


def set_module(
    course: CourseFiles, key: str, titles: Texts, objectives: Sequence[Texts], pass_mark: int | None
) -> CourseFiles:
    """What a module is called, what its readers are able to do afterwards, and perhaps a pass mark of its own."""
    module = module_of(course, key)
    fields = {
        **module.fields,
        "title": clean_texts(titles, needed=course.language, one_line=True),
        "objectives": [texts for texts in map(clean_texts, objectives) if texts] or None,
        "pass_mark": pass_mark,
    }
    return with_module(course, replace(module, fields=without_nothing(fields)))


def rename_module(course: CourseFiles, key: str, new: str, published: Collection[str] = ()) -> CourseFiles:
    """Another key for a module that was never published: its folder, its line and everything that names it."""
    module = module_of(course, key)
    if new == key:
        return course
    _fit(new, key, published, module_keys(course))
    folder = f"{module.folder[:3]}{new}"
    files = [*module.units, *module.translations]
    moved = {text.path: in_folder(text, folder) for text in files}
    renamed = replace(
        module,
        folder=folder,
        fields={**module.fields, "key": new},
        units=tuple(moved[unit.path] for unit in module.units),
        translations=tuple(moved[text.path] for text in module.translations),
    )
    lines = [_renamed_line(line, module.folder, folder, key, new) for line in lines_of(course)]
    return with_fields(
        with_module(course, renamed, module.folder), modules=lines, completion=_renamed_condition(course, key, new)
    )


def _fit(new: str, old: str, published: Collection[str], others: Collection[str]) -> None:
    if old in published:
        raise NotPossible(Reason.PUBLISHED_KEY, old)
    if not _KEY.fullmatch(new) or new in RESERVED:
        raise NotPossible(Reason.BAD_KEY, new)
    if new in others or new in published:
        raise NotPossible(Reason.KEY_TAKEN, new)


def _renamed_line(line: dict[str, Any], old_folder: str, folder: str, key: str, new: str) -> dict[str, Any]:
    if line.get("module") == old_folder:
        line["module"] = folder
    if "after" in line:
        line["after"] = [new if name == key else name for name in line["after"]]
    return line


def _renamed_condition(course: CourseFiles, key: str, new: str) -> Any:
    rule = course.fields.get("completion")
    if not rule or not isinstance(rule.get("modules"), list):
        return rule
    return {**rule, "modules": [new if name == key else name for name in rule["modules"]]}


def move_module(course: CourseFiles, key: str, by: int) -> CourseFiles:
    """A module some places up (negative) or down. Folders keep their numbers: the order is that of course.yaml."""
    keys = module_keys(course)
    if key not in keys:
        raise NotPossible(Reason.NO_MODULE, key)
    return with_fields(course, modules=_moved(lines_of(course), keys.index(key), by))


def _moved(entries: list[Any], place: int, by: int) -> list[Any]:
    if not 0 <= place + by < len(entries):
        raise NotPossible(Reason.AT_THE_END)
    entries.insert(place + by, entries.pop(place))
    return entries


def set_after(course: CourseFiles, key: str, after: Sequence[str]) -> CourseFiles:
    """Which modules must be finished before one opens. Raises NotPossible where modules would wait for each other."""
    keys = module_keys(course)
    for name in (key, *after):
        if name not in keys:
            raise NotPossible(Reason.NO_MODULE, name)
    names = [name for name in keys if name in after] or None
    lines = [without_nothing({**line, "after": names}) if line_key(line) == key else line for line in lines_of(course)]
    try:
        TopologicalSorter({line_key(line): line.get("after", ()) for line in lines}).prepare()
    except CycleError as error:
        raise NotPossible(Reason.CIRCLE, *reversed(error.args[1])) from error
    return with_fields(course, modules=lines)


def set_course(
    course: CourseFiles, titles: Texts, descriptions: Texts, pass_mark: int | None, completion: Completion
) -> CourseFiles:
    """What the course is called and says of itself, what passes a quiz, and what completes it."""
    keys = module_keys(course)
    wanted = completion.modules
    if wanted is not None and (not wanted or not set(wanted) <= set(keys)):
        raise NotPossible(Reason.NO_MODULE, *sorted(set(wanted) - set(keys)))
    share = completion.attendance_at_least
    rule = {
        "modules": "all" if wanted is None else [key for key in keys if key in wanted],
        "attendance": {"at_least": share} if share is not None else None,
        "name_confirmed": True if completion.name_confirmed else None,
    }
    return with_fields(
        course,
        title=clean_texts(titles, needed=course.language, one_line=True),
        description=clean_texts(descriptions) or None,
        pass_mark=pass_mark,
        completion=without_nothing(rule),
    )


def add_unit(
    course: CourseFiles,
    kinds: Kinds,
    *,
    module: str,
    kind: str,
    titles: Texts,
    minutes: int,
    taken: Collection[str] = (),
) -> CourseFiles:
    """A new unit at the end of a module with what every kind has, to be written; its key is none of `taken`."""
    home = module_of(course, module)
    if kind not in kinds:
        raise NotPossible(Reason.NO_KIND, kind)
    title = clean_texts(titles, needed=course.language, one_line=True)
    key = new_key(title[course.language], {*taken, *unit_keys(course), *listed(home), *RESERVED}, "text")
    return with_module(course, with_unit(home, blank_unit(kinds[kind], key, course.language, title, minutes)))


def blank_unit(kind: Any, key: str, language: str, title: Texts, minutes: int) -> UnitFile:
    """A unit of a kind as it is before anybody wrote in it; every kind has these fields. It has no folder yet."""
    front = {"key": key, "kind": kind.key, "title": dict(title), "minutes": minutes, "substance": FIRST_SUBSTANCE}
    known = {name: value for name, value in front.items() if inside(kind.schema, name, front) or name == "kind"}
    return UnitFile(f"{key}{kind.suffix}", key, language, known)


def set_unit(course: CourseFiles, key: str, titles: Texts, minutes: int) -> CourseFiles:
    """What a unit is called, and how long it takes."""
    module, unit = home_of(course, key)
    title = clean_texts(titles, needed=course.language, one_line=True)
    changed = replace(unit, front={**unit.front, "title": title, "minutes": minutes})
    units = tuple(changed if other.key == key else other for other in module.units)
    return with_module(course, replace(module, units=units))


def rename_unit(course: CourseFiles, kinds: Kinds, key: str, new: str, published: Collection[str] = ()) -> CourseFiles:
    """Another key for a unit that was never published: its files, translations too, and every link to it."""
    module, _unit = home_of(course, key)
    if new == key:
        return course
    _fit(new, key, published, unit_keys(course))
    keys = [new if name == key else name for name in listed(module)]
    renamed = arranged(
        module,
        keys,
        [_renamed(other, key, new) for other in module.units],
        [_renamed(other, key, new) for other in module.translations],
    )

    def to(_home: str, address: str) -> str:
        name, mark, anchor = address.partition("#")
        return f"{new}{mark}{anchor}" if name == key else address

    return repointed(with_module(course, renamed), kinds, to, {key: new})


def _renamed(text: UnitFile, key: str, new: str) -> UnitFile:
    if text.key != key:
        return text
    front = {**text.front, "key": new} if "key" in text.front else text.front
    folder = text.path.split("/")[1]
    return in_folder(replace(text, key=new, front=front), folder)


def move_unit(course: CourseFiles, key: str, by: int) -> CourseFiles:
    """A unit some places up (negative) or down in its module."""
    module, _unit = home_of(course, key)
    keys = listed(module)
    if key not in keys:
        raise NotPossible(Reason.NO_UNIT, key)
    keys = _moved(keys, keys.index(key), by)
    return with_module(course, arranged(module, keys, module.units, module.translations))


def move_unit_to(course: CourseFiles, key: str, to: str) -> CourseFiles:
    """A unit to the end of another module; its translations go with it."""
    module, unit = home_of(course, key)
    home = module_of(course, to)
    if home.folder == module.folder:
        return course
    there = with_unit(home, unit, module.translations_of(unit))
    return with_module(with_module(course, without_unit(module, key)), there)


def substantive(before: CourseFiles, after: CourseFiles) -> tuple[Change, ...]:
    """What of the outline reaches a running edition only by a coordinator's act: what comes, goes or changes places,
    what opens after what, marks, and the completion rule. Titles, objectives and order of files are editorial."""
    return changes(_substance(before), _substance(after))


def _substance(course: CourseFiles) -> dict[str, Any]:
    own = {key_of(module): module for module in course.modules}
    modules = [_module_substance(course, line, own.get(line_key(line))) for line in lines_of(course)]
    return {"rule": course.fields.get("completion"), "modules": modules}


def _module_substance(course: CourseFiles, line: Mapping[str, Any], module: ModuleFile | None) -> dict[str, Any]:
    mark = module.fields.get("pass_mark", course.pass_mark) if module else None
    units = [
        {
            "key": unit.key,
            "kind": unit.kind,
            "substance": unit.front.get("substance"),
            "pass_mark": unit.front.get("pass_mark", mark),
        }
        for unit in (module.units if module else ())
    ]
    return {"key": line_key(line), "after": list(line.get("after", ())), "units": units}


def added(before: Iterable[str], after: Iterable[str]) -> str:
    """The one key that came with an act; empty when none did."""
    old = set(before)
    return next((key for key in after if key not in old), "")
