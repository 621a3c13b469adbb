"""Text files with separated cells, as spreadsheets of all languages write them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from lms.kernel.apart import Rejected
from lms.seminars.columns import NEEDED, column_of
from lms.web.cells import bare

from .bounds import FIRST_ROWS, MOST_COLUMNS, MOST_ROWS
from .encodings import decoded
from .grid import Grid, Row

SEPARATORS = (",", ";", "\t", "|")
_SAYS_SO = re.compile(r'^"?sep=(.)"?[ \t,;|]*\r?\n?', re.IGNORECASE)
_SAMPLE = 64 * 1024
_MARKUP = re.compile(r"\s*(<!doctype|<html|<table|<\?xml|<head|<meta)", re.IGNORECASE)
# Blank lines are allowed between people, but not without an end.
_MOST_LINES = MOST_ROWS * 3


def delimited(data: bytes) -> Grid:
    """The rows of a text file, numbered as a spreadsheet numbers them. Raises Rejected."""
    text, encoding = decoded(data)
    if _MARKUP.match(text[:200]):
        raise Rejected("web-page")
    said = _SAYS_SO.match(text)
    if said:
        text, separator = text[said.end() :], said[1]
    else:
        separator = _separator(text)
    if separator not in (*SEPARATORS, ":"):
        raise Rejected("not-a-table")
    return Grid(_rows(text, separator), encoding=encoding, separator=separator)


def _rows(text: str, separator: str) -> Iterator[Row]:
    for number, cells in enumerate(_records(text, separator), 1):
        if number > _MOST_LINES:
            raise Rejected("rows", most=MOST_ROWS)
        if len(cells) > MOST_COLUMNS:
            cells = _without_empty_end(cells)
        if any(_has_rows_in_it(cell, separator) for cell in cells):
            raise Rejected("quote", row=number)
        yield Row(number, [bare(cell) for cell in cells])


def _has_rows_in_it(cell: str, separator: str) -> bool:
    """Whether rows were taken for a part of this cell, because the quotation mark before them has no end."""
    lines = cell.splitlines() if "@" in cell else ()
    return len(lines) > 1 and any("@" in line and line.count(separator) >= len(NEEDED) - 1 for line in lines)


def _without_empty_end(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    if len(cells) > MOST_COLUMNS:
        raise Rejected("columns", most=MOST_COLUMNS)
    return cells


def _records(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        raise Rejected("cell-length") from None


def _separator(text: str) -> str:
    """The one that gives most headings we know, else most columns."""
    sample = text[:_SAMPLE]
    return max(SEPARATORS, key=lambda separator: _merit(sample, separator))


def _merit(sample: str, separator: str) -> tuple[int, int]:
    known, widest = 0, 0
    try:
        for cells in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=separator), FIRST_ROWS):
            known = max(known, len({column for cell in cells if (column := column_of(cell))}))
            widest = max(widest, len(cells))
    except csv.Error:
        return known, 0
    return known, widest
