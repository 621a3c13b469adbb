"""From a checked course to the rows of a version: what is rendered, hashed and remembered. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from lms.kernel.values import dataclass
from lms.plugins.unit_kind import RenderedUnit, UnitKind

from .checks import Checked
from .figures.field import figures_of
from .files.schemas import texts_marked
from .kinds.reflection import Reflection
from .render import PageContext, sanitise
from .rules.course_files import CourseFiles, ModuleFile, UnitFile
from .rules.substance import digest, unit_substance
from .rules.translation import OF_ITS_OWN, text_hash


@dataclass(frozen=True)
class Text:
    """One text of a unit in one language, ready to be kept."""

    path: str
    language: str
    source: str
    document: dict[str, Any]
    rendered: dict[str, Any]
    status: str = "confirmed"
    stale: bool = False

    @property
    def content_hash(self) -> str:
        """Names the text as readers get it: sources and definitions included, and what a translation leaves to its
        source."""
        return digest([self.source, self.document, self.rendered])


@dataclass(frozen=True)
class PublishedUnit:
    """A unit with its texts and what counts of it."""

    key: str
    kind: str
    substance: dict[str, Any]
    listing: dict[str, Any]
    text: Text
    translations: tuple[Text, ...] = ()


@dataclass(frozen=True)
class PublishedModule:
    """An own module with its units."""

    key: str
    document: dict[str, Any]
    units: tuple[PublishedUnit, ...] = field(default_factory=tuple)


def published_modules(checked: Checked, kinds: Mapping[str, UnitKind]) -> dict[str, PublishedModule]:
    """The course's own modules by key. The course must be sound."""
    assert checked.course is not None  # noqa: S101 - `sound` says so
    course = checked.course
    return {module.key: _module(checked, course, module, kinds) for module in course.modules}


def _module(
    checked: Checked, course: CourseFiles, module: ModuleFile, kinds: Mapping[str, UnitKind]
) -> PublishedModule:
    pass_mark = int(module.fields.get("pass_mark", course.pass_mark))
    units = tuple(_unit(checked, course, module, unit, kinds[unit.kind], pass_mark) for unit in module.units)
    document = {
        "title": module.fields["title"],
        "objectives": module.fields["objectives"],
        "pass_mark": pass_mark,
        "folder": module.folder,
    }
    return PublishedModule(module.key, document, units)


def _unit(
    checked: Checked, course: CourseFiles, module: ModuleFile, unit: UnitFile, kind: UnitKind, pass_mark: int
) -> PublishedUnit:
    data = checked.units[unit.path]
    questions = kind.questions(data)
    mark = int(unit.front.get("pass_mark", pass_mark))
    counted = {"key": unit.key, "kind": unit.kind, "substance": unit.front["substance"], "pass_mark": mark}
    listing = {
        "title": unit.front["title"],
        "minutes": unit.front["minutes"],
        "pass_mark": mark,
        "questions": sum(question.scored for question in questions),
    }
    return PublishedUnit(
        key=unit.key,
        kind=unit.kind,
        substance=unit_substance(counted, questions),
        listing=listing,
        text=_text(checked, course, unit, unit, kind),
        translations=tuple(_text(checked, course, unit, other, kind) for other in module.translations_of(unit)),
    )


def _text(checked: Checked, course: CourseFiles, unit: UnitFile, file: UnitFile, kind: UnitKind) -> Text:
    data = {name: value for name, value in checked.units[file.path].items() if name not in OF_ITS_OWN}
    return Text(
        path=file.path,
        language=file.language,
        source=checked.files[file.path],
        document=data,
        rendered={
            **render_unit(kind, data, page_context(course, file.language)),
            **_scoring(checked, course, file, kind, data),
        },
        status=str(file.front.get("status", "confirmed")),
        stale=file is not unit and file.front["follows"] != text_hash(unit),
    )


def _scoring(
    checked: Checked, course: CourseFiles, file: UnitFile, kind: UnitKind, data: Mapping[str, Any]
) -> dict[str, Any]:
    """For a reflection that asks for scores: the cases, and the factors in the text's language if they have it."""
    if kind.key != Reflection.key or "scoring" not in data:
        return {}
    module, case = next((m, unit) for m, unit in course.units() if unit.key == data["scoring"]["rubric"])
    texts = {text.language: text for text in (case, *module.translations_of(case))}
    rubric = texts.get(file.language, case)
    factors = checked.units[rubric.path]["rubric"]
    return {"scoring": {"language": rubric.language, "factors": factors, "cases": data["scoring"]["cases"]}}


def page_context(course: CourseFiles, language: str, *, for_trainers: bool = False) -> PageContext:
    """A context that knows the course's sources, terms, pictures and documents."""
    sources = {source["id"]: source for source in course.sources}
    terms = {term["key"]: term for term in course.terms}
    media = {str(entry.get("id")): entry for entry in course.media}
    return PageContext(language, sources, terms, media, for_trainers=for_trainers)


def render_unit(kind: UnitKind, data: Mapping[str, Any], context: PageContext) -> dict[str, Any]:
    """Everything the page of a unit shows, as JSON; footnotes are numbered in reading order."""
    context.figures = {figure["id"]: figure for figure in figures_of(data, kind.schema)}
    key_points = [sanitise(context.inline(point)) for point in data.get("key_points", ())]
    body = kind.render(data, context)
    boxes = [[name, sanitise(context.inline(text))] for name, text in data.get("for_your_institution", {}).items()]
    for _, cite in texts_marked(data, kind.schema, "citation"):
        context.number(cite.partition(" ")[0])
    # A kind of somebody else's may hand back HTML that it made by itself.
    whole: RenderedUnit = dataclasses.replace(context.rendered(""), html=sanitise(body.html))
    return {
        **dataclasses.asdict(whole),
        "key_points": key_points,
        "for_your_institution": boxes,
        "content_note": data.get("content_note", ""),
        "written_alternative": data.get("written_alternative", ""),
    }
