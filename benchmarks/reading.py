"""The pre-reading on a slow line: every unit page as a reader gets it, in each language of the interface."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lms.catalogue.checks import check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.catalogue.kinds.plugin import OURS
from lms.report.wire import SLOW_LINE, Weight, weigh
from lms.web.languages import have_catalogue

from .results import Result

KINDS = {kind.key: kind for kind in OURS}
COURSE = "lemkin-seminar"
ALL_OF_IT, A_PAGE, WITH_A_FIGURE = 1500, 15, 25


def measure() -> list[Result]:
    """Kilobytes, compressed and with heads; styles and letters, which a browser keeps, are measured elsewhere."""
    folder = packaged_courses() / COURSE
    drawn = _with_figures()
    return [
        result
        for language in have_catalogue()
        for result in _in(language, weigh([folder], COURSE, KINDS, language), drawn)
    ]


def _with_figures() -> frozenset[str]:
    course = check(disk.collect(packaged_courses() / COURSE), KINDS).course
    return frozenset(unit.key for _, unit in course.units() if "figures" in unit.front) if course else frozenset()


def _in(language: str, weights: Mapping[str, Weight], drawn: frozenset[str]) -> Iterator[Result]:
    plain = max(weight.bytes for unit, weight in weights.items() if unit not in drawn)
    figure = max(weight.bytes for unit, weight in weights.items() if unit in drawn)
    whole = sum(weight.bytes for weight in weights.values())
    yield Result(f"pre-reading ({language}), all {len(weights)} unit pages", whole / 1000, "kB", ALL_OF_IT)
    yield Result(f"pre-reading ({language}), the same at 64 kbit/s", whole * 8 / SLOW_LINE, "s")
    yield Result(f"pre-reading ({language}), the largest page without a figure", plain / 1000, "kB", A_PAGE)
    yield Result(f"pre-reading ({language}), the largest page with a figure", figure / 1000, "kB", WITH_A_FIGURE)
