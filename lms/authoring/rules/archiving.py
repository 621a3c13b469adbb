"""Taking modules and units out of the outline, and bringing them back from an earlier version of the course."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.catalogue.files.nodes import read_yaml
from lms.catalogue.files.read import read_unit
from lms.catalogue.rules.course_files import CourseFiles, Fields, ModuleFile, UnitFile
from lms.kernel.values import dataclass

from .pointers import Kinds, cites_of, media_of, pointing_at, terms_cite, terms_of
from .skeleton import (
    RESERVED,
    NotPossible,
    Reason,
    arranged,
    home_of,
    key_of,
    line_key,
    lines_of,
    listed,
    module_keys,
    module_of,
    unit_keys,
    with_fields,
    with_module,
    with_modules,
    with_unit,
    without_nothing,
    without_unit,
)


@dataclass(frozen=True, slots=True)
class Archived:
    """A module or a unit that an earlier state of the course has; `module` is where a unit stood."""

    key: str
    titles: Fields
    module: str
    earlier: int
    """Which of the earlier states has it, by its place among those asked."""

    @property
    def is_module(self) -> bool:
        """Whether it is a module."""
        return self.key == self.module


def archive_unit(course: CourseFiles, kinds: Kinds, key: str) -> CourseFiles:
    """The course without a unit. Raises NotPossible while another text leads to it."""
    module, _unit = home_of(course, key)
    _unneeded(course, kinds, [key])
    return with_module(course, without_unit(module, key))


def archive_module(course: CourseFiles, kinds: Kinds, key: str) -> CourseFiles:
    """The course without a module and its units; also without one taken from another course.

    What opened after it opens after what it opened after. Raises NotPossible while a text outside of it leads into it,
    and when it is the only module that completion asks for.
    """
    if key not in module_keys(course):
        module_of(course, key)
    own = next((module for module in course.modules if key_of(module) == key), None)
    if own is not None:
        _unneeded(course, kinds, [unit.key for unit in own.units])
    before = next((tuple(line.get("after", ())) for line in lines_of(course) if line_key(line) == key), ())
    lines = [_bridged(line, key, before) for line in lines_of(course) if line_key(line) != key]
    left = with_modules(course, [module for module in course.modules if module is not own])
    return with_fields(left, modules=lines, completion=_without(course, key))


def _unneeded(course: CourseFiles, kinds: Kinds, units: Sequence[str]) -> None:
    pointing = pointing_at(course, kinds, units)
    if pointing:
        raise NotPossible(Reason.POINTED_TO, *pointing)


def _bridged(line: dict[str, Any], gone: str, before: Iterable[str]) -> dict[str, Any]:
    after = line.get("after", ())
    if gone not in after:
        return line
    names = [name for old in after for name in (before if old == gone else (old,))]
    return without_nothing({**line, "after": list(dict.fromkeys(names)) or None})


def _without(course: CourseFiles, key: str) -> Any:
    rule = course.fields.get("completion")
    if not rule or not isinstance(rule.get("modules"), list) or key not in rule["modules"]:
        return rule
    left = [name for name in rule["modules"] if name != key]
    if not left:
        raise NotPossible(Reason.ONLY_CONDITION, key)
    return {**rule, "modules": left}


def archived(course: CourseFiles, earlier: Sequence[CourseFiles]) -> list[Archived]:
    """What earlier states of the course have and it has not, each from the first of `earlier` that has it."""
    found: dict[str, Archived] = {}
    modules, units = {key_of(module) for module in course.modules}, unit_keys(course)
    for place, state in enumerate(earlier):
        for module in state.modules:
            key = key_of(module)
            gone = key not in modules and key not in module_keys(course)
            if gone:
                found.setdefault(f"module {key}", Archived(key, module.fields.get("title", {}), key, place))
            for unit in module.units:
                if unit.key not in units:
                    found.setdefault(f"unit {unit.key}", Archived(unit.key, unit.front.get("title", {}), key, place))
    return list(found.values())


def bring_back_unit(course: CourseFiles, kinds: Kinds, earlier: CourseFiles, key: str, into: str) -> CourseFiles:
    """A unit as an earlier state has it, at the end of a module, with its translations and the sources, terms and
    media it names. Raises NotPossible while the course has a unit of that key."""
    was, unit = home_of(earlier, key)
    if key in unit_keys(course):
        raise NotPossible(Reason.STILL_THERE, key)
    texts = was.translations_of(unit)
    back = with_module(course, with_unit(module_of(course, into), unit, texts))
    return _with_lists(back, kinds, earlier, [unit, *texts])


def bring_back_module(course: CourseFiles, kinds: Kinds, earlier: CourseFiles, key: str) -> CourseFiles:
    """A module as an earlier state has it, at the end, with those of its units that stand nowhere in the course now."""
    module = module_of(earlier, key)
    if key in module_keys(course) or any(other.folder == module.folder for other in course.modules):
        raise NotPossible(Reason.STILL_THERE, key)
    for unit in set(listed(module)) & unit_keys(course):
        module = without_unit(module, unit)
    old = next((line for line in lines_of(earlier) if line_key(line) == key), {})
    after = [name for name in old.get("after", ()) if name in module_keys(course)] or None
    lines = [*lines_of(course), without_nothing({"module": module.folder, "after": after})]
    back = with_fields(
        with_modules(course, [*course.modules, module]), modules=lines, completion=_with(course, earlier, key)
    )
    return _with_lists(back, kinds, earlier, [*module.units, *module.translations])


def _with(course: CourseFiles, earlier: CourseFiles, key: str) -> Any:
    """The completion rule, asking for a module again if the earlier one named it."""
    rule, was = course.fields.get("completion"), earlier.fields.get("completion") or {}
    named = isinstance(was.get("modules"), list) and key in was["modules"]
    if not rule or not named or not isinstance(rule.get("modules"), list):
        return rule
    return {**rule, "modules": [*rule["modules"], key]}


def _with_lists(course: CourseFiles, kinds: Kinds, earlier: CourseFiles, texts: Sequence[UnitFile]) -> CourseFiles:
    """The course with those terms, sources and media of an earlier state that these texts name and it has no more."""
    kind_of = {unit.key: unit.kind for module in course.modules for unit in module.units}
    pairs = [(text, kinds[kind].schema if (kind := kind_of.get(text.key, "")) in kinds else {}) for text in texts]
    known = {term.get("key") for term in course.terms}
    named = {key for text, of in pairs for key in terms_of(text, of)}
    terms = [term for term in earlier.terms if term.get("key") in named - known]
    cited = {source for text, of in pairs for source in cites_of(text, of)} | terms_cite(terms)
    have = {source.get("id") for source in course.sources}
    sources = [source for source in earlier.sources if source.get("id") in cited - have]
    shown = {one for text, of in pairs for one in media_of(text, of)} - {medium.get("id") for medium in course.media}
    media = [medium for medium in earlier.media if medium.get("id") in shown]
    return replace(
        course,
        terms=(*course.terms, *terms),
        sources=(*course.sources, *sources),
        media=(*course.media, *media),
    )


_FILE = re.compile(r"modules/([0-9]{2}-[^/]+)/([^/.]+)(?:\.([a-z]{2,3}))?\.(?:md|yaml)")


def gone_from(course: CourseFiles, texts: Mapping[str, str]) -> CourseFiles:
    """What was taken out of a course, from the last texts of its files (path → text), as an earlier state of it."""
    folders: dict[str, list[UnitFile]] = {}
    for path, text in texts.items():
        match = _FILE.fullmatch(path)
        if match:
            files = folders.setdefault(match[1], [])
            if match[2] not in RESERVED:
                files.append(replace(read_unit(match[2], match[3] or course.language, text), path=path))
    return replace(course, modules=tuple(_gone(course, folder, folders[folder], texts) for folder in sorted(folders)))


def _gone(course: CourseFiles, folder: str, files: Sequence[UnitFile], texts: Mapping[str, str]) -> ModuleFile:
    there = next((module for module in course.modules if module.folder == folder), None)
    path = f"modules/{folder}/module.yaml"
    fields = there.fields if there else read_yaml(path, texts.get(path, ""))[0].data
    units = [text for text in files if text.language == course.language]
    old = [key for key in fields.get("units", ()) if key in {unit.key for unit in units}]
    keys = [*old, *(unit.key for unit in units if unit.key not in old)]
    named = {"key": folder[3:], **fields}
    return arranged(ModuleFile(folder, named, ()), keys, units, [text for text in files if text not in units])
