"""Is a course fit to be read? Every mistake at once, from its files alone; no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Any

from lms.catalogue.files.canonical import canonical_files
from lms.catalogue.files.read import Reading, read_files
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.media import Medium
from lms.catalogue.rules.mistakes import Mistake
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .figures import figure_mistakes
from .hard_texts import hard_text_mistakes
from .media import heavy_pages, media_mistakes
from .references import reference_mistakes
from .structure import structure_mistakes
from .translations import stale_translations, translated_units, translation_mistakes
from .units import parse_units

FORMAT = "run `flask lms courses format`"
NOTHING_HELD: Mapping[str, Medium] = {}


@dataclass
class Checked:
    """A course and what is wrong with it; `units` holds what the kinds parsed, and `media` the pictures and
    documents that were among the files, by the path of the file."""

    course: CourseFiles | None
    files: dict[str, str]
    mistakes: list[Mistake]
    notices: list[Mistake] = field(default_factory=list)
    units: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Whether the course can be loaded."""
        return self.course is not None and not self.mistakes

    def translated(self) -> list[str]:
        """How many units each other language of the course has, such as "es 12 of 48 units"."""
        if self.course is None:
            return []
        have, total = translated_units(self.course)
        return [f"{language} {number} of {total} units" for language, number in have.items()]


def check(
    files: Mapping[str, bytes],
    kinds: Mapping[str, UnitKind],
    elsewhere: Collection[str] = (),
    held: Mapping[str, Medium] = NOTHING_HELD,
) -> Checked:
    """Check a course's files (path → bytes); `elsewhere` names the modules it may reuse as "course/module".

    `held` are pictures and documents that are kept already, by their hash: files that need not be given again, and are
    known to be in order. Any others are looked at in a process apart.
    """
    reading = read_files(files, kinds)
    if reading.course is None:
        return Checked(None, {}, sorted(set(reading.mistakes)))
    course, unread = reading.course, reading.broken()
    structure_mistakes(reading, course, elsewhere)
    translation_mistakes(reading, course, kinds)
    hard_text_mistakes(reading, course, kinds)
    units = parse_units(reading, course, kinds)
    figure_mistakes(reading, course, kinds)
    reference_mistakes(reading, course, kinds, unread)
    media_mistakes(reading, course, kinds, unread, held)
    if reading.mistakes:
        return Checked(None, {}, sorted(set(reading.mistakes)))
    canonical = canonical_files(course, kinds)
    _form_mistakes(reading, files, canonical)
    notices = [*stale_translations(reading, course), *heavy_pages(reading, course)]
    return Checked(course, canonical, sorted(reading.mistakes), notices, units, reading.media)


def _form_mistakes(reading: Reading, files: Mapping[str, bytes], canonical: Mapping[str, str]) -> None:
    for path, text in canonical.items():
        if files[path] != text.encode():
            line = _first_difference(reading.texts[path], text)
            reading.note(path, line, "this is not in the canonical form", FORMAT)


def _first_difference(given: str, canonical: str) -> int:
    pairs = zip(given.split("\n"), canonical.split("\n"), strict=False)
    return next((number for number, (a, b) in enumerate(pairs, 1) if a != b), 1)
