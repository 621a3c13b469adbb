"""What a file of nominations comes to, once it was read."""

from __future__ import annotations

from dataclasses import field

from lms.kernel.values import dataclass

Cells = dict[str, str]
"""What a row says, by column; without the columns that are empty."""
MORE = "more-cells"
"""The cell by which a row says that there is more in it than its table has headings for."""
SHEET = 2_000_000
"""More rows than a sheet can have: where a file has several sheets, the rows of the second are numbered from twice as
many on, so that each row has a number of its own."""


@dataclass(frozen=True)
class Table:
    """A file that was read: its rows, each with its number in the file, and what was made of its columns."""

    rows: list[tuple[int, Cells]]
    taken: dict[str, str]
    """The headings by the column they were taken for."""
    ignored: list[str]
    """The headings of the columns that are left aside."""
    encoding: str
    separator: str
    sheets: list[str] = field(default_factory=list)
    """The names of the sheets that were read, where there are several."""
    aside: list[str] = field(default_factory=list)
    """The names of the sheets that were left aside."""


def place_of(number: int) -> tuple[int, int]:
    """Which sheet of a file with several a row stands on, or 0, and its number there."""
    return divmod(number, SHEET)
