"""What the templates of this context show, worked out beforehand: they only put it on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import url_for
from flask_babel import LazyString
from markupsafe import Markup, escape

from lms.kernel.values import dataclass
from lms.learning.rules.modules import PREFIX
from lms.people import states
from lms.seminars.rules import Stage
from lms.seminars.rules.nominations import NOMINATIONS_WAITING
from lms.web.dates import short_moment
from lms.web.languages import gettext as _

from .filters import FilterPart, filter_part
from .forms import address_of, asked_by
from .queries import Choices, Listed, Look, People, Start
from .rules.looks import AFTER_CLOSING, STAGES_SEEN, Awaiting, Filter, Numbers, Sight, Status
from .tables import MatrixPart, footnotes, matrix_part, state_order
from .wording import AWAITING, STAGES, STATUSES, awaited, due, finding, nominated

EVERYBODY = Filter()


@dataclass(frozen=True)
class Figure:
    """One number with the list behind it; no address where the list is not for this person's eyes."""

    number: int
    url: str | None
    percent: float


@dataclass(frozen=True)
class StageLine:
    """One step of the way; `figure` is None while nobody can have reached it."""

    title: str
    figure: Figure | None


@dataclass(frozen=True)
class EditionPage:
    """The first page of an edition."""

    seen: Look
    numbers: Numbers
    waiting: Mapping[Awaiting, int | None]
    today: dt.date
    locale: str
    list_url: str
    nominations_url: str = ""
    wanted: Filter = EVERYBODY
    """Whom the numbers are of."""
    choices: Choices | None = None

    @property
    def full(self) -> bool:
        """Whether the person coordinates the edition."""
        return self.seen.sight is Sight.EVERYTHING

    @property
    def narrowed(self) -> bool:
        """Whether the numbers are of some of the people only."""
        return not self.wanted.empty

    @cached_property
    def filters(self) -> FilterPart | None:
        """What the numbers can be narrowed by; None where there is nobody."""
        if self.choices is None or not self.choices.states:
            return None
        return filter_part(self.choices, self.wanted, self.seen.edition.public_id, self.locale, self.seen.sight)

    @cached_property
    def _asked(self) -> dict[str, str]:
        """What every list behind a number is asked for beside it."""
        return asked_by(self.wanted, self.seen.edition.public_id)

    def _list(self, **more: str) -> str:
        return f"{self.list_url}?{urlencode({**more, **self._asked})}"

    def file_url(self, form: str) -> str:
        """Where the table is taken away, for the same people."""
        address = url_for("downloads.matrix", edition=self.seen.edition.public_id, form=form)
        return f"{address}?{urlencode(self._asked)}" if self._asked else address

    @property
    def modules_url(self) -> str:
        """Where the same people are counted module by module."""
        address = url_for("dashboards.modules", edition=self.seen.edition.public_id)
        asked = {name: value for name, value in self._asked.items() if name != "progress"}
        return f"{address}?{urlencode(asked)}" if asked else address

    @property
    def narrowed_to(self) -> str:
        """Whom the numbers are of, in words."""
        return self.filters.said if self.filters else ""

    @cached_property
    def matrix(self) -> MatrixPart | None:
        """The numbers by state and sector; None where there are none."""
        cells, asked = tuple(self.numbers.cells.items()), tuple(self._asked.items())
        return matrix_part(cells, self.seen.edition.public_id, self.locale, self.list_url, asked)

    @property
    def facts(self) -> tuple[object, ...]:
        """Everything it is drawn from, as plain values in a steady order: equal where it looks alike."""
        waiting = sorted((str(what), number) for what, number in self.waiting.items())
        others = sorted((what, n) for what, n in self.numbers.others.items() if not what.startswith(PREFIX))
        said = self.numbers.said
        return self.locale, self.today, self.seen.edition, self.seen.closed_at, said, waiting, others, self.choices

    @property
    def finding(self) -> list[str]:
        """The sentences it opens with."""
        told = finding(self.numbers, STAGES_SEEN[self.seen.sight])
        return [*told, *due(self.seen.edition, self.today, closed=self.seen.closed_at)]

    @property
    def awaits(self) -> list[tuple[str, str]]:
        """(words, address of the list) for everything that waits for somebody."""
        return [
            (awaited(what, number), self._list(awaiting=what)) for what, number in self.waiting.items() if number != 0
        ] + self._nominations

    @property
    def _nominations(self) -> list[tuple[str, str]]:
        number = self.numbers.others.get(NOMINATIONS_WAITING, 0) if self.full else 0
        return [(nominated(number), self.nominations_url)] if number else []

    @property
    def to_be_closed(self) -> bool:
        """Whether the edition is over and its attendance still open."""
        return self.full and self.seen.closed_at is None and self.today > self.seen.edition.ends_on

    @property
    def stages(self) -> list[StageLine]:
        """The way from the invitation to the record, as far as this person sees it."""
        return [StageLine(str(STAGES[stage]), self._stage(stage)) for stage in STAGES_SEEN[self.seen.sight]]

    def _stage(self, stage: Stage) -> Figure | None:
        if stage in AFTER_CLOSING and self.seen.closed_at is None:
            return None
        number, everyone = self.numbers.reached(stage), self.numbers.reached(Stage.INVITED)
        return Figure(number, self._list(stage=stage), 100 * number / everyone if everyone else 0.0)


def _sign(draw: Callable[[str, str], Markup], kind: str, words: LazyString) -> Markup:
    return _drawn(draw, kind, str(words))


@lru_cache(maxsize=128)
def _drawn(draw: Callable[[str, str], Markup], kind: str, words: str) -> Markup:
    return draw(kind, words)


SOMEBODY = "SOMEBODY"
"""Stands in the address of a person's page for whoever it is about."""


class _Said(NamedTuple):
    """What many lines of a list have in common, escaped."""

    signs: Mapping[Status, Markup]
    places: Mapping[str, Markup]
    units: Mapping[tuple[int, int] | None, Markup]
    institutions: Mapping[str, Markup]
    below: Mapping[tuple[Any, ...], Markup]


_further = attrgetter("own_deadline_at", "late", "returned", "awaiting")
"""What of a line decides what is said below where somebody stands."""


@dataclass(frozen=True)
class PeoplePage:
    """The list behind a number; `person_url` is the address of a person's page, of SOMEBODY."""

    seen: Look
    people: People
    wanted: Filter
    choices: Choices
    locale: str
    list_url: str
    person_url: str

    @property
    def full(self) -> bool:
        """Whether the person coordinates the edition."""
        return self.seen.sight is Sight.EVERYTHING

    @cached_property
    def notes(self) -> dict[str, str]:
        """The footnotes to names of states on this page, by code."""
        return footnotes(state_order((row.state_code for row in self.people.rows), self.locale), self.locale)

    def lines(self, pattern: str, draw: Callable[[str, str], Markup]) -> Markup:
        """The list line by line, each after the template's pattern, as in `MatrixPart.lines`; what is filled in is
        escaped here, and once where several lines say the same. `draw` makes the sign and the word for where people
        stand."""
        rows, plain = self.people.rows, str(pattern)
        signs = {status: _sign(draw, *STATUSES[status]) for status in {row.status for row in rows}}
        places = {code: self._place(code) for code in {row.state_code for row in rows}}
        units = {done: self._units(done) for done in {row.units for row in rows}}
        institutions = {name: escape(name) for name in {row.institution_name for row in rows}}
        below = {further: self._below(*further) for further in set(map(_further, rows))}
        said = _Said(signs, places, units, institutions, below)
        person_url = self.person_url if self.full else None
        return Markup("".join([plain % self._line(row, said, person_url) for row in rows]))  # noqa: S704

    def _line(self, row: Listed, said: _Said, person_url: str | None) -> dict[str, str]:
        name = escape(row.name)
        return {
            "chosen": row.public_id,
            "label": name,
            "name": f'<a href="{person_url.replace(SOMEBODY, row.public_id)}">{name}</a>' if person_url else name,
            "status": f"{said.signs[row.status]}{said.below[_further(row)]}",
            "units": said.units[row.units],
            "state": said.places[row.state_code],
            "institution": said.institutions[row.institution_name],
        }

    def _units(self, units: tuple[int, int] | None) -> Markup:
        return escape(_("%(done)s of %(all)s", done=units[0], all=units[1])) if units else Markup()

    def _place(self, code: str) -> Markup:
        """A state's name with the number of its footnote."""
        name, notes = escape(states.name(code, self.locale)), list(self.notes)
        return name + (Markup(" <sup>{}</sup>").format(notes.index(code) + 1) if code in notes else "")

    def _below(self, own: dt.datetime | None, late: bool, returned: bool, awaiting: tuple[Awaiting, ...]) -> Markup:
        """What is said below where somebody stands: more time, and what is awaited beyond what the status says."""
        zone = self.seen.edition.zone
        longer = [_("More time, until %(when)s", when=short_moment(own, zone))] if own else []
        said = [_("Finished late")] if late else []
        back = [_("E-mail came back")] if returned else []
        said += longer + back + [str(AWAITING[what]) for what in awaiting if what is not Awaiting.SIGN_IN]
        return Markup().join(Markup('<span class="sub">{}</span>').format(words) for words in said)

    @cached_property
    def filters(self) -> FilterPart:
        """What there is to filter by."""
        return filter_part(self.choices, self.wanted, self.seen.edition.public_id, self.locale, self.seen.sight)

    def page_url(self, page: int) -> str:
        """The address of another page of this list, in the same order."""
        people = self.people
        # In the order of names, and in one that is not in the database, pages are told by their number.
        numbered = people.by_name or self.seen.unnamed or not people.rows
        start = None if numbered else Start(people.slice.page, people.rows[0].public_id)
        return self._url(page, by_name=self.by_name, start=start)

    @property
    def by_name(self) -> bool:
        """Whether the order of names was chosen, and does not come by itself."""
        return self.people.by_name and self.people.may_be_by_name

    def _url(self, page: int, *, by_name: bool, start: Start | None = None) -> str:
        asked = address_of(self.wanted, self.seen.edition.public_id, page, by_name=by_name, start=start)
        return f"{self.list_url}?{asked}" if asked else self.list_url

    def download_url(self, form: str) -> str:
        """Where this list, with its filter and whole, is taken away as a file of this form."""
        asked = address_of(self.wanted, self.seen.edition.public_id)
        return f"{self.list_url}.{form}" + (f"?{asked}" if asked else "")

    @property
    def other_order_url(self) -> str | None:
        """The address of the same list in the other order, where there is a choice."""
        return self._url(1, by_name=not self.people.by_name) if self.people.may_be_by_name else None

    @property
    def page_numbers(self) -> list[tuple[int, str, bool]]:
        """(number, address, whether it is this one)."""
        here = self.people.slice
        return [(number, self.page_url(number), number == here.page) for number in here.numbers]
