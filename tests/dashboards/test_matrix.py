"""The table by state and sector."""

from __future__ import annotations

from lms.dashboards.rules.matrix import Headcount, matrix


def test_tints_step_at_quarters_and_at_all() -> None:
    assert [Headcount(8, done).band for done in (0, 1, 2, 4, 6, 7, 8)] == [0, 0, 1, 2, 3, 3, 4]
    assert Headcount().percent == 0


def test_lines_without_anyone_are_left_out() -> None:
    table = matrix(
        {("TZ", "justice"): Headcount(2, 1), ("KE", "defence"): Headcount()}, ("KE", "TZ"), ("defence", "justice")
    )
    assert (table.rows, table.columns) == (("TZ",), ("justice",))
    assert table.total == table.row_total("TZ") == table.column_total("justice") == Headcount(2, 1)
