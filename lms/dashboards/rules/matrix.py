"""People by state and sector, and how small groups stay unseen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lms.people.rules.groups import SMALLEST

OTHER = "*"
"""The row or column into which small ones are merged."""

Place = tuple[str, str]
"""A state's code and a sector."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A group: how many people it has, and how many of them have finished their pre-reading."""

    people: int = 0
    finished: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.people + other.people, self.finished + other.finished)

    @property
    def percent(self) -> float:
        """The share that has finished, from 0 to 100; nobody's share is 0."""
        return 100 * self.finished / self.people if self.people else 0.0

    @property
    def band(self) -> int:
        """The step of its tint: under 25 percent, 25, 50, 75, all."""
        return int(self.percent // 25)


NO_ONE = Cell()


@dataclass(frozen=True)
class Matrix:
    """People by state and sector. A place without a cell has no one; `hidden` are the cells that are not shown."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[Place, Cell]
    hidden: frozenset[Place] = field(default_factory=frozenset)

    def cell(self, row: str, column: str) -> Cell:
        """The group at a place."""
        return self.cells.get((row, column), NO_ONE)

    def row_total(self, row: str) -> Cell:
        """A state over all sectors."""
        return _sum(self.cell(row, column) for column in self.columns)

    def column_total(self, column: str) -> Cell:
        """A sector over all states."""
        return _sum(self.cell(row, column) for row in self.rows)

    @property
    def total(self) -> Cell:
        """Everyone."""
        return _sum(self.cells.values())

    @property
    def shown(self) -> Mapping[Place, Cell]:
        """The cells that may leave the house: what pages and exports draw from."""
        return {place: cell for place, cell in self.cells.items() if place not in self.hidden}


def matrix(cells: Mapping[Place, Cell], rows: Iterable[str], columns: Iterable[str]) -> Matrix:
    """The exact numbers, with rows and columns in the order given, those without anyone left out."""
    held = {place: cell for place, cell in cells.items() if cell.people}
    return Matrix(
        rows=tuple(row for row in rows if any(place[0] == row for place in held)),
        columns=tuple(column for column in columns if any(place[1] == column for place in held)),
        cells=held,
    )


def suppressed(exact: Matrix) -> Matrix | None:
    """The numbers for whoever holds no mandate over the people: no group of 1 to 4 is shown or can be worked out.

    States, then sectors, with fewer than five people are merged; cells of 1 to 4 are hidden; further cells, the
    smallest first, until every row and column hides nothing or at least two cells holding five people or more
    together, and until no hidden cell follows from the totals of several rows and columns. None when there are fewer
    than five people in all.
    """
    if exact.total.people < SMALLEST:
        return None
    merged = _transposed(_merged(_transposed(_merged(exact))))
    hidden = {place for place, cell in merged.cells.items() if cell.people < SMALLEST}
    while (extra := _next_to_hide(merged, hidden)) is not None:
        hidden.add(extra)
    return Matrix(merged.rows, merged.columns, merged.cells, frozenset(hidden))


def _sum(cells: Iterable[Cell]) -> Cell:
    groups = list(cells)
    return Cell(sum(cell.people for cell in groups), sum(cell.finished for cell in groups))


def _merged(table: Matrix) -> Matrix:
    """Rows of fewer than five people become one, with the next smallest rows until it holds five."""
    by_size = sorted(table.rows, key=lambda row: (table.row_total(row).people, row))
    small: list[str] = []
    people = 0
    for row in by_size:
        size = table.row_total(row).people
        if size >= SMALLEST and (not small or people >= SMALLEST):
            break
        small.append(row)
        people += size
    if not small:
        return table
    cells: dict[Place, Cell] = {}
    for (row, column), cell in table.cells.items():
        place = (OTHER if row in small else row, column)
        cells[place] = cells.get(place, NO_ONE) + cell
    return Matrix((*(row for row in table.rows if row not in small), OTHER), table.columns, cells)


def _transposed(table: Matrix) -> Matrix:
    return Matrix(table.columns, table.rows, {(column, row): cell for (row, column), cell in table.cells.items()})


def _next_to_hide(table: Matrix, hidden: set[Place]) -> Place | None:
    """The next cell that must go, or none when the table is safe."""
    for line in _lines(table):
        gone = [place for place in line if place in hidden]
        if gone and (len(gone) < 2 or sum(table.cell(*place).people for place in gone) < SMALLEST):
            return _smallest(table, (place for place in line if place not in hidden))
    for bridge in sorted(hidden):
        side = _reached(hidden - {bridge}, bridge[0])
        if (1, bridge[1]) not in side:
            across = (p for p in _places(table) if p not in hidden and ((0, p[0]) in side) != ((1, p[1]) in side))
            return _smallest(table, (p for p in across if _touched(p, hidden)))
    return None


def _lines(table: Matrix) -> Iterator[list[Place]]:
    for row in table.rows:
        yield [(row, column) for column in table.columns]
    for column in table.columns:
        yield [(row, column) for row in table.rows]


def _places(table: Matrix) -> Iterator[Place]:
    return ((row, column) for row in table.rows for column in table.columns)


def _touched(place: Place, hidden: set[Place]) -> bool:
    """Whether both its row and its column hide something already, so that no line hides a single cell through it."""
    return any(row == place[0] for row, _ in hidden) and any(column == place[1] for _, column in hidden)


def _smallest(table: Matrix, places: Iterable[Place]) -> Place:
    """The smallest group first; an empty place only when no group is left."""
    return min(places, key=lambda place: (not table.cell(*place).people, table.cell(*place).people, place))


def _reached(hidden: set[Place], row: str) -> set[tuple[int, str]]:
    """Rows (0) and columns (1) joined to `row` by hidden cells. A hidden cell whose row and column are joined by no
    other way follows from the totals, however many cells its row and column hide."""
    reached, frontier = {(0, row)}, [(0, row)]
    while frontier:
        kind, name = frontier.pop()
        joined = {(1 - kind, place[1 - kind]) for place in hidden if place[kind] == name}
        frontier += joined - reached
        reached |= joined
    return reached
