"""From a changed course to the files that differ, so that nothing is written anew that was only carried elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from lms.catalogue.files.canonical import canonical_files, unit_text
from lms.catalogue.rules.course_files import CourseFiles, UnitFile

from .pointers import Kinds
from .skeleton import NotPossible, Reason

Files = dict[str, str | None]


def changed_files(before: CourseFiles, after: CourseFiles, texts: Mapping[str, str], kinds: Kinds) -> Files:
    """The files that make the course `after` of the course `before`, whose files are `texts`; None takes one out.

    Raises NotPossible where a file that nobody can read now would have to be written anew: what stands in it would be
    lost.
    """
    changes: Files = dict.fromkeys(_paths(before) - _paths(after))
    changes |= _top(before, after)
    for module in after.modules:
        was = next((other for other in before.modules if other.folder == module.folder), None)
        if was is None or was.fields != module.fields:
            alone = replace(after, modules=(replace(module, units=(), translations=()),))
            changes[module.path] = canonical_files(alone, {})[module.path]
    changes |= dict(_units(before, after, texts, kinds))
    _nothing_lost(before, changes, texts)
    return {path: text for path, text in changes.items() if texts.get(path) != text}


def _paths(course: CourseFiles) -> set[str]:
    files = [text for module in course.modules for text in (*module.units, *module.translations)]
    return {file.path for file in files} | {module.path for module in course.modules}


def _top(before: CourseFiles, after: CourseFiles) -> Files:
    files = canonical_files(replace(after, modules=()), {})
    same = {
        "course.yaml": before.fields == after.fields,
        "glossary.yaml": before.terms == after.terms,
        "sources.yaml": before.sources == after.sources,
        "media.yaml": before.media == after.media,
    }
    return {path: text for path, text in files.items() if not same[path]}


def _units(
    before: CourseFiles, after: CourseFiles, texts: Mapping[str, str], kinds: Kinds
) -> Iterator[tuple[str, str]]:
    """The files of units that are new, changed, or stand elsewhere; the last as they were, byte for byte."""
    known = [text for module in before.modules for text in (*module.units, *module.translations)]
    for module in after.modules:
        kind_of = {unit.key: unit.kind for unit in module.units}
        for text in (*module.units, *module.translations):
            if text in known:
                continue
            same = next((was for was in known if replace(was, path=text.path) == text), None)
            unread = next((was for was in known if was.path == text.path and not was.front), None)
            if unread is not None:
                raise NotPossible(Reason.UNREADABLE, unread.path)
            yield text.path, texts[same.path] if same else _written(text, kind_of.get(text.key, ""), kinds)


def _written(text: UnitFile, kind: str, kinds: Kinds) -> str:
    if kind not in kinds:
        raise NotPossible(Reason.NO_KIND, kind or text.key)
    return unit_text(text, kinds[kind])


def _nothing_lost(before: CourseFiles, changes: Files, texts: Mapping[str, str]) -> None:
    """A file whose fields could not be read has none; it must be put right before anything else is written into it."""
    empty = {text.path for module in before.modules for text in (*module.units, *module.translations) if not text.front}
    empty |= {module.path for module in before.modules if not module.fields}
    empty |= {name for name, said in _said(before).items() if not said}
    for path in empty & set(changes):
        if texts.get(path, "").strip() not in _NOTHING and changes[path] is not None:
            raise NotPossible(Reason.UNREADABLE, path)


_NOTHING = {"", "terms: []", "sources: []"}


def _said(course: CourseFiles) -> dict[str, bool]:
    return {
        "course.yaml": bool(course.fields),
        "glossary.yaml": bool(course.terms),
        "sources.yaml": bool(course.sources),
        "media.yaml": bool(course.media),
    }
