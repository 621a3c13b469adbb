"""What the templates of this context show, worked out beforehand: they only put it on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import url_for
from markupsafe import Markup

from lms.catalogue.rules.confirmation import may_confirm
from lms.catalogue.rules.outline import OutlineModule, OutlineUnit
from lms.catalogue.rules.texts import localised
from lms.catalogue.wording import Told, names_in, told
from lms.kernel.values import dataclass
from lms.people.models import Sector
from lms.people.rules.mandates import Grant
from lms.plugins.unit_kind import Option, Question
from lms.seminars.labels import SECTORS
from lms.web.dates import local_day, short_day
from lms.web.languages import gettext as _
from lms.web.languages import ngettext, own_name, speech

from .desk import Behind, Desk
from .queries import Said, reaches
from .rendering import Beside, Shown, beside, parts_beside, questions_beside
from .rules.marks import Marked
from .rules.standing import Standing, TextStanding
from .wording import STANDINGS, changed_passages, size, to_review


@dataclass(frozen=True)
class CourseLine:
    """A course in the list, with what is to be said of it in sentences."""

    desk: Desk
    language: str
    zone: str

    @property
    def title(self) -> str:
        """Its title for who looks."""
        return localised(self.desk.published.title, self.language)

    @property
    def url(self) -> str:
        """Its page."""
        return url_for("authoring.course", slug=self.desk.slug)

    @property
    def version(self) -> str:
        """Number and day of the newest version."""
        day = short_day(local_day(self.desk.published.published_at, self.zone))
        return str(_("Version %(number)s, published %(day)s.", number=self.desk.published.number, day=day))

    @property
    def counts(self) -> list[str]:
        """Modules and units, then each language, then what needs review: one sentence each."""
        outline, total = self.desk.outline, sum(1 for _ in self.desk.outline.units())
        modules = ngettext("%(num)s module", "%(num)s modules", len(outline.modules))
        units = ngettext("%(num)s unit", "%(num)s units", total)
        said = [f"{modules}, {units}."]
        said += [self._translated(code, total) for code in self.desk.languages]
        return [*said, to_review(self.desk.places_to_review)]

    def _translated(self, code: str, total: int) -> str:
        found = [self.desk.standing(unit, code) for _module, unit in self.desk.outline.units()]
        there = sum(one.standing is not Standing.MISSING for one in found)
        said = _("%(language)s: %(there)s of %(total)s units", language=own_name(code), there=there, total=total)
        awaiting = sum(one.standing is Standing.AWAITING for one in found)
        if awaiting:
            said += ", " + ngettext("%(num)s awaits a native reader", "%(num)s await a native reader", awaiting)
        stale = sum(one.stale for one in found)
        if stale:
            said += ", " + ngettext("%(num)s follows an older text", "%(num)s follow an older text", stale)
        return f"{said}."


@dataclass(frozen=True, slots=True)
class Cell:
    """How a unit stands in one language: a sign with words, a detail below it, and where to read the text."""

    sign: str
    words: str
    details: Sequence[str]
    url: str | None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the outline."""

    title: str
    url: str
    size: str
    marks: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class WhatComesBack:
    """What the course's page counts beside its texts."""

    care: int
    reports: int
    editions: int


@dataclass(frozen=True)
class CoursePage:
    """The outline of a course, module by module."""

    line: CourseLine
    behind: Mapping[int, Behind]
    names: Mapping[int, str]
    back: WhatComesBack
    writes: bool
    """Whether who looks may write the course, and not only read it."""

    @property
    def desk(self) -> Desk:
        """The course."""
        return self.line.desk

    @property
    def links(self) -> list[tuple[str, str]]:
        """(words, address) of the pages on what needs care and what comes back from readers, with their numbers."""
        back = self.back
        care = ngettext("%(num)s thing needs care", "%(num)s things need care", back.care)
        reports = ngettext("%(num)s reported error waits", "%(num)s reported errors wait", back.reports)
        editions = ngettext("%(num)s running edition", "%(num)s running editions", back.editions)
        named = {
            "care": care if back.care else _("Nothing needs care"),
            "reports": reports if back.reports else _("Reported errors"),
            "proposals": _("Words that readers propose"),
            "questions": _("Which questions people miss"),
            "editions": editions if back.editions else _("Running editions"),
        }
        return [(str(words), url_for(f"authoring.{page}", slug=self.desk.slug)) for page, words in named.items()]

    @property
    def modules(self) -> list[tuple[str, str | None, list[UnitLine]]]:
        """(title, the course it is taken from, its units)."""
        return [
            (module.named(self.line.language), module.used_from, [self._unit(unit) for unit in module.units])
            for module in self.desk.outline.modules
        ]

    def _unit(self, unit: OutlineUnit) -> UnitLine:
        return UnitLine(
            title=unit.named(self.line.language),
            url=url_for("authoring.unit", slug=self.desk.slug, unit=unit.key),
            size=size(unit.kind, unit.minutes, self.desk.facts[unit.revision_id].words, unit.questions),
            marks=self.desk.marks(unit),
            cells=[self._cell(unit, self.desk.standing(unit, code)) for code in self.desk.languages],
        )

    def _cell(self, unit: OutlineUnit, found: TextStanding) -> Cell:
        sign, words = STANDINGS[found.standing]
        if found.translation is None:
            return Cell(sign, str(words), (), None)
        revision_id = found.translation.revision_id
        details = [said_by(self.desk.last_said(revision_id), self.names, self.line.zone)]
        if found.stale:
            details.append(stale_in_words(self.behind[revision_id]))
        url = url_for("authoring.unit", slug=self.desk.slug, unit=unit.key, text=found.language)
        sign = "care" if found.stale else sign
        return Cell(sign, str(words), [detail for detail in details if detail], url)


def said_by(said: Said | None, names: Mapping[int, str], zone: str) -> str:
    """Who said so and when; nothing where nobody has said anything here."""
    return f"{names[said.person_id]}, {short_day(local_day(said.at, zone))}" if said else ""


def stale_in_words(behind: Behind) -> str:
    """How far a translation is behind its original."""
    return changed_passages(len(behind.changed) if behind.followed else None)


@dataclass(frozen=True, slots=True)
class MarkedUnit:
    """A unit with the sentences in it that need a source."""

    title: str
    url: str
    language: str
    """Of its text; a module taken over may be in another one than the course."""
    marks: Sequence[Marked]


@dataclass(frozen=True)
class UnitPage:
    """A unit as trainers read it, by itself or beside a translation."""

    line: CourseLine
    module: OutlineModule
    unit: OutlineUnit
    source: Shown
    translation: Shown | None
    fingerprint: str
    behind: Behind | None
    names: Mapping[int, str]
    grants: tuple[Grant, ...]
    owner: str
    """The course whose text it is: another one's where the module is taken over."""

    @property
    def writable(self) -> bool:
        """Whether who looks may change the text, here."""
        return self.owner == self.desk.slug and reaches(self.grants, self.owner)

    @property
    def desk(self) -> Desk:
        """The course."""
        return self.line.desk

    @property
    def shown(self) -> Shown:
        """The text that the page is about."""
        return self.translation or self.source

    @property
    def size(self) -> str:
        """Kind, minutes, words, questions."""
        revision_id = self.unit.revision_for(self.shown.language)
        return size(self.unit.kind, self.unit.minutes, self.desk.facts[revision_id].words, self.unit.questions)

    @property
    def to_review(self) -> str:
        """How many places of the text on the page need review."""
        return to_review(self.shown.marks)

    @property
    def texts(self) -> list[tuple[str, str, bool]]:
        """(language, address, whether it is on the page) for the original and each translation."""
        original = str(_("%(language)s, the original", language=own_name(self.unit.language)))
        texts: list[tuple[str, str | None, str]] = [(original, None, self.unit.language)]
        texts += [
            (Markup("<bdi {}>{}</bdi>").format(speech(code), own_name(code)), code, code)
            for code in sorted(self.unit.translations)
        ]
        return [(words, self._url(text), code == self.shown.language) for words, text, code in texts]

    def _url(self, text: str | None) -> str:
        return url_for("authoring.unit", slug=self.desk.slug, unit=self.unit.key, text=text)

    @property
    def standing(self) -> TextStanding:
        """How the unit stands in the language on the page."""
        return self.desk.standing(self.unit, self.shown.language)

    @property
    def sign(self) -> tuple[str, str]:
        """The same as a sign and in words."""
        sign, words = STANDINGS[self.standing.standing]
        return sign, str(words)

    @property
    def said(self) -> list[tuple[bool, str, str]]:
        """Everything said of the translation, in order: (whether it was confirmed, who and when, why not)."""
        said = self.desk.said.get(self.unit.revision_for(self.shown.language), ())
        return [(one.act == "confirmed", said_by(one, self.names, self.line.zone), one.reason) for one in said]

    @property
    def may_confirm(self) -> bool:
        """Whether who looks may confirm the translation, and take that back."""
        return may_confirm(self.grants, self.owner)

    @property
    def stale(self) -> str:
        """How far the translation is behind its original; empty when it is not."""
        return stale_in_words(self.behind) if self.behind else ""

    @property
    def changed(self) -> list[Told]:
        """What changed in the original since the text that the translation follows."""
        outline = self.desk.outline
        titles = {unit.key: unit.named(self.line.language) for _module, unit in outline.units()}
        names = names_in(self.source.language, outline.sources, outline.terms, titles)
        return told(self.behind.changed, names) if self.behind else []

    # Both texts, place by place -----------------------------------------------------------------------------------

    @property
    def points(self) -> list[Beside]:
        """The key points."""
        return beside(self.source.key_points, self.translation.key_points) if self.translation else []

    @property
    def parts(self) -> list[Beside]:
        """The sections."""
        return parts_beside(self.source, self.translation) if self.translation else []

    @property
    def institutions(self) -> list[tuple[str, Beside]]:
        """The paragraphs for each kind of institution."""
        theirs = self.translation.institutions if self.translation else {}
        return [(name, Beside(words, theirs.get(key, ""))) for key, name, words in self._advice()]

    @property
    def advice(self) -> list[tuple[str, Markup]]:
        """The same of the original alone."""
        return [(name, words) for _key, name, words in self._advice()]

    def _advice(self) -> list[tuple[str, str, Markup]]:
        given = self.source.institutions
        return [(sector, str(SECTORS[sector]), given[sector]) for sector in Sector if sector in given]

    @property
    def questions(self) -> list[tuple[Question, Question | None]]:
        """The questions."""
        return questions_beside(self.source, self.translation) if self.translation else []

    def target(self, question: Question, left: Option) -> str:
        """What belongs to the left side of a pair."""
        return next(target.text for target in question.targets if target.id == question.pairs[left.id])

    def passage(self, question: Question) -> str:
        """The address of the passage that a question names, in the text on the page's language."""
        key, _hash, anchor = question.passage.partition("#")
        text = self.translation.language if self.translation else None
        page = url_for("authoring.unit", slug=self.desk.slug, unit=key or self.unit.key, text=text)
        return f"{page}#{anchor}"
