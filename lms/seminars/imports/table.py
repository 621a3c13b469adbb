"""What a file of nominations comes to, once it was read."""

from __future__ import annotations

from dataclasses import dataclass

Cells = dict[str, str]
"""What a row says, by column; without the columns that are empty."""


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
