"""Modules of other courses: used as their own course publishes them, or taken over to be written on here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.catalogue.rules.course_files import CourseFiles, Fields, ModuleFile, UnitFile
from lms.catalogue.rules.media import mentioned

from .pointers import Kinds, cites_of, media_of, recited, relinked, rewritten, terms_cite, terms_of
from .reference_lists import next_source
from .skeleton import (
    NotPossible,
    Reason,
    in_folder,
    key_of,
    line_key,
    lines_of,
    module_keys,
    module_of,
    new_folder,
    new_key,
    unit_keys,
    with_fields,
    with_modules,
    without_nothing,
)


def reuse_module(course: CourseFiles, name: str, units: Collection[str]) -> CourseFiles:
    """The module "other-course/module" at the end, as its course publishes it; `units` are the keys of its units.

    Raises NotPossible for a module of this course, and where a key would stand twice.
    """
    owner, _slash, key = name.partition("/")
    if not key or owner == course.slug:
        raise NotPossible(Reason.NO_MODULE, name)
    if key in module_keys(course):
        raise NotPossible(Reason.KEY_TAKEN, key)
    twins = sorted(set(units) & unit_keys(course))
    if twins:
        raise NotPossible(Reason.UNITS_CLASH, *twins)
    return with_fields(course, modules=[*lines_of(course), {"use": name}])


def take_over(course: CourseFiles, kinds: Kinds, key: str, theirs: CourseFiles) -> CourseFiles:
    """A reused module as this course's own, with the sources and terms it names; from now on both go their own ways.

    A source that has the id of another one here gets a new id, also in the texts. A term that this course has too is
    explained in its words. Raises NotPossible where the courses are written in different languages.
    """
    line = next((line for line in lines_of(course) if line_key(line) == key and "use" in line), None)
    if line is None:
        raise NotPossible(Reason.NO_MODULE, key)
    if theirs.language != course.language:
        raise NotPossible(Reason.OTHER_LANGUAGE, theirs.language)
    module = module_of(theirs, key)
    twins = sorted({unit.key for unit in module.units} & unit_keys(course))
    if twins:
        raise NotPossible(Reason.UNITS_CLASH, *twins)
    terms, sources, media = _needed(course, kinds, module, theirs)
    names, kept = _named_here(course.sources, sources, lambda here, _old: next_source(here))
    shown, kept_media = _named_here(course.media, media, _next_medium)
    copy = _copied(module, kinds, new_folder(course, key), names, shown)
    if "pass_mark" not in copy.fields and theirs.pass_mark != course.pass_mark:
        copy = replace(copy, fields={**copy.fields, "pass_mark": theirs.pass_mark})
    own = without_nothing({"module": copy.folder, "after": line.get("after")})
    lines = [own if line_key(other) == key else other for other in lines_of(course)]
    taken = replace(
        with_modules(course, [*course.modules, copy]),
        terms=(*course.terms, *(_recited_term(term, names) for term in terms)),
        sources=(*course.sources, *kept),
        media=(*course.media, *kept_media),
    )
    return with_fields(taken, modules=lines)


def _needed(
    course: CourseFiles, kinds: Kinds, module: ModuleFile, theirs: CourseFiles
) -> tuple[list[Fields], list[Fields], list[Fields]]:
    """The terms this course has not, every source that the module and those terms cite, and the media it shows."""
    pairs = [(text, _schema(module, kinds, text)) for text in (*module.units, *module.translations)]
    known = {term.get("key") for term in course.terms}
    named = {key for text, of in pairs for key in terms_of(text, of)}
    terms = [term for term in theirs.terms if term.get("key") in named - known]
    cited = {source for text, of in pairs for source in cites_of(text, of)} | terms_cite(terms)
    shown = {one for text, of in pairs for one in media_of(text, of)}
    sources = [source for source in theirs.sources if source.get("id") in cited]
    return terms, sources, [medium for medium in theirs.media if medium.get("id") in shown]


def _schema(module: ModuleFile, kinds: Kinds, text: UnitFile) -> Mapping[str, Any]:
    kind = next((unit.kind for unit in module.units if unit.key == text.key), "")
    return kinds[kind].schema if kind in kinds else {}


def _next_medium(here: Sequence[Fields], old: str) -> str:
    return new_key(old, {str(one.get("id")) for one in here}, "picture")


def _named_here(
    ours: Sequence[Fields], theirs: Sequence[Fields], new: Callable[[Sequence[Fields], str], str]
) -> tuple[dict[str, str], list[Fields]]:
    """What each of their sources or media is called here, and those that are new here under that name."""
    names: dict[str, str] = {}
    kept: list[Fields] = []
    for source in theirs:
        here = [*ours, *kept]
        same = next((one for one in here if _says(one) == _says(source)), None)
        if same is None and any(one.get("id") == source.get("id") for one in here):
            kept.append({**source, "id": new([*here, *theirs], str(source.get("id")))})
        elif same is None:
            kept.append(source)
        names[str(source.get("id"))] = str((same or kept[-1]).get("id"))
    return names, kept


def _says(source: Fields) -> dict[str, Any]:
    return {name: value for name, value in source.items() if name != "id"}


def _copied(
    module: ModuleFile, kinds: Kinds, folder: str, names: Mapping[str, str], shown: Mapping[str, str]
) -> ModuleFile:
    def link(address: str) -> str:
        medium = mentioned(address)
        return f"media/{shown.get(medium, medium)}" if medium else address

    def copy(text: UnitFile) -> UnitFile:
        of = _schema(module, kinds, text)
        text = recited(text, of, names)
        front = rewritten(text.front, of, {"prose": lambda prose: relinked(prose, link)})
        return in_folder(replace(text, front=front, body=relinked(text.body, link)), folder)

    return replace(
        module,
        folder=folder,
        fields={**module.fields, "key": key_of(module)},
        units=tuple(copy(unit) for unit in module.units),
        translations=tuple(copy(text) for text in module.translations),
    )


def _recited_term(term: Fields, names: Mapping[str, str]) -> Fields:
    if "cites" not in term:
        return term
    parts = [cite.partition(" ") for cite in term["cites"]]
    return {**term, "cites": [names.get(source, source) + space + place for source, space, place in parts]}
