"""What the files of a course say about its units, before anybody reads them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from lms.catalogue.checks import Checked
from lms.catalogue.files.schemas import texts_marked
from lms.catalogue.publication import PublishedUnit, Text, published_modules
from lms.catalogue.rules.course_files import CourseFiles
from lms.catalogue.rules.readability import count_words, lix
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Question, UnitKind

# Marks, and drawings: what a figure shows is said again in its words.
_MARK = re.compile(r'<a class="ref".*?</a>|<span class="review">.*?</span>|<svg.*?</svg>', re.DOTALL)
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|td|th|dt|dd|blockquote|figcaption|summary)>|<br>")
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class UnitFacts:
    """One unit: `citations` counts the marks and the sources of answers, `translations` says how each language stands:
    missing, stale, awaiting-native-reader or confirmed."""

    course: str
    module: str
    unit: str
    kind: str
    title: str
    words: int
    minutes: int
    reading_level: int
    citations: int
    needs_review: int
    questions: int
    translations: Mapping[str, str]


def unit_facts(checked: Checked, kinds: Mapping[str, UnitKind]) -> list[UnitFacts]:
    """Every unit of a sound course's own modules, in order."""
    course = checked.course
    if course is None:
        return []
    wanted = sorted({*course.fields["title"]} - {course.language})
    modules = published_modules(checked, kinds)
    return [
        _facts(course, key, unit, kinds[unit.kind], wanted) for key, module in modules.items() for unit in module.units
    ]


def _facts(course: CourseFiles, module: str, unit: PublishedUnit, kind: UnitKind, wanted: list[str]) -> UnitFacts:
    questions = tuple(kind.questions(unit.text.document))
    text = "\n".join([_plain(unit.text), *(line for question in questions for line in _lines(question))])
    return UnitFacts(
        course=course.slug,
        module=module,
        unit=unit.key,
        kind=unit.kind,
        title=str(unit.listing["title"][course.language]),
        words=count_words(text),
        minutes=int(unit.listing["minutes"]),
        reading_level=lix(text),
        citations=_citations(unit.text, kind),
        needs_review=int(unit.text.rendered["needs_review"]),
        questions=sum(question.scored for question in questions),
        translations=_standing(unit, wanted),
    )


def _standing(unit: PublishedUnit, wanted: list[str]) -> dict[str, str]:
    known = {text.language: "stale" if text.stale else text.status for text in unit.translations}
    return {language: known.get(language, "missing") for language in sorted({*wanted, *known})}


def _shown(text: Text) -> Iterator[str]:
    """Every piece of HTML on the page of a unit, in the order in which it is read."""
    rendered = text.rendered
    yield from (f"<p>{point}</p>" for point in rendered["key_points"])
    yield rendered["html"]
    yield from (f"<p>{box}</p>" for _sector, box in rendered["for_your_institution"])


def _plain(text: Text) -> str:
    """The words of a page, a line for each block."""
    html = _BLOCK_END.sub("\n", _MARK.sub("", "".join(_shown(text))))
    return unescape(_TAG.sub("", html))


def _lines(question: Question) -> Iterator[str]:
    yield question.prompt
    yield from (option.text for option in (*question.options, *question.targets))
    yield question.explanation


def _citations(text: Text, kind: UnitKind) -> int:
    data: dict[str, Any] = text.document
    marks = sum(piece.count('role="doc-noteref"') for piece in _shown(text))
    return marks + sum(1 for _ in texts_marked(data, kind.schema, "citation"))
