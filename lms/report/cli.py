"""`flask lms courses report`: what a course asks of its readers and of their lines."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lms.catalogue import services
from lms.catalogue.cli import modules_beside, packaged_courses, say, with_reused
from lms.catalogue.files import disk
from lms.kernel.values import dataclass
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import UnitKind

from .units import UnitFacts, unit_facts
from .wire import Weight, weigh


@dataclass(frozen=True)
class CourseReport:
    """One course: the units of its own modules with what their pages weigh, and how many terms it defines.

    Modules that it reuses are told of by the course that owns them.
    """

    slug: str
    units: tuple[tuple[UnitFacts, Weight], ...]
    terms: int


@click.command("report")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
def report(path: Path | None, as_json: bool) -> None:
    """Say for each unit of the courses at PATH: words, minutes, reading level, bytes, citations, translations.

    Modules that a course reuses are told of under the course that owns them."""
    kinds = unit_kinds()
    reports = [_course(folder, kinds) for folder in disk.course_folders(path or packaged_courses())]
    if as_json:
        click.echo(json.dumps(_document(reports), ensure_ascii=False))
        return
    for course in reports:
        for line in _lines(course):
            click.echo(line)


def _course(folder: Path, kinds: Mapping[str, UnitKind]) -> CourseReport:
    reused = with_reused(folder)
    found = {path: services.check_folder(path, kinds, modules_beside(path)) for path in reused}
    broken = {path: checked for path, checked in found.items() if not checked.sound}
    for path, checked in broken.items():
        say(path, checked.mistakes)
    checked = found[folder.resolve()]
    if broken or checked.course is None:
        raise SystemExit(1)
    weights = weigh(reused, checked.course.slug, kinds)
    units = tuple((facts, weights[facts.unit]) for facts in unit_facts(checked, kinds))
    return CourseReport(checked.course.slug, units, len(checked.course.terms))


def _document(reports: list[CourseReport]) -> dict[str, Any]:
    rows = [(facts, weight) for course in reports for facts, weight in course.units]
    return {
        "units": [{**asdict(facts), "bytes": weight.bytes, "seconds": weight.seconds} for facts, weight in rows],
        "questions": sum(facts.questions for facts, _ in rows),
        "terms": sum(course.terms for course in reports),
        "words": sum(facts.words for facts, _ in rows),
        "minutes": sum(facts.minutes for facts, _ in rows),
        "bytes": sum(weight.bytes for _, weight in rows),
    }


def _lines(course: CourseReport) -> Iterator[str]:
    """A table as wide as a terminal, a block for each module."""
    yield f"{course.slug}: LIX is the reading level (40 a newspaper, 50 an official text); seconds at 64 kbit/s"
    module = ""
    for facts, weight in course.units:
        if facts.module != module:
            module = facts.module
            yield f"\n{module:34} words  min  LIX     kB  secs  cites  review  translations"
        languages = ", ".join(f"{language} {state}" for language, state in facts.translations.items())
        yield (
            f"  {facts.unit:32} {facts.words:5} {facts.minutes:4} {facts.reading_level:4} {weight.bytes / 1000:6.1f} "
            f"{weight.seconds:5.1f} {facts.citations:6} {facts.needs_review:7}  {languages}"
        )
    yield ""
    yield _sum(course)


def _sum(course: CourseReport) -> str:
    facts = [unit for unit, _ in course.units]
    kinds = Counter(unit.kind for unit in facts)
    total = Weight(sum(weight.bytes for _, weight in course.units))
    return (
        f"{len(facts)} units ({', '.join(f'{number} {kind}' for kind, number in sorted(kinds.items()))}); "
        f"{sum(unit.questions for unit in facts)} questions; {course.terms} terms; "
        f"{sum(unit.words for unit in facts)} words; {sum(unit.minutes for unit in facts)} minutes; "
        f"{total.bytes / 1000:.0f} kB of pages, {total.seconds:.0f} seconds at 64 kbit/s"
    )
