"""The corrections that a form sends, as cells by the number of their row."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from lms.seminars.columns import TAKEN, Column
from lms.seminars.spelling import tidy_cell

from .bounds import LONGEST_CELL
from .judging import NEW_ON_PURPOSE

NEW_NAME = "new"
_FIELD = re.compile(r"row-([0-9]{1,8})-([a-z]+)")


def mends_in(form: Mapping[str, str]) -> dict[int, dict[str, str]]:
    """What a form puts into which row. An institution is new where none was chosen but its sector and zone were."""
    said: dict[int, dict[str, str]] = defaultdict(dict)
    for name, value in form.items():
        if found := _FIELD.fullmatch(name):
            said[int(found[1])][found[2]] = tidy_cell(value)[:LONGEST_CELL]
    return {number: cells for number, fields in said.items() if (cells := _cells(fields))}


def _cells(fields: Mapping[str, str]) -> dict[str, str]:
    cells = {column: cell for column, cell in fields.items() if column in TAKEN and cell}
    if NEW_NAME not in fields or cells.get(Column.INSTITUTION):
        return cells
    if fields[NEW_NAME]:
        cells[Column.INSTITUTION] = fields[NEW_NAME]
    if Column.SECTOR in cells and Column.ZONE in cells:
        cells[NEW_ON_PURPOSE] = "yes"
    return cells
