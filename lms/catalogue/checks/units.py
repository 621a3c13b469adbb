"""Every unit read by its kind, translations included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from lms.catalogue.files.read import Reading
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.catalogue.rules.translation import merged
from lms.plugins.unit_kind import UnitKind, UnitRefused, UnitSource


def parse_units(reading: Reading, course: CourseFiles, kinds: Mapping[str, UnitKind]) -> dict[str, dict[str, Any]]:
    """What the kinds make of the files, by path; their mistakes are noted."""
    parsed: dict[str, dict[str, Any]] = {}
    for module, unit in course.units():
        kind = kinds[unit.kind]
        _parse(reading, parsed, kind, unit, unit)
        for translation in module.translations_of(unit):
            if translation.path in reading.broken():
                continue
            _parse(reading, parsed, kind, translation, merged(unit, translation))
    return parsed


def _parse(reading: Reading, parsed: dict[str, dict[str, Any]], kind: UnitKind, file: UnitFile, text: UnitFile) -> None:
    line: Callable[[tuple[str | int, ...]], int] = reading.documents[file.path].line
    body_line = reading.body_lines.get(file.path, 1)
    try:
        parsed[file.path] = kind.parse(UnitSource(text.key, text.language, text.front, text.body, body_line, line))
    except UnitRefused as refused:
        for mistake in refused.mistakes:
            reading.note(file.path, mistake.line, mistake.what, mistake.cure)
