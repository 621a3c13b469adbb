"""Translations: the same unit in other words, following a text that still stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from lms.catalogue.files.read import Reading
from lms.catalogue.files.schemas import texts_marked
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.catalogue.rules.mistakes import Mistake
from lms.catalogue.rules.translation import OF_ITS_OWN, strangers, text_hash
from lms.plugins.unit_kind import UnitKind

from .prose import read_prose


def translation_mistakes(reading: Reading, course: CourseFiles, kinds: Mapping[str, UnitKind]) -> None:
    """Note where a translation says something its source does not."""
    for unit, other in _pairs(course):
        own = {name: value for name, value in other.front.items() if name not in OF_ITS_OWN}
        for where, what in strangers(unit.front, own):
            reading.wrong(other.path, where, what, f"compare with {unit.path}")
        for where, _key in texts_marked(own, kinds[unit.kind].schema, "case-study"):
            reading.wrong(other.path, where, f"“{where[-1]}” is the source's to say", f"compare with {unit.path}")
        if other.language not in unit.front["title"]:
            cure = f"add {other.language}: … to title in {unit.path}"
            reading.note(other.path, 1, "the unit has no title in this language", cure)
        _anchors(reading, unit, other)


def _anchors(reading: Reading, unit: UnitFile, other: UnitFile) -> None:
    if not other.body:
        return
    wanted, given = ([anchor for _, anchor in read_prose(text.body, text.language).anchors] for text in (unit, other))
    if wanted != given:
        line = reading.body_lines.get(other.path, 1)
        reading.note(other.path, line, "its headings do not have the source's anchors", f"use {', '.join(wanted)}")


def stale_translations(reading: Reading, course: CourseFiles) -> list[Mistake]:
    """Translations of a text that has changed since; said to readers and trainers, and no reason to refuse."""
    return [_stale(reading, unit, other) for unit, other in _pairs(course) if other.front["follows"] != text_hash(unit)]


def translated_units(course: CourseFiles) -> tuple[dict[str, int], int]:
    """How many of the course's own units stand in each other language of its title or translations; and of how many."""
    spoken = Counter({language: 0 for language in course.fields["title"] if language != course.language})
    spoken.update(other.language for _unit, other in _pairs(course))
    return dict(sorted(spoken.items())), sum(1 for _module, _unit in course.units())


def _stale(reading: Reading, unit: UnitFile, other: UnitFile) -> Mistake:
    line = reading.documents[other.path].line(("follows",))
    cure = f"translate what changed, then write follows: {text_hash(unit)}"
    return Mistake(other.path, line, f"{unit.path} has changed since this was translated", cure)


def _pairs(course: CourseFiles) -> Iterator[tuple[UnitFile, UnitFile]]:
    for module, unit in course.units():
        for other in module.translations_of(unit):
            yield unit, other
