"""Prints sentences of the courses with the source each cites, for a reader's eye: `python -m tools.citations 20`.

A machine can see that a sentence cites; only a reader sees that the source says it. Without a number it prints all of
them, in order; with one, so many at random, another choice at each run.
"""

from __future__ import annotations

import random
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markdown_it.token import Token

from lms.catalogue.checks import Checked, check
from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.catalogue.files.schemas import texts_marked
from lms.catalogue.kinds.plugin import OURS
from lms.catalogue.markdown import NEEDS_REVIEW, parser, plain
from lms.catalogue.rules.course_files import CourseFiles

ROOT = Path(__file__).resolve().parents[1]
KINDS = {kind.key: kind for kind in OURS}
_END = re.compile(r"(?<=[.?!:])[”»]?\s+")


@dataclass(frozen=True)
class Pair:
    """One sentence, or as much of it as stands before the mark, and one source it cites."""

    path: str
    sentence: str
    source: str


def pairs(course: CourseFiles) -> Iterator[Pair]:
    """Every sentence of a course with every source it cites, translations included, in reading order."""
    titles = {source["id"]: _named(source) for source in course.sources}
    for path, sentence, source, place in _cited(course):
        if source != NEEDS_REVIEW:
            yield Pair(path, sentence, f"{titles[source]}{place and f', {place}'}")


def _cited(course: CourseFiles) -> Iterator[tuple[str, str, str, str]]:
    for module, unit in course.units():
        for text in (unit, *module.translations_of(unit)):
            parts = [words for _, words in texts_marked(text.front, KINDS[unit.kind].schema, "prose")]
            yield from ((text.path, *found) for found in _marked([*parts, text.body]))
        for question in unit.front.get("questions", ()):
            yield from _under(unit.path, question.get("explanation", ""), question.get("cites", ()))
    for term in course.terms:
        yield from _under(
            "glossary.yaml", f"{term['key']}: {term['definition'][course.language]}", term.get("cites", ())
        )


def _under(path: str, sentence: str, cites: Iterable[str]) -> Iterator[tuple[str, str, str, str]]:
    for cite in cites:
        source, _, place = cite.partition(" ")
        yield path, sentence, source, place


def _named(source: Mapping[str, Any]) -> str:
    told = [source["title"], source.get("author", ""), source.get("date", "")]
    return f"{source['id']} {', '.join(part for part in told if part)}"


def _marked(texts: list[str]) -> Iterator[tuple[str, str, str]]:
    parse = parser().parse
    for text in texts:
        for token in parse(text):
            yield from _in_line(token.children or [])


def _in_line(children: list[Token]) -> Iterator[tuple[str, str, str]]:
    before = ""
    for child in children:
        if child.type == "citation":
            sentence = _END.split(before.strip())[-1]
            yield from ((sentence, source, place) for source, place in child.meta["cites"])
        else:
            before += plain([child]) or child.meta.get("key", "").replace("-", " ")


def _courses() -> Iterator[Checked]:
    for folder in disk.course_folders(packaged_courses()):
        yield check(disk.collect(folder), KINDS)


def main(arguments: list[str]) -> None:
    """Print so many pairs."""
    found = [pair for checked in _courses() if checked.course for pair in pairs(checked.course)]
    if arguments:
        found = random.sample(found, min(int(arguments[0]), len(found)))
        print(f"{len(found)} sentences and what they cite, for a reader's eye:")
    for number, pair in enumerate(found, 1):
        print(f"{number:4}. {pair.path}\n      {pair.sentence}\n      → {pair.source}")


if __name__ == "__main__":
    main(sys.argv[1:])
