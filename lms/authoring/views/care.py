"""Everything in the newest version of a course that needs care, each with a way to its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from lms.authoring.desk import Behind, Desk, behind, desk_of
from lms.authoring.pages import CourseLine, MarkedUnit, stale_in_words
from lms.authoring.queries import Cited, cited_in, stored_texts, taught
from lms.authoring.rules.marks import marks_in
from lms.catalogue import queries as catalogue
from lms.catalogue.rules.checking import last_day
from lms.catalogue.rules.glossary import Glossary
from lms.catalogue.rules.outline import OutlineUnit
from lms.catalogue.stored import source_html, stored_html
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.values import dataclass
from lms.people.sign_in import me
from lms.plugins.manager import unit_kinds
from lms.web.access import Permission, requires
from lms.web.dates import local_day, short_day
from lms.web.languages import gettext as _
from lms.web.languages import language_name, ngettext
from lms.web.render import render

from .courses import line_of

Place = tuple[str, str]
"""What a unit is called, and the address of the place in it."""


@dataclass(frozen=True, slots=True)
class TranslationLine:
    """A translation that needs care, with why in words; nothing where the list says it."""

    title: str
    language: str
    url: str
    why: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source that is past the day to check it by."""

    html: Markup
    accessed: str
    places: Sequence[Place]


@dataclass(frozen=True, slots=True)
class TermLine:
    """A term whose definition has no source yet."""

    name: str
    definition: str
    places: Sequence[Place]


@dataclass(frozen=True)
class CarePage:
    """What needs care, by kind."""

    line: CourseLine
    units: Sequence[MarkedUnit]
    behind: Mapping[int, Behind]
    glossary: Glossary
    cited: Mapping[int, Sequence[Cited]]
    today: dt.date

    @property
    def desk(self) -> Desk:
        """The course."""
        return self.line.desk

    @property
    def number(self) -> int:
        """How many things there are, as the course's page counts them."""
        return self.desk.in_need_of_care(self.today)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """(anchor, words) for each kind of thing that there is."""
        places, stale = sum(len(unit.marks) for unit in self.units), len(self.stale)
        terms, awaiting, sources = len(self.terms), len(self.awaiting), len(self.sources)
        found = (
            ("places", places, ngettext("%(num)s place needs review", "%(num)s places need review", places)),
            ("glossary", terms, ngettext("%(num)s term has no source yet", "%(num)s terms have no source yet", terms)),
            (
                "stale",
                stale,
                ngettext(
                    "%(num)s translation follows an older text", "%(num)s translations follow an older text", stale
                ),
            ),
            (
                "awaiting",
                awaiting,
                ngettext(
                    "%(num)s translation awaits a native reader", "%(num)s translations await a native reader", awaiting
                ),
            ),
            (
                "sources",
                sources,
                ngettext("%(num)s source to look at again", "%(num)s sources to look at again", sources),
            ),
        )
        return [(anchor, str(words)) for anchor, number, words in found if number]

    @cached_property
    def stale(self) -> list[TranslationLine]:
        """The translations that follow an older text."""
        return [
            self._translation(unit, code, stale_in_words(self.behind[found.revision_id]))
            for _module, unit in self.desk.outline.units()
            for code, found in unit.translations.items()
            if found.stale
        ]

    @cached_property
    def awaiting(self) -> list[TranslationLine]:
        """The translations that no native reader has confirmed."""
        return [self._translation(unit, code, "") for unit, code in self.desk.awaiting()]

    def _translation(self, unit: OutlineUnit, code: str, why: str) -> TranslationLine:
        return TranslationLine(unit.named(self.line.language), language_name(code), self._url(unit, text=code), why)

    @cached_property
    def terms(self) -> list[TermLine]:
        """The terms that are marked for review."""
        units = {unit.key: unit for _module, unit in self.desk.outline.units()}
        found = [term for term in self.desk.terms_to_review if self.glossary.term(str(term["key"]))]
        return [self._term(str(term["key"]), units) for term in found]

    def _term(self, key: str, units: Mapping[str, OutlineUnit]) -> TermLine:
        term = self.glossary.term(key)
        assert term is not None  # noqa: S101 - it was looked up before
        own = self.desk.outline.language
        places = [(units[unit].named(self.line.language), self._url(units[unit])) for unit in term.units]
        return TermLine(term.names[own], term.definitions[own], places)

    @cached_property
    def sources(self) -> list[SourceLine]:
        """The sources that nobody has looked at for a year."""
        return [self._source(source) for source in self.desk.overdue_sources(self.today)]

    def _source(self, source: Mapping[str, Any]) -> SourceLine:
        # A module taken over cites the sources of the course it is taken from.
        own = (unit for module, unit in self.desk.outline.units() if not module.used_from)
        units = ((unit, self.cited.get(unit.revision_id, ())) for unit in own)
        places = [
            (unit.named(self.line.language), self._url(unit, _anchor=f"s{one.number}"))
            for unit, cited in units
            for one in cited
            if one.source == source["id"]
        ]
        day = last_day(str(source.get("accessed") or ""))
        said = (
            _("last looked at: %(day)s", day=short_day(day)) if day else _("no day is given on which it was looked at")
        )
        return SourceLine(stored_html(source_html(source, self.desk.outline.language)), str(said), places)

    def _url(self, unit: OutlineUnit, **more: Any) -> str:
        return url_for("authoring.unit", slug=self.desk.slug, unit=unit.key, **more)


@requires(Permission.AUTHOR)
def care(slug: str) -> str:
    """Places without a source, translations that wait, sources to look at again."""
    session = db.session()
    course = taught(session, me().grants, slug)
    line = line_of(desk_of(session, slug, course))
    page = CarePage(
        line=line,
        units=_marked_units(session, line),
        behind=behind(session, list(line.desk.stale())),
        glossary=catalogue.glossary(session, course.version_id),
        cited=cited_in(session, _revisions(line.desk)),
        today=local_day(now(), line.zone),
    )
    return render("lms/authoring/care.html", page=page)


def _revisions(desk: Desk) -> Iterable[int]:
    return [unit.revision_id for _module, unit in desk.outline.units()]


def _marked_units(session: Session, line: CourseLine) -> list[MarkedUnit]:
    desk, kinds = line.desk, unit_kinds()
    marked = [unit for _module, unit in desk.outline.units() if desk.marks(unit)]
    texts = stored_texts(session, [unit.revision_id for unit in marked])
    return [
        MarkedUnit(
            title=unit.named(line.language),
            url=url_for("authoring.unit", slug=desk.slug, unit=unit.key),
            language=unit.language,
            marks=marks_in(texts[unit.revision_id].document, kinds[unit.kind].schema if unit.kind in kinds else {}),
        )
        for unit in marked
    ]
