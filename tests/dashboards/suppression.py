"""The usual way with small numbers, each table by itself: what the attack on published tables must find out.

Small cells are hidden, and with them as many others as keep anything from following from the totals (complementary
suppression). One table is then safe; two of different weeks are not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lms.dashboards.rules.frozen import OTHER
from lms.dashboards.rules.matrix import NO_ONE, Headcount, Matrix, Place
from lms.people.rules.groups import SMALLEST, tells_of_no_few
from lms.seminars.rules import Stage


@dataclass(frozen=True)
class Suppressed(Matrix):
    """A table of which some cells are hidden."""

    hidden: frozenset[Place] = frozenset()


def suppressed(exact: Matrix) -> Suppressed | None:
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
    return Suppressed(merged.rows, merged.columns, merged.cells, frozenset(hidden))


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
    cells: dict[Place, Headcount] = {}
    for (row, column), cell in table.cells.items():
        place = (OTHER if row in small else row, column)
        cells[place] = cells.get(place, NO_ONE).with_others(cell)
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


def told(reached: Mapping[Stage, int]) -> frozenset[Stage]:
    """The stages whose numbers may be shown: none of them, and no difference between two of them, is 1 to 4.

    A difference is a group too: those who have come to one stage and not to the next. The largest numbers are kept,
    so that the smallest are hidden until this is true.
    """
    shown: list[Stage] = []
    for stage in sorted(reached, key=lambda one: (-reached[one], list(Stage).index(one))):
        if all(tells_of_no_few(abs(reached[stage] - number)) for number in (0, *(reached[one] for one in shown))):
            shown.append(stage)
    return frozenset(shown)
