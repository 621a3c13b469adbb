"""A list as a workbook (XLSX). Runs apart only: nothing of ours imports it, so that no server has the library in
memory."""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
_NARROWEST, _WIDEST = 10, 60
# The same list makes the same file: a moment in it would be the only difference between two.
_ALWAYS = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
# No text is ever a formula or a link, whatever it begins with.
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def made(data: bytes, *, name: str, right_to_left: bool) -> bytes:
    """The workbook of a list: `data` is a JSON array of lines, the first of them the head; days and times of day are
    {"day": …} and {"moment": …} in ISO 8601. One sheet, its head fixed, the first column on the right where
    `right_to_left` says so."""
    lines: list[list[Any]] = json.loads(data)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, _OPTIONS)
    book.set_properties({"created": _ALWAYS})
    sheet = book.add_worksheet(name)
    if right_to_left:
        sheet.right_to_left()
    sheet.freeze_panes(1, 0)
    _write(
        sheet, lines, {"day": book.add_format({"num_format": DAY}), "moment": book.add_format({"num_format": MOMENT})}
    )
    sheet.set_row(0, None, book.add_format({"bold": True}))
    for column, width in enumerate(_widths(lines)):
        sheet.set_column(column, column, width)
    sheet.autofilter(0, 0, len(lines) - 1, len(lines[0]) - 1)
    book.close()
    return file.getvalue()


def _write(sheet: Worksheet, lines: list[list[Any]], formats: dict[str, Format]) -> None:
    for row, line in enumerate(lines):
        for column, cell in enumerate(line):
            if isinstance(cell, dict):
                (kind, iso), *_none = cell.items()
                sheet.write_datetime(row, column, dt.datetime.fromisoformat(iso), formats[kind])
            elif isinstance(cell, str):
                sheet.write_string(row, column, cell)
            elif cell is not None:
                sheet.write_number(row, column, cell)


def _widths(lines: list[list[Any]]) -> list[int]:
    """As wide as what stands there, within bounds, and no wider than days and times need where it is these."""
    columns = zip(*lines, strict=True)
    longest = (max(len(cell) if isinstance(cell, str) else len(MOMENT) for cell in column) for column in columns)
    return [min(max(_NARROWEST, length + 2), _WIDEST) for length in longest]
