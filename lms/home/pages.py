"""What the templates of this context show, worked out beforehand: they only put it on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cached_property

from flask import url_for

from lms.authoring.rules.reach import TEACHING
from lms.catalogue.queries import Published
from lms.catalogue.rules.outline import OutlineModule
from lms.catalogue.rules.texts import localised
from lms.dashboards.rules.frozen import total
from lms.dashboards.rules.looks import Sight
from lms.kernel.values import dataclass
from lms.learning.rules.progress import UnitState
from lms.learning.rules.standing import ModuleStanding, Standing
from lms.people.rules import Grant, Role
from lms.records.rules.completion import Key, Verdict
from lms.seminars.rules import Stage
from lms.web.dates import days_left, local_day, other_clocks, short_day, town
from lms.web.languages import gettext as _
from lms.web.languages import listed, ngettext

from .queries import CountedEdition, MyPlace, SeenPlace
from .rules.places import Moment
from .rules.watchers import Watcher
from .wording import ROLES, SEES, condition, reach

_SEGMENTS = {UnitState.DONE: "done", UnitState.STARTED: "part", UnitState.OPEN: ""}


@dataclass(frozen=True)
class ModuleLine:
    """A module in the list: its address unless it waits for another, its state as a sign and in words."""

    number: int
    title: str
    url: str | None
    sign: str
    state: str
    meta: str


@dataclass(frozen=True)
class Continue:
    """Where to go on reading."""

    module: str
    unit: str
    url: str
    meta: str
    begun: bool


@dataclass(frozen=True)
class HomePage:
    """A participant's home, about one place."""

    place: MyPlace
    moment: Moment
    at: dt.datetime
    zone: str
    language: str
    standing: Standing | None
    verdict: Verdict | None
    others: Sequence[MyPlace]
    changed: int
    """How many texts have changed since they were finished."""
    offered: bool
    """Whether the place can be taken, and is not yet."""

    @property
    def days(self) -> str:
        """How far off the deadline is, in words."""
        left = days_left(self.place.deadline, self.at, self.zone)
        if self.at > self.place.deadline:
            return str(_("It has passed. What you finish now is marked as late; the reading stays open."))
        if left == 0:
            return str(_("Today."))
        return str(ngettext("%(num)s day from today.", "%(num)s days from today.", left))

    @property
    def other_clocks(self) -> list[tuple[str, str]]:
        """(zone, town) of the person's institution and of the seminar's place, where clocks differ from one's own."""
        place = self.place
        own = (self.zone, "")
        return other_clocks(place.deadline, own, (place.institution_zone, ""), (place.zone, town(place.where)))[1:]

    @property
    def ask_for_time(self) -> bool:
        """Whether more time can still be of use."""
        return self.moment is Moment.BEFORE and self.standing is not None and not self.standing.complete

    @cached_property
    def go_on(self) -> Continue | None:
        """The unit to continue with; None when everything is read."""
        if self.standing is None or self.standing.next_unit is None:
            return None
        unit = self.standing.next_unit
        module = next(found for found in self.standing.modules if unit in found.units)
        return Continue(
            module=module.module.named(self.language),
            unit=unit.unit.named(self.language),
            url=url_for("learning.unit", edition=self.place.edition, unit=unit.unit.key),
            meta=_left_in(module),
            begun=self.standing.started_at is not None,
        )

    @property
    def read(self) -> str:
        """How much is read and how much time is left, in words."""
        if self.standing is None:
            return ""
        required = self.standing.required
        done = sum(module.finished for module in required)
        asked = len(required)
        words = ngettext("%(done)s of %(num)s module read.", "%(done)s of %(num)s modules read.", asked, done=done)
        left = self.standing.minutes_left
        return f"{words} {_about(left)}" if left else str(words)

    @property
    def segments(self) -> list[str]:
        """The modules as a bar; the words beside it carry the meaning."""
        return [_SEGMENTS[module.state] for module in self.standing.modules] if self.standing else []

    @cached_property
    def modules(self) -> list[ModuleLine]:
        """The list of modules."""
        lines = enumerate(self.standing.modules, 1) if self.standing else ()
        return [self._module(number, module) for number, module in lines]

    def _module(self, number: int, module: ModuleStanding) -> ModuleLine:
        sign, state = self._state(module)
        key = module.module.key
        opens = module.open or module.state is not UnitState.OPEN
        return ModuleLine(
            number=number,
            title=module.module.named(self.language),
            url=url_for("learning.module", edition=self.place.edition, module=key) if opens else None,
            sign=sign,
            state=state,
            meta=self._meta(module),
        )

    def _state(self, module: ModuleStanding) -> tuple[str, str]:
        if module.finished:
            days = [unit.progress.done_at for unit in module.units if unit.progress.done_at]
            late = any(unit.late for unit in module.units)
            if not days:
                return "done", _("Read")
            day = short_day(local_day(max(days), self.zone))
            return "done", _("Read %(day)s, late", day=day) if late else _("Read %(day)s", day=day)
        if not module.open:
            return "later", _("Opens later")
        return ("part", _("In progress")) if module.state is UnitState.STARTED else ("none", _("Not started"))

    def _meta(self, module: ModuleStanding) -> str:
        minutes = module.module.minutes
        parts = [ngettext("%(num)s minute", "%(num)s minutes", minutes)]
        questions = sum(unit.unit.questions for unit in module.units)
        if questions:
            parts.append(ngettext("%(num)s question", "%(num)s questions", questions))
        if not module.required:
            parts.append(_("not needed for the record"))
        said = ", ".join(parts) + "."
        if module.open:
            return said
        numbers = self._numbers_of(module.waits_for)
        opens = ngettext(
            "Opens after module %(numbers)s.", "Opens after modules %(numbers)s.", len(numbers), numbers=listed(numbers)
        )
        return f"{said} {opens}"

    def _numbers_of(self, modules: Sequence[OutlineModule]) -> list[str]:
        keys = [module.module.key for module in self.standing.modules] if self.standing else []
        return [str(keys.index(module.key) + 1) for module in modules]

    @property
    def absent(self) -> bool:
        """Whether the attendance was not met and can no longer be, as its sheet is closed."""
        found = self.verdict.missing if self.verdict else ()
        return any(one.key is Key.ATTENDANCE and one.figures["closed"] for one in found)

    @property
    def conditions(self) -> list[tuple[bool, str, str]]:
        """What the record asks, met or not yet met, in words."""
        if self.verdict is None or self.standing is None:
            return []
        begun = self.moment is not Moment.BEFORE
        rule = self.standing.outline.rule
        return [condition(found, rule, self.language, begun) for found in self.verdict.conditions]


def _left_in(module: ModuleStanding) -> str:
    minutes = module.minutes_left
    return str(
        ngettext("About %(num)s minute left in this module.", "About %(num)s minutes left in this module.", minutes)
    )


def _about(minutes: int) -> str:
    if minutes < 60:
        return str(ngettext("About %(num)s minute of reading left.", "About %(num)s minutes of reading left.", minutes))
    hours, rest = divmod(minutes, 60)
    if rest < 8:
        return str(ngettext("About %(num)s hour of reading left.", "About %(num)s hours of reading left.", hours))
    return str(_("About %(hours)s h %(minutes)s min of reading left.", hours=hours, minutes=rest))


@dataclass(frozen=True)
class TaughtLine:
    """A course in the list of those whose texts somebody works on, and how many of its drafts wait in review."""

    title: str
    url: str
    waiting: int
    drafts_url: str


@dataclass(frozen=True)
class MandatePage:
    """What somebody without a place in an edition may see by their mandates."""

    grants: tuple[Grant, ...]
    editions: Sequence[CountedEdition]
    courses: Sequence[tuple[str, Published]]
    to_read: Sequence[tuple[str, Published]]
    waiting: Mapping[str, int]
    """How many drafts of a course wait in review."""
    names: Mapping[str, str]
    locale: str

    @property
    def mandates(self) -> list[tuple[str, str]]:
        """(role, over what) for every mandate."""
        return [(str(ROLES[grant.role]), reach(grant, self.names, self.locale)) for grant in self.grants]

    @property
    def observes(self) -> bool:
        """Whether a mandate shows texts to be read, and nothing else."""
        return any(grant.role is Role.OBSERVER for grant in self.grants)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """(title, address) of the courses whose texts they may read."""
        return [
            (localised(found.title, self.locale), url_for("authoring.texts", slug=slug)) for slug, found in self.to_read
        ]

    @property
    def teaches(self) -> bool:
        """Whether a mandate is about texts rather than people."""
        return any(grant.role in TEACHING for grant in self.grants)

    @property
    def taught(self) -> list[TaughtLine]:
        """The courses whose texts they work on."""
        return [
            TaughtLine(
                localised(found.title, self.locale),
                url_for("authoring.course", slug=slug),
                self.waiting.get(slug, 0),
                url_for("authoring.drafts", slug=slug),
            )
            for slug, found in self.courses
        ]

    def frozen_words(self, edition: CountedEdition) -> str:
        """What was published last of an edition, in one sentence."""
        if edition.frozen is None:
            return _("There are no numbers yet.")
        day = short_day(edition.frozen.as_of.date())
        everyone, done = (total(edition.frozen.groups, stage) for stage in (Stage.INVITED, Stage.PRE_READING))
        if not everyone:
            return _("There are too few people to show numbers.")
        if not done:
            return _("At least %(all)s were invited on %(day)s; who had finished is not shown.", all=everyone, day=day)
        return _(
            "At least %(finished)s of %(all)s had finished reading on %(day)s.",
            finished=done,
            all=everyone,
            day=day,
        )

    @property
    def counts(self) -> bool:
        """Whether a mandate shows numbers."""
        return any(grant.role is Role.EVALUATOR for grant in self.grants)


@dataclass(frozen=True)
class WatcherLine:
    """Somebody who can see something: who, by which mandate, and what."""

    name: str
    role: str
    reach: str


@dataclass(frozen=True)
class WhoSeesPage:
    """Who can see what about the person who asks."""

    places: Sequence[SeenPlace]
    watchers: Sequence[Watcher]
    names: Mapping[int, str]
    reaches: Mapping[str, str]
    locale: str
    partners: Sequence[tuple[str, str]] = ()
    """Who reads the alumni feed, and what they are told beside ids."""

    @property
    def groups(self) -> list[tuple[str, list[WatcherLine]]]:
        """(what they see, who) from those who see most to those who see numbers only."""
        grouped = ((sight, [self._line(found) for found in self.watchers if found.sight is sight]) for sight in Sight)
        return [(str(SEES[sight]), lines) for sight, lines in grouped if lines]

    def _line(self, found: Watcher) -> WatcherLine:
        known = dict(self.reaches)
        known |= {seen.place.edition: seen.edition_title for seen in self.places}
        known |= {seen.place.institution: seen.institution_name for seen in self.places}
        return WatcherLine(
            name=self.names[found.person_id],
            role=str(ROLES[found.grant.role]),
            reach=reach(found.grant, known, self.locale),
        )
