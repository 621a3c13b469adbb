"""What the pages of a draft's outline show, worked out beforehand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import url_for

from lms.catalogue.rules.course_files import CourseFiles, ModuleFile, UnitFile
from lms.catalogue.rules.texts import named_in, spoken, written_in
from lms.kernel.values import dataclass
from lms.web.languages import choices, in_a_row, language, ngettext
from lms.web.languages import gettext as _

from .queries import Reusable, is_open
from .rules.outlining import substantive
from .rules.skeleton import key_of, line_key, lines_of, listed, module_keys
from .wording import kind_name
from .workspace import Workspace


@dataclass(frozen=True)
class Called:
    """A title as the page says it, with its language."""

    text: str
    language: str


def called(texts: Any, otherwise: str) -> Called:
    """A text in several languages in that of the page; what to say where nobody has written one yet."""
    said = written_in(texts)
    return Called(named_in(said, language(), otherwise), spoken(said, language()) if said else language())


@dataclass(frozen=True)
class UnitLine:
    """A unit in the outline."""

    unit: UnitFile
    mark: str
    """"new", "changed", "moved" or nothing, against the published version."""
    slug: str
    draft: str

    @property
    def title(self) -> Called:
        """What it is called; its key where it has no title yet."""
        return called(self.unit.front.get("title"), self.unit.key)

    @property
    def detail(self) -> str:
        """Its kind and how long it takes."""
        minutes = self.unit.front.get("minutes")
        kind = kind_name(self.unit.kind)
        if not isinstance(minutes, int):
            return kind
        return ", ".join([kind, str(ngettext("%(num)s minute", "%(num)s minutes", minutes))])

    @property
    def editor(self) -> str:
        """Where it is written."""
        return url_for("authoring.edit_unit", slug=self.slug, draft=self.draft, unit=self.unit.key)


@dataclass(frozen=True)
class ModuleLine:
    """A module in the outline; one of another course has no units here."""

    key: str
    title: Called
    used_from: str | None
    units: Sequence[UnitLine]
    after: Sequence[Called]
    mark: str

    @property
    def opens_after(self) -> str:
        """The modules that must be finished first, in a row."""
        return in_a_row([title.text for title in self.after])

    @property
    def detail(self) -> str:
        """How long it takes."""
        minutes = sum(
            line.unit.front["minutes"] for line in self.units if isinstance(line.unit.front.get("minutes"), int)
        )
        return str(ngettext("%(num)s minute", "%(num)s minutes", minutes)) if minutes else ""


@dataclass(frozen=True)
class OutlinePage:
    """The outline of a draft."""

    work: Workspace
    elsewhere: Sequence[Reusable]
    """The modules that other courses have published."""

    @cached_property
    def titles(self) -> dict[str, Mapping[str, str]]:
        """What those are called, by their names as "course/module"."""
        return {module.name: module.title for module in self.elsewhere}

    @property
    def at(self) -> dict[str, str]:
        """Where the draft is, for addresses."""
        return {"slug": self.work.slug, "draft": self.work.draft.public_id}

    @property
    def course(self) -> Called:
        """What the course is called."""
        return called(self.work.course.fields.get("title"), self.work.slug)

    @property
    def open(self) -> bool:
        """Whether anything can be changed."""
        return is_open(self.work.draft)

    @property
    def counts(self) -> str:
        """How many modules and units there are."""
        modules, units = len(self.modules), sum(len(line.units) for line in self.modules)
        return str(_(
            "%(modules)s, %(units)s.",
            modules=ngettext("%(num)s module", "%(num)s modules", modules),
            units=ngettext("%(num)s unit", "%(num)s units", units),
        ))  # fmt: skip

    @property
    def substantive(self) -> bool:
        """Whether the outline differs from the published one in what people have to do."""
        return self.work.base is not None and bool(substantive(self.work.base, self.work.course))

    @cached_property
    def modules(self) -> list[ModuleLine]:
        """The modules in order; those that course.yaml does not list yet stand last."""
        course = self.work.course
        own = {key_of(module): module for module in course.modules}
        lines = [self._line(line, own.get(line_key(line))) for line in lines_of(course)]
        loose = [module for key, module in own.items() if key not in module_keys(course)]
        return [*lines, *(self._line({"module": module.folder}, module) for module in loose)]

    @property
    def lines(self) -> set[str]:
        """The ids of all lines of the page."""
        units = {f"u-{unit.unit.key}" for module in self.modules for unit in module.units}
        return units | {f"m-{module.key}" for module in self.modules}

    def _line(self, line: Mapping[str, Any], module: ModuleFile | None) -> ModuleLine:
        key, use = line_key(line), line.get("use")
        texts = module.fields.get("title") if module else self.titles.get(str(use))
        before = {} if self.work.base is None else {key_of(one): one for one in self.work.base.modules}
        return ModuleLine(
            key=key,
            title=called(texts, key),
            used_from=str(use) if use else None,
            units=[self._unit(module, unit) for unit in module.units] if module else [],
            after=[self.title_of(name) for name in line.get("after", ())],
            mark=_mark(key in _keys(self.work.base), bool(module) and before.get(key) != module and not use),
        )

    def title_of(self, key: str) -> Called:
        """What a module of the course is called."""
        return titles_of(self.work.course, self.titles).get(key) or Called(key, language())

    def _unit(self, module: ModuleFile, unit: UnitFile) -> UnitLine:
        files = self.work.files
        paths = [text.path for text in (unit, *module.translations_of(unit))]
        known = {found.key: key_of(home) for home, found in self.work.base.units()} if self.work.base else {}
        changed = any(files.base.get(path) != files.texts.get(path) for path in paths)
        mark = _mark(unit.key in known, changed)
        if mark == "changed" and known[unit.key] != key_of(module):
            mark = "moved"
        return UnitLine(unit, mark, self.work.slug, self.work.draft.public_id)


def _mark(published: bool, changed: bool) -> str:
    return "new" if not published else "changed" if changed else ""


def _keys(course: CourseFiles | None) -> set[str]:
    return set(module_keys(course)) if course else set()


def titles_of(course: CourseFiles, elsewhere: Mapping[str, Mapping[str, str]]) -> dict[str, Called]:
    """What the modules of a course are called, by their keys."""
    own = {key_of(module): called(module.fields.get("title"), key_of(module)) for module in course.modules}
    used = {line_key(line): str(line["use"]) for line in lines_of(course) if "use" in line}
    return own | {key: called(elsewhere.get(name), key) for key, name in used.items()}


def languages_of(course: CourseFiles) -> list[str]:
    """The languages in which a course has titles or texts, its own first."""
    found = {code for titles in _titled(course) for code in titles}
    found |= {text.language for module in course.modules for text in module.translations}
    own = str(course.fields.get("language", "en"))
    return [own, *sorted(found - {own})]


def more_languages(course: CourseFiles) -> list[str]:
    """The languages of the interface in which a course has nothing yet."""
    offered = {code.partition("_")[0] for code in choices()}
    return sorted(offered - set(languages_of(course)))


def _titled(course: CourseFiles) -> list[Mapping[str, str]]:
    titles = [course.fields.get("title"), *(module.fields.get("title") for module in course.modules)]
    titles += [unit.front.get("title") for _module, unit in course.units()]
    return [title for title in titles if isinstance(title, Mapping)]


def shape(course: CourseFiles) -> Any:
    """What the outline says: the modules, what they open after, what completes the course, and the units in order."""
    units = {key_of(module): listed(module) for module in course.modules}
    return [lines_of(course), course.fields.get("completion"), units]
