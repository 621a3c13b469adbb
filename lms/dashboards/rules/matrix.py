"""People by state and sector."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from lms.kernel.values import dataclass

Place = tuple[str, str]
"""A state's code and a sector."""


class Headcount(NamedTuple):
    """A group: how many people it has, and how many of them have finished their pre-reading.

    A tuple, because a large edition has a thousand groups, and other classes take several times as long to make.
    """

    people: int = 0
    finished: int = 0

    def with_others(self, other: Headcount) -> Headcount:
        """Both groups as one."""
        return Headcount(self.people + other.people, self.finished + other.finished)

    @property
    def percent(self) -> float:
        """The share that has finished, from 0 to 100; nobody's share is 0."""
        return 100 * self.finished / self.people if self.people else 0.0

    @property
    def band(self) -> int:
        """The step of its tint: under 25 percent, 25, 50, 75, all."""
        return int(self.percent // 25)


NO_ONE = Headcount()


@dataclass(frozen=True)
class Matrix:
    """People by state and sector. A place without a cell has no one."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Place, Headcount]

    def cell(self, row: str, column: str) -> Headcount:
        """The group at a place."""
        return self.cells.get((row, column), NO_ONE)

    def row_total(self, row: str) -> Headcount:
        """A state over all sectors."""
        return self._sums[0].get(row, NO_ONE)

    def column_total(self, column: str) -> Headcount:
        """A sector over all states."""
        return self._sums[1].get(column, NO_ONE)

    @cached_property
    def _sums(self) -> tuple[Mapping[str, Headcount], Mapping[str, Headcount]]:
        """Of rows and of columns; a large edition has a thousand groups, so all are gone through once."""
        rows: dict[str, Headcount] = {}
        columns: dict[str, Headcount] = {}
        for (row, column), cell in self.cells.items():
            rows[row] = rows[row].with_others(cell) if row in rows else cell
            columns[column] = columns[column].with_others(cell) if column in columns else cell
        return rows, columns

    @property
    def total(self) -> Headcount:
        """Everyone."""
        groups = self.cells.values()
        return Headcount(sum(cell.people for cell in groups), sum(cell.finished for cell in groups))


def matrix(cells: Mapping[Place, Headcount], rows: Iterable[str], columns: Iterable[str]) -> Matrix:
    """The exact numbers, with rows and columns in the order given, those without anyone left out."""
    held = {place: cell for place, cell in cells.items() if cell.people}
    held_rows, held_columns = {row for row, _column in held}, {column for _row, column in held}
    return Matrix(
        rows=tuple(row for row in rows if row in held_rows),
        columns=tuple(column for column in columns if column in held_columns),
        cells=held,
    )
