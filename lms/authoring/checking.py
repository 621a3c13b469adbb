"""What is to be mended in a unit of a draft, each with its place: the validator's word on one unit, and what only a
person can judge."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from html import escape, unescape
from typing import Any
from zlib import compress

from lms.catalogue.checks.figures import figure_mistakes
from lms.catalogue.checks.hard_texts import hard_text_mistakes
from lms.catalogue.checks.media import place_mistakes
from lms.catalogue.checks.references import reference_mistakes
from lms.catalogue.checks.translations import translation_mistakes
from lms.catalogue.checks.units import parse_units
from lms.catalogue.figures.field import figures_of
from lms.catalogue.files.nodes import Document
from lms.catalogue.files.read import Reading
from lms.catalogue.files.schemas import resolve, texts_marked
from lms.catalogue.files.shape import fits, shape_mistakes
from lms.catalogue.markdown import inner_tokens, parser
from lms.catalogue.rules.checking import overdue
from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile
from lms.catalogue.rules.mistakes import Mistake
from lms.catalogue.rules.substance import unannounced, unit_substance
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import UnitKind

from .manuscript import Manuscript, UnitDraft
from .preview import Preview
from .rules.blanks import completed
from .rules.fields import Where, item_schema

_LINKED = re.compile(r"\]\(([a-z0-9][a-z0-9-]*)(?:#|\))")
_MISSING = re.compile(r"“([\w-]+)” is missing")
_CHECKS: tuple[Callable[[Reading, CourseFiles, Mapping[str, UnitKind]], object], ...] = (
    translation_mistakes,
    hard_text_mistakes,
    parse_units,
    figure_mistakes,
    place_mistakes,
)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing to mend: in which language's text, at which field, at which line of the body; both empty where it is
    the file as a whole."""

    language: str
    where: Where
    line: int
    what: str
    cure: str


def findings(unit: UnitDraft, kinds: Mapping[str, UnitKind]) -> list[Finding]:
    """Every mistake of the unit and its translations, in the order of their fields."""
    texts = {text.path: text for text in (unit.original, *unit.translations.values())}
    mistakes = sorted({mistake for mistake in unit_mistakes(unit, kinds) if mistake.file in texts})
    return [placed(texts[mistake.file], mistake) for mistake in mistakes] + _unannounced(unit, kinds)


def placed(text: Manuscript, mistake: Mistake) -> Finding:
    """The field in which a mistake stands, or the line of the body (from 1)."""
    if text.suffix == ".md" and text.body and mistake.line >= text.body_line:
        return Finding(text.language, ("body",), mistake.line - text.body_line + 1, mistake.what, mistake.cure)
    missing = _MISSING.fullmatch(mistake.what)
    where = (*_whole_at(text.document, mistake.line), missing[1]) if missing else _field_at(text.document, mistake.line)
    return Finding(text.language, where, 0, mistake.what, mistake.cure)


def _field_at(document: Document, line: int) -> Where:
    """The innermost field that begins at this line, else the last that begins before it."""
    before = [(at, len(where), where) for where, at in document.lines.items() if at <= line]
    return max(before, default=(0, 0, ()), key=lambda one: one[:2])[2]


def _whole_at(document: Document, line: int) -> Where:
    """The outermost part that begins at this line: where something is missing, it is missing there."""
    return min((where for where, at in document.lines.items() if at == line), default=(), key=len)


def unit_mistakes(unit: UnitDraft, kinds: Mapping[str, UnitKind]) -> list[Mistake]:
    """The validator's word on this unit's files alone: cheap enough to be asked after each save. Mistakes of form stand
    beside those of content, although the fields are not whole yet."""
    broken = [mistake for text in _texts(unit) for mistake in text.broken]
    kind = kinds.get(unit.original.kind)
    if broken or kind is None:
        known = Mistake(unit.original.path, 1, "this is no kind of unit that is known here", "choose another kind")
        return broken or [known]
    reading = Reading(texts=dict(unit.files.texts), lenient=True)
    whole = _course_of(unit, kind, kinds, reading)
    unready = _unready_figures(unit.original, kind)
    reading.mistakes += shape_mistakes(unit.original.path, unit.original.document, kind.schema)
    for check in _CHECKS:
        check(reading, whole, kinds)
    # What lies beyond the units at hand is not read here: of that nothing is said. Nor does a field that is not there
    # point anywhere.
    reference_mistakes(reading, _as_written(whole, unit), kinds, {"course.yaml"})
    return [mistake for mistake in reading.mistakes if mistake.what not in unready]


def _unready_figures(text: Manuscript, kind: UnitKind) -> set[str]:
    """What the validator would say of the places of figures that are left out while their data are not whole."""
    return {
        f"there is no figure “{one.get('id')}”"
        for one in figures_of(text.front, kind.schema)
        if not _is_figure(one, kind)
    }


def _is_figure(figure: Mapping[str, Any], kind: UnitKind) -> bool:
    return fits(figure, item_schema(resolve(kind.schema["properties"]["figures"])))


def _texts(unit: UnitDraft) -> tuple[Manuscript, ...]:
    return (unit.original, *unit.translations.values())


def _course_of(unit: UnitDraft, kind: UnitKind, kinds: Mapping[str, UnitKind], reading: Reading) -> CourseFiles:
    """A course of this unit and those it points to, with everything filled in that its fields lack."""
    for text in _texts(unit):
        reading.documents[text.path], reading.body_lines[text.path] = text.document, text.body_line
    front = completed(kind.schema, unit.original.front, unit.language)
    if figures_of(front, kind.schema):
        front["figures"] = [figure for figure in front["figures"] if _is_figure(figure, kind)]
    whole = replace(unit.original.file, front=front)
    translations = tuple(_whole_translation(text) for text in unit.translations.values())
    others = tuple(_others(unit, kind, kinds, reading))
    module = ModuleFile(unit.folder, {"key": unit.folder[3:], **unit.module}, (whole, *others), translations)
    terms, sources = unit.terms, tuple({"title": source["id"], **source} for source in unit.sources)
    reading.documents |= {name: Document({}) for name in ("glossary.yaml", "sources.yaml")}
    return CourseFiles({"language": unit.language, **unit.head}, (module,), terms, sources, unit.media)


def _as_written(course: CourseFiles, unit: UnitDraft) -> CourseFiles:
    module = course.modules[0]
    return replace(course, modules=(replace(module, units=(unit.original.file, *module.units[1:])),))


def _whole_translation(text: Manuscript) -> UnitFile:
    return replace(text.file, front={"follows": "", "status": "", **text.front})


def _others(unit: UnitDraft, kind: UnitKind, kinds: Mapping[str, UnitKind], reading: Reading) -> Iterator[UnitFile]:
    """The units that this one points to, for their anchors alone."""
    pointed = set(_LINKED.findall(unit.original.text))
    pointed |= {value.partition("#")[0] for _, value in texts_marked(unit.original.front, kind.schema, "passage")}
    pointed |= {value for _, value in texts_marked(unit.original.front, kind.schema, "case-study")}
    for key in sorted(pointed - {unit.key}):
        other = unit.neighbour(key)
        if other is None or other.kind not in kinds:
            continue
        front = completed(kinds[other.kind].schema, other.front, unit.language)
        reading.documents[other.path], reading.body_lines[other.path] = other.document, other.body_line
        yield UnitFile(other.path, other.key, other.language, front, other.body)


def _unannounced(unit: UnitDraft, kinds: Mapping[str, UnitKind]) -> list[Finding]:
    """What the published unit asks otherwise, although its author has not said that readers must know."""
    was, kind = unit.published, kinds.get(unit.original.kind)
    if was is None or kind is None or was.broken or was.kind not in kinds:
        return []
    sides = [_asked(text, kinds[text.kind], unit.language) for text in (was, unit.original)]
    return [
        Finding(unit.language, _question_at(unit.original, one.question), 0, one.what, one.cure)
        for one in unannounced(sides[0], sides[1])
    ]


def _asked(text: Manuscript, kind: UnitKind, language: str) -> dict[str, Any]:
    front = completed(kind.schema, text.front, language)
    try:
        questions = kind.questions(front)
    except (LookupError, TypeError, ValueError):
        questions = ()
    counted = {"key": text.key, "kind": text.kind, "substance": str(front.get("substance", "")), "pass_mark": 0}
    return {"modules": [{"key": "", "units": [unit_substance(counted, questions)]}]}


def _question_at(text: Manuscript, question: str | None) -> Where:
    entries = text.front.get("questions")
    for place, entry in enumerate(entries if isinstance(entries, list) and question else ()):
        if isinstance(entry, dict) and entry.get("id") == question:
            return ("questions", place, "substance")
    return ("substance",)


def sources_unchecked(unit: UnitDraft, kind: UnitKind, today: dt.date) -> list[Mapping[str, Any]]:
    """The sources this unit cites that should be looked at again, as the page of the course says too."""
    cited = cited_by(unit.original, kind)
    return [source for source in unit.sources if source["id"] in cited and overdue(source, today)]


def cited_by(text: Manuscript, kind: UnitKind) -> set[str]:
    """The ids of the sources that a text cites, in its body and in its fields."""
    proses = [text.body, *(value for _, value in texts_marked(text.front, kind.schema, "prose"))]
    tokens = [token for prose in proses for token in inner_tokens(parser().parse(prose))]
    marks = {source for token in tokens if token.type == "citation" for source, _place in token.meta["cites"]}
    return marks | {value.partition(" ")[0] for _, value in texts_marked(text.front, kind.schema, "citation")}


# What a reader's page has around the text: masthead, contents, footer. Measured on the pages of a course.
_AROUND = 3_600
_TAG = re.compile(r"<svg.*?</svg>|<a class=\"ref\".*?</a>|<[^>]*>", re.DOTALL)
_BLOCK = re.compile(r"</(?:p|li|h[1-6]|td|th|dt|dd|blockquote|figcaption|summary)>|<br>")


def _shown(found: Preview) -> str:
    text = found.text
    asked = (word for question in found.questions for word in (question.prompt, *(o.text for o in question.options)))
    blocks = [*map(str, text.key_points), *map(str, text.for_your_institution.values()), *map(escape, asked)]
    return str(text.html) + "".join(f"<p>{block}</p>" for block in blocks)


def plain_text(found: Preview) -> str:
    """The words of a text, a line for each block."""
    return unescape(_TAG.sub("", _BLOCK.sub("\n", _shown(found))))


def page_weight(found: Preview) -> int:
    """About how many bytes its page has as it travels."""
    text = found.text
    notes = "".join(str(source.html) for source in text.citations) + "".join(
        f"<dt>{term.term}</dt><dd>{term.definition}</dd>" * 2 for term in text.terms
    )
    return _AROUND + len(compress((_shown(found) + notes).encode(), 6))
