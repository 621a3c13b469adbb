"""Small groups are not shown, and what is hidden cannot be worked out from what is shown."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from lms.dashboards.rules.matrix import OTHER, Cell, Matrix, Place, matrix, suppressed
from lms.people.rules.groups import SMALLEST

STATES = ("AR", "CR", "GH", "KE", "KH", "TZ", "UG", "ZA")
SECTORS = ("defence", "education", "interior", "justice")


def cells(most: int) -> st.SearchStrategy[Cell]:
    return st.integers(0, most).flatmap(lambda people: st.integers(0, people).map(lambda done: Cell(people, done)))


tables = st.integers(1, 12).flatmap(
    lambda most: st.dictionaries(st.tuples(st.sampled_from(STATES), st.sampled_from(SECTORS)), cells(most)).map(
        lambda drawn: matrix(drawn, STATES, SECTORS)
    )
)


def lines(table: Matrix) -> list[list[Place]]:
    rows = [[(row, column) for column in table.columns] for row in table.rows]
    return rows + [[(row, column) for row in table.rows] for column in table.columns]


def rank(vectors: list[list[int]]) -> int:
    rows, found = [[Fraction(value) for value in vector] for vector in vectors], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((row for row in rows[found:] if row[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        found += 1
        for row in rows[found:]:
            factor = row[column] / pivot[column]
            row[:] = [value - factor * head for value, head in zip(row, pivot, strict=True)]
    return found


def follows_from_the_totals(table: Matrix, place: Place) -> bool:
    """Whether the sums that remain after taking away what is shown fix the number at a hidden place."""
    unknown = sorted(table.hidden)
    sums = [[int(other in line) for other in unknown] for line in lines(table)]
    return rank(sums) == rank([*sums, [int(other == place) for other in unknown]])


@given(tables)
def test_no_group_of_one_to_four_is_shown(exact: Matrix) -> None:
    table = suppressed(exact)
    if table is None:
        return
    assert all(cell.people >= SMALLEST for cell in table.shown.values())
    assert all(table.row_total(row).people >= SMALLEST for row in table.rows)
    assert all(table.column_total(column).people >= SMALLEST for column in table.columns)


@given(tables)
def test_every_line_hides_nothing_or_two_cells_of_five_people(exact: Matrix) -> None:
    table = suppressed(exact)
    for line in lines(table) if table else []:
        hidden = [table.cell(*place).people for place in line if place in table.hidden]
        assert not hidden or (len(hidden) >= 2 and sum(hidden) >= SMALLEST)


@given(tables)
@settings(max_examples=60, deadline=None)
def test_no_hidden_number_follows_from_all_totals_together(exact: Matrix) -> None:
    table = suppressed(exact)
    assert not [place for place in (table.hidden if table else ()) if follows_from_the_totals(table, place)]


@given(tables)
def test_totals_are_those_of_the_exact_numbers(exact: Matrix) -> None:
    table = suppressed(exact)
    if table is None:
        assert exact.total.people < SMALLEST
        return
    assert table.total == exact.total
    for row in set(table.rows) - {OTHER}:
        assert table.row_total(row) == exact.row_total(row)
    for column in set(table.columns) - {OTHER}:
        assert table.column_total(column) == exact.column_total(column)
    assert sum(table.row_total(row).people for row in table.rows) == exact.total.people


@given(tables)
def test_a_state_of_fewer_than_five_never_stands_alone(exact: Matrix) -> None:
    table = suppressed(exact)
    small = {row for row in exact.rows if exact.row_total(row).people < SMALLEST}
    assert table is None or not small & set(table.rows)


def test_a_cell_that_only_crossing_lines_would_give_away_is_hidden_too() -> None:
    """Two blocks of four hidden cells, joined by a single one: its number would follow from the totals of one block."""
    small, large, bridge = Cell(3, 1), Cell(20, 4), Cell(4, 2)
    blocks = {(r, c): small for rows, columns in (("AB", "ab"), ("CD", "cd")) for r in rows for c in columns}
    filled = {(r, c): large for r in "ABCD" for c in "abcd"} | blocks | {("A", "c"): bridge}
    table = suppressed(matrix(filled, "ABCD", "abcd"))
    assert table is not None
    assert len(table.hidden) > 9
    assert not follows_from_the_totals(table, ("A", "c"))


def test_nothing_is_hidden_where_every_group_is_large() -> None:
    table = suppressed(matrix({("TZ", "justice"): Cell(9, 3), ("KE", "justice"): Cell(8, 8)}, STATES, SECTORS))
    assert table is not None
    assert table.hidden == frozenset()
    assert table.rows == ("KE", "TZ")


def test_tints_step_at_quarters_and_at_all() -> None:
    assert [Cell(8, done).band for done in (0, 1, 2, 4, 6, 7, 8)] == [0, 0, 1, 2, 3, 3, 4]
    assert Cell().percent == 0
