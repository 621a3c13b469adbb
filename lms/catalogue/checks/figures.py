"""Figures: each drawn from data that fit, and standing at one place of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from lms.catalogue.figures.faults import faults
from lms.catalogue.figures.field import figures_of
from lms.catalogue.files.read import Reading
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.catalogue.rules.mistakes import did_you_mean
from lms.catalogue.rules.translation import merged, text_hash
from lms.plugins.unit_kind import UnitKind

from .prose import read_prose


def figure_mistakes(reading: Reading, course: CourseFiles, kinds: Mapping[str, UnitKind]) -> None:
    """Note what is wrong with figures and their places, in the units and in their translations."""
    for file, unit in _texts(reading, course):
        figures = figures_of(unit.front, kinds[unit.kind].schema)
        if kinds[unit.kind].suffix == ".md":
            _places(reading, file, unit.body, [figure["id"] for figure in figures])
        for figure in figures:
            for fault in faults(figure, file.language):
                where = _where(file.front, ("figures", figure["id"], *fault.place))
                reading.wrong(file.path, where, fault.what, fault.cure)


def _texts(reading: Reading, course: CourseFiles) -> Iterator[tuple[UnitFile, UnitFile]]:
    """Each file of a unit with the unit as readers of its language get it.

    A translation of an older text is left alone: it may lack a figure that is new, and must not stop a course.
    """
    for module, unit in course.units():
        yield unit, unit
        for other in module.translations_of(unit):
            if other.path not in reading.broken() and other.front["follows"] == text_hash(unit):
                yield other, merged(unit, other)


def _places(reading: Reading, file: UnitFile, body: str, known: list[str]) -> None:
    placed = read_prose(body, file.language).figures
    times = Counter(key for _, key in placed)
    for line, key in placed:
        at = line + reading.body_lines.get(file.path, 1)
        if key not in known:
            otherwise = f"figures here are {', '.join(known)}" if known else "describe it in the field figures"
            reading.note(file.path, at, f"there is no figure “{key}”", did_you_mean(key, known, otherwise))
        elif times[key] > 1:
            reading.note(file.path, at, f"the figure “{key}” stands here twice", "keep one of the places")
    for key, number in Counter(known).items():
        where = _where(file.front, ("figures", key))
        if key not in times:
            cure = f"put {{{{figure: {key}}}}} on a line of its own, or delete it"
            reading.wrong(file.path, where, f"the figure “{key}” stands nowhere in the text", cure)
        if number > 1:
            reading.wrong(file.path, where, f"there are two figures “{key}”", "rename one of them")


def _where(front: Mapping[str, Any], place: tuple[str, ...]) -> tuple[str | int, ...]:
    """Fields by name and entries of lists by their place in this file, as far as it has them."""
    where: list[str | int] = []
    part: Any = front
    for step in place:
        if isinstance(part, list):
            at = next((at for at, entry in enumerate(part) if entry.get("id") == step), None)
            if at is None:
                break
            part = part[at]
            where.append(at)
        elif isinstance(part, Mapping) and step in part:
            part = part[step]
            where.append(step)
        else:
            break
    return tuple(where)
