"""One unit becomes two at a heading; each part gets what is its own, and what led to the second leads there still."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

from lms.catalogue.checks.hard_texts import INSTEAD, NOTE
from lms.catalogue.figures.field import figures_of
from lms.catalogue.files.schemas import Schema
from lms.catalogue.markdown import inner_tokens, parser, plain
from lms.catalogue.rules.course_files import CourseFiles, Fields, UnitFile
from lms.catalogue.rules.translation import OF_ITS_OWN
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .outlining import FIRST_SUBSTANCE
from .pointers import Kinds, following, repointed
from .skeleton import (
    RESERVED,
    NotPossible,
    Reason,
    arranged,
    clean_texts,
    home_of,
    in_folder,
    listed,
    new_key,
    unit_keys,
    with_module,
)

_EVERY_KIND = {"key", "kind", "title", "minutes", "substance"}
_TERM = re.compile(r"\[\[([^\]|\n]{1,80})(?:\|([^\]\n]{1,200}))?\]\]")
# Where no term can begin: headings, links, citations, terms, code, figures.
_CLOSED = re.compile(
    r"(^#.*$|\[\[[^\[\]\n]*\]\]|\[[^\[\]\n]*\](?:\([^)\[\]\n]*\))?|`[^`\n]*`|\{\{[^{}\n]*\}\})", re.MULTILINE
)
_parse = parser().parse


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a text at which it can be split: its anchor, its words, its level and its line (from 0)."""

    anchor: str
    words: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class _Parts:
    """A text in two, each as its file says it."""

    first: UnitFile
    second: UnitFile
    heading: str


def headings_of(body: str) -> list[Heading]:
    """The headings of a text that have an anchor, but for those in lists and quotations."""
    found = []
    for opening, inline in pairwise(_parse(body)):
        if opening.type == "heading_open" and opening.level == 0 and opening.map and opening.meta.get("anchor"):
            words = plain(inline.children or ())
            found.append(Heading(str(opening.meta["anchor"]), words, int(opening.tag[1]), opening.map[0]))
    return found


def split_places(unit: UnitFile, kind: UnitKind | None) -> list[Heading]:
    """The headings a unit can be split at: those with text before them, in a kind whose text stands alone."""
    if kind is None or not _splittable(kind):
        return []
    lines = unit.body.split("\n")
    return [one for one in headings_of(unit.body) if "\n".join(lines[: one.line]).strip()]


def _splittable(kind: UnitKind) -> bool:
    return kind.suffix == ".md" and set(kind.schema.get("required", ())) <= _EVERY_KIND


def split_unit(
    course: CourseFiles,
    kinds: Kinds,
    key: str,
    anchor: str,
    *,
    titles: Mapping[str, str] | None = None,
    taken: Collection[str] = (),
) -> CourseFiles:
    """The text from a heading on as a unit of its own behind the old one, called by `titles`, else by the heading.

    Notes on hard material stand before both parts; figures go where they are placed; key points and paragraphs for
    institutions stay. Raises NotPossible for kinds that need more than a text, and where a translation lacks the
    heading.
    """
    module, unit = home_of(course, key)
    kind = kinds.get(unit.kind)
    if kind is None or not _splittable(kind):
        raise NotPossible(Reason.NOT_SPLITTABLE, key)
    names = {str(term.get("key")): term.get("term", {}) for term in course.terms}
    parts = _parted(unit, kind.schema, anchor, names)
    others = [_parted(text, kind.schema, anchor, names, needed=False) for text in module.translations_of(unit)]
    heads = {part.second.language: part.heading for part in (parts, *others)}
    title = clean_texts({**heads, **clean_texts(titles or {})}, needed=course.language, one_line=True)
    new = new_key(title[course.language], {*taken, *unit_keys(course), *listed(module), *RESERVED}, "text")
    minutes = _shared_minutes(unit, parts)
    first = replace(parts.first, front={**parts.first.front, "minutes": minutes[0]})
    begun = {"key": new, "kind": unit.kind, "title": title, "minutes": minutes[1], "substance": FIRST_SUBSTANCE}
    second = replace(parts.second, key=new, front={**begun, **parts.second.front})
    translations = [text for text in module.translations if text.key != key]
    for part in others:
        translations += _translated(part, unit, first, second)
    keys = listed(module)
    keys.insert(keys.index(key) + 1, new)
    units = [first if other.key == key else other for other in module.units]
    texts = [*units, in_folder(second, module.folder)]
    placed = [in_folder(text, module.folder) for text in translations]
    moved = {one.anchor for one in headings_of(second.body)}
    return repointed(with_module(course, arranged(module, keys, texts, placed)), kinds, _to(key, new, moved))


def _parted(text: UnitFile, of: Schema, anchor: str, names: Mapping[str, Fields], needed: bool = True) -> _Parts:
    """A text and its fields in two; a translation that leaves its body to the source has none in either part."""
    heading = next((one for one in headings_of(text.body) if one.anchor == anchor), None)
    if heading is None and text.body:
        raise NotPossible(Reason.NO_HEADING if needed else Reason.TRANSLATION_LACKS, text.key, text.language)
    lines = text.body.split("\n")
    at = heading.line if heading else 0
    before, rest = "\n".join(lines[:at]).strip(), "\n".join(lines[at:]).strip()
    if heading is not None and not before:
        raise NotPossible(Reason.NOTHING_BEFORE, text.key)
    after = _with_terms(_raised(rest), before, {key: str(name.get(text.language, "")) for key, name in names.items()})
    return _Parts(
        replace(text, front=_front(text, of, after, there=False), body=before),
        replace(text, front=_front(text, of, after, there=True), body=after),
        heading.words if heading else "",
    )


def _front(text: UnitFile, of: Schema, after: str, *, there: bool) -> dict[str, Any]:
    """The fields of the second part (`there`), or what is left in the first."""
    placed = {str(token.meta["id"]) for token in inner_tokens(_parse(after)) if token.type == "figure"}
    figures = [one for one in figures_of(text.front, of) if (one.get("id") in placed) == there]
    kept = {NOTE, INSTEAD, *OF_ITS_OWN} if there else set(text.front)
    front = {name: value for name, value in text.front.items() if name in kept}
    if figures_of(text.front, of):
        front.pop("figures", None)
        front |= {"figures": figures} if figures else {}
    return front


def _raised(body: str) -> str:
    """A part that begins with ### begins with ##, and so do its neighbours up to the next ##: no level is left out."""
    found = headings_of(body)
    lines = body.split("\n")
    for one in found:
        if one.level == 2:
            break
        lines[one.line] = lines[one.line].replace("###", "##", 1)
    return "\n".join(lines)


def _with_terms(body: str, before: str, names: Mapping[str, str]) -> str:
    """The second part with each term marked at its first use that was marked in the first part alone."""
    marked = {match[1].strip() for match in _TERM.finditer(body)}
    for match in _TERM.finditer(before):
        key = match[1].strip()
        if key not in marked:
            body = _marked(body, key, (match[2] or names.get(key) or "").strip())
            marked.add(key)
    return body


def _marked(body: str, key: str, word: str) -> str:
    pieces = _CLOSED.split(body)
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
    for place in range(0, len(pieces) if word else 0, 2):
        pieces[place], times = pattern.subn(f"[[{key}|{word}]]", pieces[place], count=1)
        if times:
            break
    return "".join(pieces)


def _shared_minutes(unit: UnitFile, parts: _Parts) -> tuple[int, int]:
    minutes = unit.front.get("minutes")
    whole = minutes if isinstance(minutes, int) else 1
    one, two = len(parts.first.body.split()), len(parts.second.body.split())
    first = min(max(1, round(whole * one / (one + two))), max(1, whole - 1))
    return first, max(1, whole - first)


def _translated(part: _Parts, unit: UnitFile, first: UnitFile, second: UnitFile) -> Iterable[UnitFile]:
    """Both parts of a translation, following the parts of its source if it followed the whole."""
    yield following(part.first, unit, first)
    if part.second.body or set(part.second.front) - set(OF_ITS_OWN):
        yield following(replace(part.second, key=second.key), unit, second)


def _to(key: str, new: str, moved: Collection[str]) -> Callable[[str, str], str]:
    """Addresses after the split: those of a heading that moved lead to the new unit, from whichever text they come."""

    def to(home: str, address: str) -> str:
        name, _mark, anchor = address.partition("#")
        was = name or (key if home == new else home)
        if was != key or not anchor:
            return address
        now = new if anchor in moved else key
        return address if not name and now == home else f"{now}#{anchor}"

    return to
