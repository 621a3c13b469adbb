"""The pictures and documents of a course's folder, brought into the form in which they are kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import field

from lms.catalogue.checks.media import said_of
from lms.catalogue.files.read import Reading
from lms.catalogue.rules.course_files import CourseFiles, Fields
from lms.catalogue.rules.media import FACTS, Medium, path_of
from lms.catalogue.rules.mistakes import Mistake
from lms.kernel.apart import Rejected
from lms.kernel.values import dataclass

from .apart import converted, judged


@dataclass
class Formatted:
    """The course with what media.yaml must say of its files; the files that are new, and those they were made from."""

    course: CourseFiles
    files: dict[str, bytes] = field(default_factory=dict)
    originals: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)


def in_form(reading: Reading, course: CourseFiles) -> Formatted:
    """What is in form already stays as it is, byte for byte."""
    made = Formatted(course)
    verdicts = dict(zip(reading.media, judged(list(reading.media.values())), strict=True))
    entries = tuple(_entry(made, reading, entry, verdicts) for entry in course.media)
    made.course = dataclasses.replace(course, media=entries)
    return made


def _entry(made: Formatted, reading: Reading, entry: Fields, verdicts: Mapping[str, Medium | Rejected]) -> Fields:
    paths = reading.media_files(str(entry["id"]))
    if len(paths) != 1:
        return entry
    path, wanted = paths[0], path_of(entry)
    found = verdicts[path]
    if isinstance(found, Rejected):
        try:
            new = converted(reading.media[path])
        except Rejected as no:
            made.mistakes.append(Mistake(path, 1, *said_of(no)))
            return entry
        found, data = new.medium, new.data
    else:
        data = reading.media[path]
    if found.kind == entry["kind"] and (path != wanted or data != reading.media[path]):
        made.files[wanted] = data
        made.originals.append(path)
    return dict(_said(entry, found))


def _said(entry: Fields, medium: Medium) -> Iterator[tuple[str, object]]:
    """The entry with the facts of its file."""
    yield from ((name, value) for name, value in entry.items() if name not in FACTS)
    yield from medium.fields().items()
