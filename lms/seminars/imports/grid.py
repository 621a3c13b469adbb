"""A file before anybody knows what its columns are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import NamedTuple

from lms.kernel.values import dataclass


class Row(NamedTuple):
    """One row; `number` is the one at its side in a spreadsheet, so that blank rows count."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Grid:
    """The rows as they stand, and how the file was read: `encoding` and `separator` of a text, "" of a workbook."""

    rows: Iterator[Row]
    encoding: str = ""
    separator: str = ""
    since_1904: bool = False
    """Whether the workbook counts its days from 1904, as those of old Macintosh programs do."""
    name: str = ""
    """The name of the sheet."""
    merged: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Cells merged downwards: the last row of each by its first row and its column."""
