"""What the texts point to: sources, terms, passages and places; and sources nobody points to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import field

from lms.catalogue.files.read import Reading
from lms.catalogue.files.schemas import schema, texts_marked
from lms.catalogue.kinds.case_study import CaseStudy
from lms.catalogue.markdown import NEEDS_REVIEW
from lms.catalogue.rules.course_files import CourseFiles, UnitFile
from lms.catalogue.rules.media import mentioned
from lms.catalogue.rules.mistakes import did_you_mean
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .prose import Prose, read_prose

_UNKNOWN_SOURCE = "add it to sources.yaml"


@dataclass
class _Pointers:
    """The names a course has, and the sources cited so far."""

    sources: Collection[str]
    terms: Collection[str]
    cases: Collection[str]
    anchors: dict[str, set[str]]
    unread: Collection[str]
    cited: set[str] = field(default_factory=set)


def reference_mistakes(
    reading: Reading, course: CourseFiles, kinds: Mapping[str, UnitKind], unread: Collection[str]
) -> None:
    """Note everything that points nowhere, says too much without a source, or is pointed to by nobody.

    Nothing is said about what may stand in the files `unread`.
    """
    proses = {unit.path: read_prose(unit.body, unit.language) for unit in _all_units(course)}
    anchors = {
        unit.key: {*kinds[unit.kind].anchors, *(anchor for _, anchor in proses[unit.path].anchors)}
        for _, unit in course.units()
    }
    cases = [unit.key for _, unit in course.units() if unit.kind == CaseStudy.key]
    names = [s["id"] for s in course.sources], [t["key"] for t in course.terms], cases
    pointers = _Pointers(*names, anchors, unread)
    for module, unit in course.units():
        _cases(reading, pointers, unit, kinds[unit.kind])
        for text in (unit, *module.translations_of(unit)):
            _body(reading, pointers, text, proses[text.path], kinds[unit.kind])
            _fields(reading, pointers, text, kinds[unit.kind])
    _glossary(reading, course, pointers)
    if not unread:
        _sources(reading, course, pointers)


def _all_units(course: CourseFiles) -> Iterator[UnitFile]:
    for module in course.modules:
        yield from module.units
        yield from module.translations


def _body(reading: Reading, pointers: _Pointers, unit: UnitFile, prose: Prose, kind: UnitKind) -> None:
    for line, anchor in prose.anchors:
        if anchor in kind.anchors:
            prose.wrong(line, f"the anchor “{anchor}” belongs to a part every {kind.key} has", "choose another")
    _prose(reading, pointers, unit, prose, reading.body_lines.get(unit.path, 1))


def _prose(reading: Reading, pointers: _Pointers, unit: UnitFile, prose: Prose, first_line: int) -> None:
    for remark in prose.remarks:
        reading.note(unit.path, remark.line + first_line, remark.what, remark.cure)
    for line, source in prose.cites:
        _cite(reading, pointers, unit.path, line + first_line, source)
    for line, key in prose.terms:
        if key not in pointers.terms and "glossary.yaml" not in pointers.unread:
            cure = did_you_mean(key, pointers.terms, "add it to glossary.yaml")
            reading.note(unit.path, line + first_line, f"the glossary has no term “{key}”", cure)
    for line, address in prose.links:
        _link(reading, pointers, unit, line + first_line, address)


def _cite(reading: Reading, pointers: _Pointers, path: str, line: int, source: str) -> None:
    pointers.cited.add(source)
    if source not in {NEEDS_REVIEW, *pointers.sources} and "sources.yaml" not in pointers.unread:
        cure = did_you_mean(source, pointers.sources, _UNKNOWN_SOURCE)
        reading.note(path, line, f"sources.yaml has no “{source}”", cure)


def _link(reading: Reading, pointers: _Pointers, unit: UnitFile, line: int, address: str) -> None:
    if address.startswith(("http://", "https://")) or mentioned(address):
        return  # documents are looked at with the other files of the course
    key, _, anchor = address.partition("#")
    key = key or unit.key
    if key not in pointers.anchors and key in reading.unit_keys():
        return
    if key not in pointers.anchors:
        cure = did_you_mean(key, pointers.anchors, "link to http(s)://…, to unit-key, or to unit-key#anchor")
        reading.note(unit.path, line, f"the link “{address}” leads nowhere", cure)
    elif anchor and anchor not in pointers.anchors[key]:
        cure = did_you_mean(anchor, pointers.anchors[key], f"give a heading of {key} this anchor")
        reading.note(unit.path, line, f"“{key}” has no heading with the anchor “{anchor}”", cure)


def _fields(reading: Reading, pointers: _Pointers, unit: UnitFile, kind: UnitKind) -> None:
    for where, text in texts_marked(unit.front, kind.schema, "prose"):
        prose = read_prose(text, unit.language, one_paragraph=True)
        _prose(reading, pointers, unit, prose, reading.documents[unit.path].line(where))
    for where, text in texts_marked(unit.front, kind.schema, "citation"):
        _cite(reading, pointers, unit.path, reading.documents[unit.path].line(where), text.partition(" ")[0])
    for where, text in texts_marked(unit.front, kind.schema, "passage"):
        _link(reading, pointers, unit, reading.documents[unit.path].line(where), text)


def _cases(reading: Reading, pointers: _Pointers, unit: UnitFile, kind: UnitKind) -> None:
    for where, key in texts_marked(unit.front, kind.schema, "case-study"):
        if key not in pointers.cases and (key in pointers.anchors or key not in reading.unit_keys()):
            cure = did_you_mean(key, pointers.cases, "name a case study of this course")
            reading.wrong(unit.path, where, f"there is no case study “{key}”", cure)


def _glossary(reading: Reading, course: CourseFiles, pointers: _Pointers) -> None:
    path = "glossary.yaml"
    seen: set[str] = set()
    for index, term in enumerate(course.terms):
        where: tuple[str | int, ...] = ("terms", index)
        if term["key"] in seen:
            reading.wrong(path, where, f"the term “{term['key']}” stands here twice", "keep one of them")
        seen.add(term["key"])
        if "cites" not in term and "needs_review" not in term:
            cure = "add cites: [an id of sources.yaml], or needs_review: true"
            reading.wrong(path, where, f"the term “{term['key']}” has no source", cure)
        others = set(term["term"]) - {course.language}
        if others != set(term.get("status", {})):
            cure = "under status, write official or translation for each other language of the term"
            reading.wrong(path, where, f"the standing of “{term['key']}” in other languages is not said", cure)
    for place, text in texts_marked({"terms": list(course.terms)}, schema("glossary"), "citation"):
        _cite(reading, pointers, path, reading.documents[path].line(place), text.partition(" ")[0])


def _sources(reading: Reading, course: CourseFiles, pointers: _Pointers) -> None:
    seen: set[str] = set()
    for index, source in enumerate(course.sources):
        if source["id"] in seen:
            reading.wrong("sources.yaml", ("sources", index), f"“{source['id']}” stands here twice", "keep one of them")
        elif source["id"] not in pointers.cited:
            reading.wrong("sources.yaml", ("sources", index), f"nobody cites “{source['id']}”", "cite it, or delete it")
        seen.add(source["id"])
