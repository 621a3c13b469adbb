"""What the texts of a course point to: units and headings, sources and terms; and how they are pointed elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from lms.catalogue.files.schemas import Schema, inside, resolve, schema, texts_marked
from lms.catalogue.markdown import cited, inner_tokens, parser
from lms.catalogue.rules.course_files import CourseFiles, Fields, UnitFile
from lms.catalogue.rules.media import mentioned
from lms.catalogue.rules.translation import text_hash
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

Kinds = Mapping[str, UnitKind]
# Where a unit stands or is said to stand, and an address in its text, to the address it should be.
Repoint = Callable[[str, str], str]

_LINK = re.compile(r"(\]\(\s*<?)([^\s()<>]+)")
_DEFINITION = re.compile(r"^( {0,3}\[[^\]\n]+\]:[ \t]*<?)([^\s<>]+)", re.MULTILINE)
_CITATION = re.compile(r"\[@([^\]\n]{1,200})\]")
_TERM = re.compile(r"\[\[([^\]|\n]{1,80})(?:\|([^\]\n]{1,200}))?\]\]")
_parse = parser().parse


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A text that names something: a unit in one of its languages, or a term of the glossary."""

    unit: str = ""
    language: str = ""
    term: str = ""


def texts_of(course: CourseFiles, kinds: Kinds) -> Iterator[tuple[UnitFile, Schema]]:
    """Every text of every unit with the schema of its fields; an empty one where the kind is not known."""
    for module, unit in course.units():
        of = kinds[unit.kind].schema if unit.kind in kinds else {}
        for text in (unit, *module.translations_of(unit)):
            yield text, of


def proses_of(text: UnitFile, of: Schema) -> list[str]:
    """Everything in a unit that is Markdown."""
    return [*(found for _where, found in texts_marked(text.front, of, "prose")), text.body]


def links_in(markdown: str) -> list[str]:
    """The addresses a text links to, as its author wrote them."""
    if "](" not in markdown and "]:" not in markdown:
        return []
    tokens = inner_tokens(_parse(markdown))
    return [str(token.attrs.get("href", "")) for token in tokens if token.type == "link_open"]


def units_pointed_to(text: UnitFile, of: Schema) -> set[str]:
    """The keys of the units a text leads to: by links, passages of questions, and case studies named as such."""
    addresses = [address for prose in proses_of(text, of) for address in links_in(prose)]
    addresses += [address for _where, address in texts_marked(text.front, of, "passage")]
    keys = {address.partition("#")[0] or text.key for address in addresses if "://" not in address}
    return keys | {key for _where, key in texts_marked(text.front, of, "case-study")}


def pointing_at(course: CourseFiles, kinds: Kinds, units: Iterable[str]) -> list[str]:
    """The units outside of `units` whose texts lead to one of them, in the order of the course."""
    targets = set(units)
    others = ((text, of) for text, of in texts_of(course, kinds) if text.key not in targets)
    return list(dict.fromkeys(text.key for text, of in others if units_pointed_to(text, of) & targets))


def cites_of(text: UnitFile, of: Schema) -> list[str]:
    """The sources a text cites, once for each time."""
    marked = [cite.partition(" ")[0] for _where, cite in texts_marked(text.front, of, "citation")]
    return marked + [source for prose in proses_of(text, of) for source in _cited_in(prose)]


def _cited_in(prose: str) -> list[str]:
    return [source for match in _CITATION.finditer(prose) for source, _place in cited(match[1])]


def terms_of(text: UnitFile, of: Schema) -> list[str]:
    """The terms a text names, once for each time."""
    return [match[1].strip() for prose in proses_of(text, of) for match in _TERM.finditer(prose)]


def media_of(text: UnitFile, of: Schema) -> set[str]:
    """The pictures and documents a text shows or links to, by their ids."""
    addresses = (match[2] for prose in proses_of(text, of) for match in _LINK.finditer(prose))
    return {found for address in addresses if (found := mentioned(address))}


def citing(course: CourseFiles, kinds: Kinds) -> dict[str, list[Place]]:
    """For each source named anywhere, the places that cite it, once for each time."""
    found: dict[str, list[Place]] = {}
    for text, of in texts_of(course, kinds):
        for source in cites_of(text, of):
            found.setdefault(source, []).append(Place(text.key, text.language))
    for term in course.terms:
        for cite in term.get("cites", ()):
            found.setdefault(cite.partition(" ")[0], []).append(Place(term=str(term.get("key", ""))))
    return found


def using(course: CourseFiles, kinds: Kinds) -> dict[str, list[Place]]:
    """For each term named anywhere, the places that name it, once for each time."""
    found: dict[str, list[Place]] = {}
    for text, of in texts_of(course, kinds):
        for key in terms_of(text, of):
            found.setdefault(key, []).append(Place(text.key, text.language))
    return found


def repointed(course: CourseFiles, kinds: Kinds, to: Repoint, cases: Mapping[str, str] | None = None) -> CourseFiles:
    """The course with every link and passage as `to` says it, and the case studies named in `cases` by other keys.

    A translation that followed its source before follows it still: nothing was said anew.
    """

    def change(text: UnitFile, of: Schema) -> UnitFile:
        def link(address: str) -> str:
            return address if "://" in address else to(text.key, address)

        marks = {
            "prose": lambda prose: relinked(prose, link),
            "passage": link,
            "case-study": lambda key: (cases or {}).get(key, key),
        }
        return replace(text, front=rewritten(text.front, of, marks), body=relinked(text.body, link))

    return each_text(course, kinds, change)


def relinked(markdown: str, to: Callable[[str], str]) -> str:
    """A text with other addresses in its links."""

    def change(match: re.Match[str]) -> str:
        return match[1] + to(match[2])

    return _DEFINITION.sub(change, _LINK.sub(change, markdown))


def recited(text: UnitFile, of: Schema, names: Mapping[str, str]) -> UnitFile:
    """A text that cites sources by other names."""

    def cite(one: str) -> str:
        lead = one[: len(one) - len(one.lstrip(" @"))]
        source, space, place = one[len(lead) :].partition(" ")
        return lead + names.get(source, source) + space + place

    def prose(markdown: str) -> str:
        return _CITATION.sub(lambda match: f"[@{';'.join(cite(one) for one in match[1].split(';'))}]", markdown)

    front = rewritten(text.front, of, {"prose": prose, "citation": cite})
    return replace(text, front=front, body=prose(text.body))


def each_text(course: CourseFiles, kinds: Kinds, change: Callable[[UnitFile, Schema], UnitFile]) -> CourseFiles:
    """The course with every text changed, where a translation that followed its source follows the changed one."""
    modules = []
    for module in course.modules:
        schemas = {unit.key: kinds[unit.kind].schema if unit.kind in kinds else {} for unit in module.units}
        units = {unit.key: (unit, change(unit, schemas[unit.key])) for unit in module.units}
        translations = [
            following(change(text, schemas.get(text.key, {})), *units[text.key]) if text.key in units else text
            for text in module.translations
        ]
        made = tuple(new for _old, new in units.values())
        modules.append(replace(module, units=made, translations=tuple(translations)))
    return replace(course, modules=tuple(modules))


def following(translation: UnitFile, before: UnitFile, after: UnitFile) -> UnitFile:
    """The translation, following the changed text if it followed the text before."""
    if translation.front.get("follows") != text_hash(before):
        return translation
    return replace(translation, front={**translation.front, "follows": text_hash(after)})


def rewritten(data: Any, of: Schema, marks: Mapping[str, Callable[[str], str]]) -> Any:
    """Fields with each text changed whose schema has one of these formats."""
    if isinstance(data, str):
        change = marks.get(str(resolve(of).get("format", "")))
        return change(data) if change else data
    if isinstance(data, Mapping):
        return {name: rewritten(value, inside(of, name, data), marks) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [rewritten(value, inside(of, place, data), marks) for place, value in enumerate(data)]
    return data


def terms_cite(terms: Iterable[Fields]) -> set[str]:
    """The sources that these terms cite."""
    marked = texts_marked({"terms": list(terms)}, schema("glossary"), "citation")
    return {cite.partition(" ")[0] for _where, cite in marked}
