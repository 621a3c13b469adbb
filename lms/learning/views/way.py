"""What every page of the pre-reading loads first: whose way it is, how far it has come, and how to say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property, partial
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup, escape
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.queries import UnitText
from lms.catalogue.rules.glossary import Glossary
from lms.catalogue.rules.outline import Outline, OutlineModule, OutlineUnit
from lms.catalogue.rules.texts import spoken
from lms.kernel.clock import now
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning import services
from lms.learning.queries import OwnEnrolment, own_enrolment, progress_of
from lms.learning.rules.progress import UnitState, UnitSummary, is_late
from lms.learning.rules.standing import Key, ModuleStanding, Standing, UnitStanding, standing_of
from lms.people.sign_in import me
from lms.web.dates import clock_time, local_day, short_moment
from lms.web.languages import language, speech


@dataclass(frozen=True)
class Way:
    """The signed-in person's way through the course of one edition."""

    session: Session
    own: OwnEnrolment
    outline: Outline
    language: str
    zone: str
    original: bool = False
    """Whether the texts are looked at in the language they were written in, this once."""

    @cached_property
    def progress(self) -> dict[Key, UnitSummary]:
        """What they have done; one statement, and only for pages that show it."""
        return progress_of(self.session, self.own.id)

    @cached_property
    def standing(self) -> Standing:
        """How far they have come."""
        return standing_of(self.outline, self.progress, self.own.course)

    def unit(self, key: str) -> OutlineUnit:
        """A unit of the version in force; raises NotFound."""
        found = next((unit for _module, unit in self.outline.units() if unit.key == key), None)
        if found is None:
            raise NotFound
        return found

    @cached_property
    def glossary(self) -> Glossary:
        """The terms of the version in force."""
        return catalogue.glossary(self.session, self.own.version_id)

    @cached_property
    def terms(self) -> frozenset[str]:
        """The keys of those terms; a module of another course may explain others."""
        return frozenset(term["key"] for term in self.outline.terms)

    @property
    def overdue(self) -> bool:
        """Whether what is finished now is late."""
        return not self.standing.complete and is_late(now(), self.own.deadline)

    def find(self, key: str) -> tuple[ModuleStanding, UnitStanding]:
        """A unit with its module; raises NotFound."""
        found = self.standing.find(key)
        if found is None:
            raise NotFound
        return found

    def revision(self, unit: OutlineUnit) -> int:
        """The revision to show to this reader."""
        return unit.revision_id if self.original else unit.revision_for(self.language)

    def text(self, unit: OutlineUnit) -> UnitText:
        """The text to show to this reader."""
        return catalogue.unit_text(self.session, self.revision(unit))

    def named(self, titled: OutlineUnit | OutlineModule, language: str | None = None) -> Markup:
        """The title of a unit or module, marked where it is in another language than the page."""
        return self.words(titled.title, language)

    def words(self, texts: Mapping[str, str], language: str | None = None) -> Markup:
        """A text that stands in several languages, marked where it is in another one than the page."""
        code = spoken(texts, language or self.language)
        if code == self.language:
            return escape(texts[code])
        return Markup("<bdi {}>{}</bdi>").format(speech(code), texts[code])

    def url(self, unit: OutlineUnit, to: str = "unit", **values: Any) -> str:
        """The address of a unit, or of something done to it."""
        return url_for(f"learning.{to}", edition=self.own.edition, unit=unit.key, **values)

    def state_in_words(self, unit: UnitStanding) -> tuple[str, str]:
        """How a unit's state is drawn, and what it is called."""
        if unit.done:
            return "done", self._done(unit)
        if unit.state is UnitState.STARTED:
            best = unit.progress.percent
            return "part", _("best try %(percent)s%%", percent=best) if best is not None else _("begun")
        return "none", _("not read yet") if not unit.unit.scored else _("not answered yet")

    def _done(self, unit: UnitStanding) -> str:
        if unit.progress.percent is not None:
            word = _("passed with %(percent)s%%", percent=unit.progress.percent)
        else:
            word = _("written") if unit.unit.kind == "reflection" else _("done")
        return str(_("%(what)s, late", what=word) if unit.late else word)

    def when(self, at: dt.datetime) -> str:
        """The time of something today, or day and time of something before, in the reader's zone."""
        today = local_day(at, self.zone) == local_day(now(), self.zone)
        return clock_time(at, self.zone) if today else short_moment(at, self.zone)


def way_through(session: Session, edition: str) -> Way:
    """The signed-in person's own way; raises NotFound for an edition in which they have no place."""
    viewer = me()
    own = own_enrolment(session, edition, viewer.person_id)
    outline = catalogue.outline(session, own.version_id)
    zone, original = viewer.zone or own.institution_zone, "original" in request.args
    return Way(session, own, outline, language(), zone, original)


def remember_place(way: Way, unit: OutlineUnit) -> None:
    """Note after the answer where to continue, when that has changed."""
    if way.own.course.last_unit_id != unit.id:
        note = partial(services.note_opened, enrolment_id=way.own.id, unit_id=unit.id)
        g.setdefault("lms_after", []).append(note)


def neighbours(way: Way, unit: OutlineUnit) -> tuple[UnitStanding | None, UnitStanding | None]:
    """The units before and after, as far as they are open."""
    units = [standing for module in way.standing.modules if module.open for standing in module.units]
    place = next((number for number, standing in enumerate(units) if standing.unit.id == unit.id), 0)
    before = units[place - 1] if place else None
    return before, units[place + 1] if place + 1 < len(units) else None
