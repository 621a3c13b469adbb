"""The page of an edition for those who see its frozen tables, and the file of the same lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from functools import cached_property

from lms.kernel.db import db
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people import states
from lms.people.models import Sector
from lms.people.queries import unnamed_states
from lms.seminars.labels import SECTORS
from lms.seminars.rules import Stage
from lms.web.languages import gettext as _
from lms.web.languages import language, listed
from lms.web.sheets import Sheet

from .queries import Frozen, Look, frozen_tables
from .rules.frozen import OTHER, Published, Stratum, total, without_names_of
from .rules.looks import Sight
from .tables import footnotes, state_order
from .wording import STAGES


@dataclass(frozen=True)
class FrozenLine:
    """A group with its numbers, stage by stage; None is not shown."""

    state: str
    mark: int
    sector: str
    numbers: list[int | None]


@dataclass(frozen=True)
class FrozenPage:
    """An edition in the numbers of one Monday. `tables` is everything published of it, the latest first."""

    seen: Look
    tables: Sequence[Frozen]
    shown: Frozen | None
    locale: str

    @property
    def stages(self) -> list[str]:
        """The heads of the columns."""
        return [str(STAGES[stage]) for stage in Stage]

    @cached_property
    def groups(self) -> tuple[Published, ...]:
        """What is shown, states by their names, then sectors."""
        groups = self.shown.groups if self.shown else ()
        rows = [*state_order({one.group.row for one in groups} - {OTHER}, self.locale), OTHER]
        columns = [*Sector, OTHER]
        return tuple(sorted(groups, key=lambda one: (rows.index(one.group.row), columns.index(one.group.column))))

    @cached_property
    def notes(self) -> dict[str, str]:
        """The footnotes to names of states, by code."""
        return footnotes(dict.fromkeys(one.group.row for one in self.groups if one.group.of_one_state), self.locale)

    @cached_property
    def lines(self) -> list[FrozenLine]:
        """Group by group; what the page and the file both show."""
        marks = {code: number for number, code in enumerate(self.notes, 1)}
        return [
            FrozenLine(
                self._state(one.group),
                marks.get(one.group.row, 0),
                self._sector(one.group),
                _told(one.numbers.values()),
            )
            for one in self.groups
        ]

    @property
    def everyone(self) -> list[int | None]:
        """The sums of what is shown, stage by stage."""
        return _told(total(self.groups, stage) for stage in Stage)

    @property
    def weeks(self) -> list[tuple[dt.date, list[int | None]]]:
        """The same sums of every Monday, the latest first."""
        return [(table.as_of.date(), _told(total(table.groups, stage) for stage in Stage)) for table in self.tables]

    @property
    def steps(self) -> str:
        """The steps to which numbers here are rounded down."""
        return listed([str(step) for step in sorted({one.group.step for one in self.groups})])

    def _state(self, group: Stratum) -> str:
        if group.of_one_state:
            return states.name(group.row, self.locale)
        return _("Other states") if any(one.group.of_one_state for one in self.groups) else _("All states")

    def _sector(self, group: Stratum) -> str:
        if group.column != OTHER:
            return str(SECTORS[Sector(group.column)])
        beside = any(one.group.row == group.row and one.group.column != OTHER for one in self.groups)
        return _("Other sectors") if beside else _("All sectors")

    def sheet(self) -> Sheet:
        """The lines of the page as a file."""
        head = (_("As of"), _("State"), _("Sector"), *self.stages)
        day = self.shown.as_of.date() if self.shown else None
        lines = ((day, line.state, line.sector, *_in_words(line.numbers)) for line in self.lines)
        return Sheet("numbers", head, lambda _session: lines)


def frozen_page(seen: Look, day: str | None) -> FrozenPage:
    """The page of a Monday, or of the latest. Raises NotFound for a day without a table, and for focal points."""
    if seen.sight is Sight.COMPLETION:
        raise NotFound
    unnamed = unnamed_states(db.session())
    tables = [
        Frozen(table.as_of, tuple(without_names_of(table.groups, unnamed)))
        for table in frozen_tables(db.session(), seen.edition.id)
    ]
    shown = next((table for table in tables if day in (None, table.as_of.date().isoformat())), None)
    if day and shown is None:
        raise NotFound
    return FrozenPage(seen, tables, shown, language())


def _told(numbers: Iterable[int]) -> list[int | None]:
    """Nothing under a step is told: what is rounded down to nobody is not shown."""
    return [number or None for number in numbers]


def _in_words(numbers: Iterable[int | None]) -> list[int | str]:
    return [_("not shown") if number is None else number for number in numbers]
