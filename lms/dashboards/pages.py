"""What the templates of this context show, worked out beforehand: they only put it on the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from lms.people import states
from lms.people.models import Sector
from lms.seminars.labels import SECTORS
from lms.seminars.rules import Stage

from .forms import address_of, state_key
from .queries import Choices, Look, People
from .rules.looks import AFTER_CLOSING, STAGES, Awaiting, Filter, Numbers, Sight, Status
from .rules.matrix import matrix
from .tables import MatrixPart, footnotes, state_order
from .wording import AWAITING, STATUSES, awaited, finding
from .wording import STAGES as STAGE_WORDS


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
    waiting: Mapping[Awaiting, int]
    today: dt.date
    locale: str
    list_url: str

    @property
    def full(self) -> bool:
        """Whether the person coordinates the edition."""
        return self.seen.sight is Sight.EVERYTHING

    @cached_property
    def matrix(self) -> MatrixPart | None:
        """The numbers by state and sector; None where there are none."""
        cells = self.numbers.cells()
        table = matrix(cells, state_order({state for state, _sector in cells}, self.locale), list(Sector))
        return MatrixPart(table, self.seen.edition.public_id, self.locale, self.list_url) if table.cells else None

    @property
    def finding(self) -> list[str]:
        """The sentences it opens with."""
        return finding(self.numbers, STAGES[self.seen.sight])

    @property
    def awaits(self) -> list[tuple[str, str]]:
        """(words, address of the list) for everything that waits for somebody."""
        return [
            (awaited(what, number), f"{self.list_url}?awaiting={what}")
            for what, number in self.waiting.items()
            if number
        ]

    @property
    def to_be_closed(self) -> bool:
        """Whether the edition is over and its attendance still open."""
        return self.full and self.seen.closed_at is None and self.today > self.seen.edition.ends_on

    @property
    def stages(self) -> list[StageLine]:
        """The way from the invitation to the record, as far as this person sees it."""
        return [StageLine(str(STAGE_WORDS[stage]), self._stage(stage)) for stage in STAGES[self.seen.sight]]

    def _stage(self, stage: Stage) -> Figure | None:
        if stage in AFTER_CLOSING and self.seen.closed_at is None:
            return None
        number, everyone = self.numbers.reached(stage), self.numbers.reached(Stage.INVITED)
        return Figure(number, f"{self.list_url}?stage={stage}", 100 * number / everyone if everyone else 0.0)


@dataclass(frozen=True)
class PeoplePage:
    """The list behind a number."""

    seen: Look
    people: People
    wanted: Filter
    choices: Choices
    locale: str
    list_url: str

    @property
    def full(self) -> bool:
        """Whether the person coordinates the edition."""
        return self.seen.sight is Sight.EVERYTHING

    @cached_property
    def notes(self) -> dict[str, str]:
        """The footnotes to names of states on this page, by code."""
        return footnotes(state_order((row.state_code for row in self.people.rows), self.locale), self.locale)

    def state_name(self, code: str) -> str:
        """What a state is called in the page's language."""
        return states.name(code, self.locale)

    def status(self, status: Status) -> tuple[str, str]:
        """The sign and the word for where somebody stands."""
        sign, word = STATUSES[status]
        return sign, str(word)

    def reasons(self, awaiting: Iterable[Awaiting]) -> list[str]:
        """What is awaited, in words, beyond what the status says already."""
        return [str(AWAITING[what]) for what in awaiting if what is not Awaiting.SIGN_IN]

    @property
    def stage_choices(self) -> list[tuple[str, str]]:
        """The stages to filter by."""
        return [(stage.value, str(STAGE_WORDS[stage])) for stage in STAGES[self.seen.sight]]

    @property
    def awaiting_choices(self) -> list[tuple[str, str]]:
        """The reasons to filter by."""
        return [(what.value, str(word)) for what, word in AWAITING.items()] if self.full else []

    @property
    def state_choices(self) -> list[tuple[str, str]]:
        """The states to filter by, under what stands for them in an address."""
        return [(self._key(code), self.state_name(code)) for code in state_order(self.choices.states, self.locale)]

    @property
    def wanted_state(self) -> str | None:
        """The state that is asked for, as in `state_choices`."""
        return self._key(self.wanted.state) if self.wanted.state else None

    def _key(self, code: str) -> str:
        return state_key(self.seen.edition.public_id, code)

    @property
    def sector_choices(self) -> list[tuple[str, str]]:
        """The sectors to filter by."""
        return [(sector.value, str(SECTORS[sector])) for sector in self.choices.sectors]

    @property
    def institution_choices(self) -> list[tuple[str, str]]:
        """The institutions to filter by, each with its state."""
        return [(public_id, f"{name}, {self.state_name(code)}") for public_id, name, code in self.choices.institutions]

    def page_url(self, page: int) -> str:
        """The address of another page of this list."""
        asked = address_of(self.wanted, self.seen.edition.public_id, page)
        return f"{self.list_url}?{asked}" if asked else self.list_url

    def download_url(self, form: str) -> str:
        """Where this list, with its filter and whole, is taken away as a file of this form."""
        asked = address_of(self.wanted, self.seen.edition.public_id)
        return f"{self.list_url}.{form}" + (f"?{asked}" if asked else "")

    @property
    def page_numbers(self) -> list[tuple[int, str, bool]]:
        """(number, address, whether it is this one)."""
        here = self.people.slice
        return [(number, self.page_url(number), number == here.page) for number in here.numbers]
