"""The sources and the glossary of a course: entries put in, changed and taken out, none while a text needs it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.catalogue.rules.course_files import CourseFiles, Fields

from .pointers import Kinds, Place, citing, using
from .skeleton import NotPossible, Reason, clean, clean_texts, new_key, without_nothing

_NUMBERED = re.compile(r"S([0-9]+)")


def next_source(sources: Iterable[Fields]) -> str:
    """The id for a new source: the next number."""
    numbers = [int(match[1]) for one in sources if (match := _NUMBERED.fullmatch(str(one.get("id", ""))))]
    return f"S{max(numbers, default=0) + 1:03}"


def put_source(course: CourseFiles, fields: Mapping[str, str], key: str = "") -> CourseFiles:
    """The course with a source as the fields say, in its place (`key`) or as a new one at the end.

    Raises NotPossible without a title or a kind, and for a source that is not there.
    """
    said = {name: clean(value, one_line=True) for name, value in fields.items()}
    source = {"id": key or next_source(course.sources), **{name: value for name, value in said.items() if value}}
    if not source.get("title") or not source.get("kind"):
        raise NotPossible(Reason.NO_TITLE)
    return replace(course, sources=_put(course.sources, "id", source, key))


def remove_source(course: CourseFiles, kinds: Kinds, key: str) -> CourseFiles:
    """The course without a source. Raises NotPossible while it is cited."""
    places = citing(course, kinds).get(key, ())
    if places:
        raise NotPossible(Reason.CITED, *named(places))
    return replace(course, sources=_without(course.sources, "id", key))


def remove_uncited(course: CourseFiles, kinds: Kinds) -> CourseFiles:
    """The course without the sources that nobody cites, which no version may have."""
    cited = citing(course, kinds)
    return replace(course, sources=tuple(one for one in course.sources if one.get("id") in cited))


def put_term(
    course: CourseFiles,
    *,
    names: Mapping[str, str],
    definitions: Mapping[str, str],
    official: Collection[str],
    cites: Sequence[str],
    key: str = "",
    taken: Collection[str] = (),
) -> CourseFiles:
    """The course with a term, in its place (`key`) or as a new one at the end; `official` are the languages in which
    its form was seen in a text of the United Nations, a network or the institute.

    Raises NotPossible without a name or a definition in the course's own language, for a source that is not there, and
    for a term that is not there.
    """
    name = clean_texts(names, needed=course.language, one_line=True)
    definition = clean_texts(definitions, needed=course.language)
    known = {source.get("id") for source in course.sources}
    unknown = [cite for cite in cites if cite.partition(" ")[0] not in known]
    if unknown:
        raise NotPossible(Reason.BAD_FIELD, *unknown)
    others = [language for language in name if language != course.language]
    keys = {str(term.get("key")) for term in course.terms}
    term = {
        "key": key or new_key(name[course.language], {*taken, *keys}, "term"),
        "term": name,
        "status": {one: "official" if one in official else "translation" for one in others} or None,
        "definition": definition,
        "cites": list(dict.fromkeys(cites)) or None,
        "needs_review": None if cites else True,
    }
    return replace(course, terms=_put(course.terms, "key", without_nothing(term), key))


def remove_term(course: CourseFiles, kinds: Kinds, key: str) -> CourseFiles:
    """The course without a term. Raises NotPossible while a text names it."""
    places = using(course, kinds).get(key, ())
    if places:
        raise NotPossible(Reason.CITED, *named(places))
    return replace(course, terms=_without(course.terms, "key", key))


def named(places: Iterable[Place]) -> list[str]:
    """The units and terms of some places, each once."""
    return list(dict.fromkeys(place.unit or place.term for place in places))


def _put(entries: Sequence[Fields], name: str, entry: dict[str, Any], key: str) -> tuple[Fields, ...]:
    if not key:
        return (*entries, entry)
    if all(other.get(name) != key for other in entries):
        raise NotPossible(Reason.NO_UNIT, key)
    return tuple(entry if other.get(name) == key else other for other in entries)


def _without(entries: Sequence[Fields], name: str, key: str) -> tuple[Fields, ...]:
    if all(other.get(name) != key for other in entries):
        raise NotPossible(Reason.NO_UNIT, key)
    return tuple(other for other in entries if other.get(name) != key)
