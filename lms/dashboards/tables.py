"""The table by state and sector as it stands on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from markupsafe import Markup, escape

from lms.people import states
from lms.people.models import Sector
from lms.seminars.labels import SECTORS
from lms.web.languages import gettext as _

from .forms import state_key
from .rules.looks import NOT_SHOWN
from .rules.matrix import Cell, Matrix

LAST = 1000
"""After every state."""


@lru_cache(maxsize=64)
def _rank(locale: str) -> Mapping[str, int]:
    return {state.code: number for number, state in enumerate(states.sorted_for(locale))}


def state_order(codes: Iterable[str], locale: str) -> list[str]:
    """The codes in the alphabetical order of their names in the page's language."""
    return sorted(set(codes), key=lambda code: _rank(locale).get(code, LAST))


def state_title(code: str, locale: str) -> str:
    """What a state is called in a table or filter."""
    return _("State not shown") if code == NOT_SHOWN else states.name(code, locale)


def footnotes(codes: Iterable[str], locale: str) -> dict[str, str]:
    """What must be said along with these names."""
    noted = ((code, states.footnote(code, locale)) for code in codes if code != NOT_SHOWN)
    return {code: note for code, note in noted if note}


class Group(NamedTuple):
    """A group on the page. `pattern` says how it is written: a group, a sum, or nobody;
    `where` is what its list is asked for besides the stage."""

    pattern: str
    finished: int = 0
    people: int = 0
    percent: str = ""
    band: int = 0
    where: str = ""


NOBODY = Group("no_one")


@dataclass(frozen=True)
class MatrixRow:
    """A state: its total, then its groups; `mark` is the number of its footnote, or 0."""

    title: str
    mark: int
    groups: list[Group]


@dataclass(frozen=True)
class MatrixPart:
    """Who has finished, by state and sector."""

    table: Matrix
    edition: str
    locale: str
    list_url: str
    asked: Mapping[str, str] = field(default_factory=dict)
    """What every list is asked for beside its state and sector."""

    @cached_property
    def columns(self) -> list[str]:
        """The sectors at the head."""
        return [str(SECTORS[Sector(key)]) for key in self.table.columns]

    @cached_property
    def notes(self) -> dict[str, str]:
        """The footnotes to names of states, by code, in their order."""
        return footnotes(self.table.rows, self.locale)

    @cached_property
    def rows(self) -> list[MatrixRow]:
        """State by state."""
        marks = {code: number for number, code in enumerate(self.notes, 1)}
        return [
            MatrixRow(
                title=state_title(row, self.locale),
                mark=marks.get(row, 0),
                groups=self._groups(row, {"state": state_key(self.edition, row)}),
            )
            for row in self.table.rows
        ]

    def _where(self, **more: str) -> str:
        return str(escape("&" + urlencode({**self.asked, **more}))) if self.asked or more else ""

    @cached_property
    def _sectors(self) -> Sequence[tuple[str, str]]:
        """Each sector with what its list is asked for; worked out once for all lines, which have it in common."""
        return [(key, str(escape("&" + urlencode({"sector": key})))) for key in self.table.columns]

    def _groups(self, row: str, here: Mapping[str, str]) -> list[Group]:
        where = self._where(**here)
        groups = (_group(self.table.cell(row, key), "group", where + sector) for key, sector in self._sectors)
        return [_group(self.table.row_total(row), "sum", where), *groups]

    @cached_property
    def totals(self) -> list[Group]:
        """The last line: everyone, then sector by sector."""
        sums = (_group(self.table.column_total(key), "sum", self._where() + sector) for key, sector in self._sectors)
        return [_group(self.table.total, "sum", self._where()), *sums]

    @staticmethod
    def line(groups: Sequence[Group], patterns: Mapping[str, str]) -> Markup:
        """A line of the table, each group by its pattern.

        A large edition has a thousand groups, and a template needs twenty times as long for one as it takes to fill a
        pattern. What is filled in is ours: numbers, and keys of states and sectors.
        """
        plain = {name: str(pattern) for name, pattern in patterns.items()}
        return Markup("".join(plain[group.pattern] % group._asdict() for group in groups))  # noqa: S704


def _group(cell: Cell, pattern: str, where: str) -> Group:
    if not cell.people:
        return NOBODY
    return Group(pattern, cell.finished, cell.people, f"{cell.percent:.1f}", cell.band, where)
