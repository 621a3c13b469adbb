"""Hard material is announced before it begins, and whoever would rather not read it has something to write instead."""

from __future__ import annotations

from collections.abc import Mapping

from lms.catalogue.files.read import Reading
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.plugins.unit_kind import UnitKind

NOTE, INSTEAD = "content_note", "written_alternative"


def hard_text_mistakes(reading: Reading, course: CourseFiles, kinds: Mapping[str, UnitKind]) -> None:
    """Note where one of the two stands without the other, in kinds of unit that have both fields."""
    for _module, unit in course.units():
        if {NOTE, INSTEAD} <= set(kinds[unit.kind].schema.get("properties", {})):
            _unit(reading, unit)


def _unit(reading: Reading, unit: UnitFile) -> None:
    if NOTE in unit.front and INSTEAD not in unit.front:
        cure = f"add {INSTEAD}: one kind, concrete paragraph on what to write, for somebody who has not read the text"
        reading.wrong(unit.path, (NOTE,), f"“{NOTE}” stands without “{INSTEAD}”", cure)
    if INSTEAD in unit.front and NOTE not in unit.front:
        cure = f"say in {NOTE} what is hard to read here, or delete {INSTEAD}"
        reading.wrong(unit.path, (INSTEAD,), f"“{INSTEAD}” stands without “{NOTE}”", cure)
