"""The table by state and sector as it stands on the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from typing import TypedDict
from urllib.parse import urlencode

from markupsafe import Markup, escape

from lms.kernel.values import dataclass
from lms.people import states
from lms.people.models import Sector
from lms.seminars.labels import SECTORS
from lms.web.languages import gettext as _

from .forms import state_key
from .rules.looks import NOT_SHOWN
from .rules.matrix import Headcount, Matrix, Place, matrix

LAST = 1000
"""After every state."""
KEPT = 8
"""So many tables and filters are kept drawn; those of a large edition take a tenth of a megabyte."""
Asked = tuple[tuple[str, str], ...]
Drawn = tuple[list[Markup], Markup]


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


class Share(TypedDict):
    """A group on the page. `pattern` says how it is written: a group, a sum, or nobody;
    `where` is what its list is asked for besides the stage."""

    pattern: str
    finished: int
    people: int
    percent: str
    band: int
    where: str


NOBODY: Share = {"pattern": "no_one", "finished": 0, "people": 0, "percent": "", "band": 0, "where": ""}


@dataclass(frozen=True)
class MatrixRow:
    """A state: its total, then its groups; `mark` is the number of its footnote, or 0."""

    title: str
    mark: int
    groups: list[Share]


@dataclass(frozen=True, eq=False)
class MatrixPart:
    """Who has finished, by state and sector."""

    table: Matrix
    edition: str
    locale: str
    list_url: str
    asked: Asked = ()
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
                groups=self._groups(row, self._everybody + _asking("state", state_key(self.edition, row))),
            )
            for row in self.table.rows
        ]

    @cached_property
    def _everybody(self) -> str:
        """What the list of all of them is asked for."""
        return "".join(_asking(name, value) for name, value in self.asked)

    @cached_property
    def _sectors(self) -> Sequence[tuple[str, str]]:
        """Each sector with what its list is asked for; worked out once for all lines, which have it in common."""
        return [(key, _asking("sector", key)) for key in self.table.columns]

    def _groups(self, row: str, where: str) -> list[Share]:
        groups = (_group(self.table.cell(row, key), "group", where + sector) for key, sector in self._sectors)
        return [_group(self.table.row_total(row), "sum", where), *groups]

    @cached_property
    def totals(self) -> list[Share]:
        """The last line: everyone, then sector by sector."""
        where = self._everybody
        sums = (_group(self.table.column_total(key), "sum", where + sector) for key, sector in self._sectors)
        return [_group(self.table.total, "sum", where), *sums]

    def lines(self, group: str, total: str, no_one: str) -> Drawn:
        """The groups of each line of the table and of its last one, each by its pattern.

        A large edition has a thousand groups, and a template needs twenty times as long for one as it takes to fill a
        pattern. What is filled in is ours: numbers, and keys of states and sectors.
        """
        return _drawn(self, str(group), str(total), str(no_one))


@lru_cache(maxsize=KEPT)
def _drawn(part: MatrixPart, group: str, total: str, no_one: str) -> Drawn:
    patterns = {"group": group, "sum": total, "no_one": no_one}
    every = [*(row.groups for row in part.rows), part.totals]
    *lines, last = (Markup("".join(patterns[one["pattern"]] % one for one in groups)) for groups in every)  # noqa: S704
    return lines, last


@lru_cache(maxsize=KEPT)
def matrix_part(
    cells: tuple[tuple[Place, Headcount], ...], edition: str, locale: str, list_url: str, asked: Asked
) -> MatrixPart | None:
    """The table of these groups; None where there are none.

    An edition is looked at far more often than anything changes in it, so the last few tables are kept.
    """
    groups = dict(cells)
    table = matrix(groups, state_order({state for state, _sector in groups}, locale), list(Sector))
    return MatrixPart(table, edition, locale, list_url, asked) if table.cells else None


def _group(cell: Headcount, pattern: str, where: str) -> Share:
    people, finished = cell
    if not people:
        return NOBODY
    return {
        "pattern": pattern,
        "finished": finished,
        "people": people,
        "percent": f"{cell.percent:.1f}",
        "band": cell.band,
        "where": where,
    }


@lru_cache(maxsize=4096)
def _asking(name: str, value: str) -> str:
    """What a list is asked for, as it stands in an address on the page behind other things."""
    return str(escape("&" + urlencode({name: value})))
