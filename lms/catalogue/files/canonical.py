"""The one canonical form of each file of a course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lms.catalogue.rules.course_files import CourseFiles, UnitFile

from .emit import emit
from .schemas import Schema, ordered, schema
from .text import tidy

FENCE = "---"
Kinds = Mapping[str, Any]


def canonical_files(course: CourseFiles, kinds: Kinds) -> dict[str, str]:
    """Every text file of the course by its path inside the course's folder; media.yaml names the other ones."""
    files = {
        "course.yaml": _yaml(course.fields, schema("course")),
        "glossary.yaml": _yaml({"terms": course.terms}, schema("glossary")),
        "sources.yaml": _yaml({"sources": course.sources}, schema("sources")),
    }
    if course.media:
        files["media.yaml"] = media_text(course.media)
    for module in course.modules:
        files[module.path] = _yaml(module.fields, schema("module"))
        kind_of = {unit.key: unit.kind for unit in module.units}
        for unit in (*module.units, *module.translations):
            files[unit.path] = unit_text(unit, kinds[kind_of[unit.key]])
    return dict(sorted(files.items()))


def unit_text(unit: UnitFile, kind: Any) -> str:
    """The text of one unit's file."""
    front = _yaml(unit.front, translated(kind.schema) if "follows" in unit.front else kind.schema)
    if kind.suffix == ".yaml":
        return front
    body = tidy(unit.body)
    return f"{FENCE}\n{front}{FENCE}\n" + (f"\n{body}\n" if body else "")


def fields_text(path: str, fields: Mapping[str, Any]) -> str:
    """The text of a file that is no unit's: of the course, a module, the glossary, the sources."""
    return _yaml(fields, schema(path.rpartition("/")[2].removesuffix(".yaml")))


def media_text(entries: Sequence[Mapping[str, Any]]) -> str:
    """The text of media.yaml."""
    return _yaml({"media": entries}, schema("media"))


def translated(of: Schema) -> Schema:
    """The schema of a translation: what it follows, then the unit's own fields."""
    return {**of, "properties": {**schema("translation")["properties"], **of["properties"]}}


def _yaml(data: Mapping[str, Any], of: Schema) -> str:
    return emit(ordered(data, of))
