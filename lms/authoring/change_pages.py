"""What a draft or a version changes, in words, worked out for the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property

from flask_babel import LazyString

from lms.catalogue.rules.course_files import CourseFiles, Fields, UnitFile
from lms.catalogue.rules.passages import Changed, Piece, Where, everything_of
from lms.catalogue.rules.texts import named_in
from lms.catalogue.wording import Names, Told, names_in, told, where_in_words
from lms.kernel.values import dataclass
from lms.web.languages import gettext as _
from lms.web.languages import in_a_row, own_name
from lms.web.languages import lazy_gettext as _l

from .rules.comparing import Comparison, EntryChange, Fate, OutlineChange, Shift, TextChange
from .wording import kind_name

MOST_IN_FULL = 25
"""Of more changed texts than this, the page lists them and shows one at a time."""
FATES: Mapping[Fate, LazyString] = {
    Fate.NEW: _l("New"),
    Fate.GONE: _l("Taken out"),
    Fate.CHANGED: _l("Changed"),
}
_REASONS: Mapping[str, LazyString] = {
    "kind": _l("it is a unit of another kind now"),
    "substance": _l("its author says that whoever finished the earlier text has to go through it again"),
    "pass_mark": _l("another share of right answers passes it"),
}


@dataclass(frozen=True, slots=True)
class Whole:
    """A passage of a whole text: its heading where that is another one than before, and its words."""

    where: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """A change of a passage, and where remarks on it and the passage itself are written; empty where there is no place
    for that."""

    where: str
    note: str
    pieces: tuple[Piece, ...]
    url: str
    edit: str


@dataclass(frozen=True)
class TextLine:
    """One text on the page."""

    change: TextChange
    anchor: str
    title: str
    details: str
    fate: str
    weight: str
    told: Sequence[Row]
    whole: Sequence[Whole]
    urls: Mapping[str, str]
    """Where it is written and read with remarks, by name; only what there is."""

    @property
    def language(self) -> str:
        """The language of its words."""
        return self.change.file.language

    @property
    def new(self) -> bool:
        """Whether all of it is."""
        return self.change.fate is Fate.NEW


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One source, term or module."""

    name: str
    fate: str
    told: Sequence[Told]


Links = Callable[[TextChange, Where | None], Mapping[str, str]]


def _no_links(_text: TextChange, _place: Where | None) -> Mapping[str, str]:
    return {}


@dataclass(frozen=True)
class ChangesPage:
    """A comparison in the language of who looks. `links` gives the addresses that go with a text."""

    comparison: Comparison
    before: CourseFiles | None
    after: CourseFiles
    language: str
    links: Links = field(default=_no_links)
    only: str = ""
    """The path of the one text to show, where there are many."""

    @property
    def many(self) -> bool:
        """Whether texts are listed and shown one at a time."""
        return len(self.comparison.texts) > MOST_IN_FULL and not self.only

    @cached_property
    def titles(self) -> dict[str, str]:
        """What units are called, those that are gone included."""
        units = [unit for course in (self.before, self.after) if course for _module, unit in course.units()]
        return {unit.key: self._named(unit.front) or unit.key for unit in units}

    @cached_property
    def modules_named(self) -> dict[str, str]:
        """What modules are called."""
        modules = [module for course in (self.before, self.after) if course for module in course.modules]
        return {module.folder[3:]: self._named(module.fields) or module.folder for module in modules}

    def _named(self, fields: Fields) -> str:
        return named_in(fields.get("title"), self.language, "")

    def _names(self, language: str) -> Names:
        courses = [course for course in (self.before, self.after) if course]
        return names_in(
            language,
            [source for course in courses for source in course.sources],
            [term for course in courses for term in course.terms],
            self.titles,
            [medium for course in courses for medium in course.media],
        )

    @property
    def outline(self) -> list[str]:
        """The outline's changes, a sentence each."""
        return [self._sentence(one) for one in self.comparison.outline]

    def _sentence(self, one: OutlineChange) -> str:
        module = self.modules_named.get(one.module, one.module)
        others = [self.modules_named.get(key, key) for key in one.others]
        unit = self.titles.get(one.unit, one.unit)
        if one.shift is Shift.OPENS_AFTER and not others:
            return str(_("The module “%(module)s” is open from the beginning.", module=module))
        said = {
            Shift.MODULE_NEW: _("The module “%(module)s” is new.", module=module),
            Shift.MODULE_GONE: _("The module “%(module)s” is taken out.", module=module),
            Shift.MODULE_MOVED: _("The module “%(module)s” stands at another place.", module=module),
            Shift.OPENS_AFTER: _("The module “%(module)s” opens after: %(others)s.", module=module,
                                 others=in_a_row(others) if others else ""),
            Shift.UNIT_NEW: _("The unit “%(unit)s” is new, in “%(module)s”.", unit=unit, module=module),
            Shift.UNIT_GONE: _("The unit “%(unit)s” is taken out of “%(module)s”.", unit=unit, module=module),
            Shift.UNIT_TO_MODULE: _("The unit “%(unit)s” moves from “%(other)s” to “%(module)s”.", unit=unit,
                                    module=module, other=others[0] if others else ""),
            Shift.UNITS_REORDERED: _("The units of “%(module)s” stand in another order.", module=module),
        }  # fmt: skip
        return str(said[one.shift])

    @property
    def course(self) -> list[Told]:
        """What changed in the course itself: title, completion rule, pass mark."""
        return told(self.comparison.course, self._names(self.language))

    @cached_property
    def texts(self) -> list[TextLine]:
        """Unit by unit, each text after the other."""
        names: dict[str, Names] = {}
        lines = []
        for number, text in enumerate(self.comparison.texts, 1):
            if self.only and text.path != self.only:
                continue
            code = text.file.language
            names.setdefault(code, self._names(code))
            lines.append(self._line(number, text, names[code]))
        return lines

    def _line(self, number: int, text: TextChange, names: Names) -> TextLine:
        source = text.source or text.file
        shown, urls = not self.many, self.links(text, None)
        details = [kind_name(source.kind), self.modules_named.get(text.module, text.module)]
        return TextLine(
            change=text,
            anchor=f"text-{number}",
            title=self.titles.get(text.file.key, text.file.key),
            details=", ".join([*details, *([own_name(text.file.language)] if text.translation else [])]),
            fate=str(FATES[text.fate]),
            weight=_weight(text, self.before is None),
            told=_rows(text, names, self.links) if shown and text.fate is not Fate.NEW else (),
            whole=whole_text(text.after, names) if shown and text.after else (),
            urls=urls,
        )

    @property
    def modules(self) -> list[EntryLine]:
        """Module by module: titles, objectives, pass marks."""
        return self._entries(self.comparison.modules, lambda one: self.modules_named.get(one.key, one.key))

    @property
    def sources(self) -> list[EntryLine]:
        """Source by source."""
        return self._entries(self.comparison.sources, lambda one: f"{one.key}: {one.fields.get('title') or ''}")

    @property
    def media(self) -> list[EntryLine]:
        """Picture by picture, document by document."""
        return self._entries(self.comparison.media, lambda one: str(one.fields.get("title") or one.key))

    @property
    def terms(self) -> list[EntryLine]:
        """Term by term."""
        return self._entries(self.comparison.terms, self._term)

    def _term(self, one: EntryChange) -> str:
        return named_in(one.fields.get("term"), self.language, one.key)

    def _entries(self, entries: Iterable[EntryChange], name: Callable[[EntryChange], str]) -> list[EntryLine]:
        names = self._names(self.language)
        return [EntryLine(name(one), str(FATES[one.fate]), told(one.changed, names)) for one in entries]


def _rows(text: TextChange, names: Names, links: Links) -> list[Row]:
    passages = everything_of(text.after) if text.after else []
    numbers = {(one.where, one.text): number for number, one in enumerate(passages, 1)}
    rows = []
    for change, said in zip(text.changed, told(text.changed, names), strict=True):
        words = "".join(piece.text for piece in change.pieces if piece.kind != "del")
        number, urls = numbers.get((change.where, words)), links(text, change.place)
        read = f"{urls['read']}#passage-{number}" if number and "read" in urls else ""
        rows.append(Row(said.where, said.note, said.pieces, read, urls.get("edit", "")))
    return rows


def _weight(text: TextChange, first: bool) -> str:
    """Whether a change is editorial or substantive, with the reason; nothing where there is no version before."""
    if first:
        return ""
    if text.translation:
        return str(_("Editorial: a translation never touches what somebody has finished."))
    if text.fate is Fate.NEW:
        return str(_("Substantive: a new unit is to be gone through by everyone."))
    if text.fate is Fate.GONE:
        return str(_("Substantive: a unit that some have finished is taken out."))
    if text.weighs:
        reasons = "; ".join(str(_REASONS[part]) for part in text.weighs)
        return str(_("Substantive: %(reasons)s.", reasons=reasons))
    return str(_("Editorial: whoever has finished the unit has still finished it."))


def whole_text(file: UnitFile, names: Names) -> list[Whole]:
    """A text from beginning to end, in words."""
    found: list[Whole] = []
    last = ""
    for passage in everything_of(file):
        change = Changed(passage.where, (Piece("same", passage.text),), place=passage.place)
        words = "".join(piece.text for piece in names.pieces(change))
        where = where_in_words(change)
        heading = not passage.place and words.strip() == passage.where
        found.append(Whole("" if where == last or heading else where, words))
        last = where
    return found
