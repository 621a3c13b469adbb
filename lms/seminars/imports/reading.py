"""A file of nominations as rows by column; `read` runs apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import chain, islice

from lms.kernel.apart import Rejected
from lms.seminars.columns import NEEDED, TAKEN, Column, column_of
from lms.seminars.spelling import letters_of, tidy_cell

from .bounds import FIRST_ROWS, LONGEST_CELL, MOST_BYTES, MOST_ROWS
from .days import day_of
from .delimited import delimited
from .grid import Grid, Row
from .sheets import OLE, ZIP, Paper, workbook
from .table import MORE, SHEET, Cells, Table

_NOT_TABLES = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"{\\rtf", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_PARTS_OF_A_NAME = (Column.GIVEN, Column.FAMILY)
_MOST_HEADINGS_SHOWN = 12
_SHARED = (Column.STATE, Column.INSTITUTION, Column.SECTOR, Column.ZONE, Column.LANGUAGE)
_NOT_PEOPLE = frozenset({"empty", "no-headings", "missing", "no-people"})
_MOST_SHEETS_NAMED = 30
_LONGEST_NAME = 100


def read(data: bytes) -> bytes:
    """A Table as JSON. Raises Rejected."""
    return json.dumps(asdict(table_in(data)), ensure_ascii=False).encode("utf-8", "replace")


def table_in(data: bytes) -> Table:
    """What stands in a file, recognised by its content. Raises Rejected."""
    if len(data) > MOST_BYTES:
        raise Rejected("bytes", most=MOST_BYTES // 1024 // 1024)
    if not data.strip():
        raise Rejected("empty")
    if data.startswith(_NOT_TABLES):
        raise Rejected("not-a-table")
    return _book(*workbook(data)) if data.startswith((ZIP, OLE)) else _table(delimited(data))


def _book(papers: Sequence[Paper], beyond: Sequence[str]) -> Table:
    """All sheets of a workbook that have the headings we need; if none has, what the nearest comes to."""
    chosen = [one for one in papers if one.known >= len(NEEDED)] or [max(papers, key=lambda one: one.known)]
    read, refused = [], []
    for one in chosen:
        try:
            read.append((one.sheet.name, _table(one.grid())))
        except Rejected as no:
            if no.reason not in _NOT_PEOPLE:
                raise
            refused.append(no)
    if not read:
        raise refused[0]
    names = [name for name, _table_there in read]
    aside = [*(one.sheet.name for one in papers if one.sheet.name not in names), *beyond]
    return _together(read, [name[:_LONGEST_NAME] for name in aside][:_MOST_SHEETS_NAMED])


def _together(read: Sequence[tuple[str, Table]], aside: list[str]) -> Table:
    first = read[0][1]
    if len(read) == 1:
        return replace(first, aside=aside)
    rows = [
        (sheet * SHEET + number, cells) for sheet, (_name, table) in enumerate(read, 1) for number, cells in table.rows
    ]
    if len(rows) > MOST_ROWS:
        raise Rejected("rows", most=MOST_ROWS)
    taken = {column: head for _name, table in reversed(read) for column, head in table.taken.items()}
    ignored = list(dict.fromkeys(name for _name, table in read for name in table.ignored))
    return replace(first, rows=rows, taken=taken, ignored=ignored, sheets=[name for name, _ in read], aside=aside)


def _table(grid: Grid) -> Table:
    filled = (row for row in grid.rows if any(cell.strip() for cell in row.cells))
    first = list(islice(filled, FIRST_ROWS))
    if not first:
        raise Rejected("empty")
    at = max(range(len(first)), key=lambda number: len(_columns(first[number])))
    head, columns = first[at], _columns(first[at])
    _refuse_missing(head, columns)
    below = _spread(columns, chain(first[at + 1 :], filled), grid.merged)
    rows = list(_people(head, columns, below, grid.since_1904))
    if not grid.separator and sum(MORE in cells for _, cells in rows) * 2 > len(rows):
        for _number, cells in rows:  # a column without a heading, where no comma can have made one
            cells.pop(MORE, None)
    if not rows:
        raise Rejected("no-people")
    ignored = [tidy_cell(cell) for number, cell in enumerate(head.cells) if number not in columns.values()]
    taken = {str(column): tidy_cell(head.cells[number]) for column, number in columns.items()}
    return Table(rows, taken, [name for name in ignored if name], grid.encoding, grid.separator)


def _columns(head: Row) -> dict[Column, int]:
    """Where each column stands; of two with one meaning the first counts."""
    found: dict[Column, int] = {}
    for number, cell in enumerate(head.cells):
        column = column_of(cell)
        if column in (*TAKEN, *_PARTS_OF_A_NAME):
            found.setdefault(column, number)
    return found


def _refuse_missing(head: Row, columns: Mapping[Column, int]) -> None:
    named = Column.NAME in columns or set(_PARTS_OF_A_NAME) <= set(columns)
    missing = [column for column in NEEDED if column not in columns and not (column is Column.NAME and named)]
    if not columns:
        raise Rejected("no-headings")
    if missing:
        shown = [cell for cell in map(tidy_cell, head.cells) if cell][:_MOST_HEADINGS_SHOWN]
        raise Rejected("missing", columns=[str(column) for column in missing], found=[cell[:40] for cell in shown])


def _spread(columns: Mapping[Column, int], rows: Iterable[Row], merged: Mapping[tuple[int, int], int]) -> Iterator[Row]:
    """Rows with what is merged over several of them in each: a delegation's state, ministry, sector, zone, language."""
    told: dict[int, tuple[str, int]] = {}
    shared = [columns[column] for column in _SHARED if column in columns] if merged else []
    for row in rows:
        for at in shared:
            cell = row.cells[at] if at < len(row.cells) else ""
            if (row.number, at) in merged:
                told[at] = cell, merged[row.number, at]
            elif not cell.strip() and at in told and row.number <= told[at][1]:
                row.cells.extend([""] * (at + 1 - len(row.cells)))
                row.cells[at] = told[at][0]
        yield row


def _people(
    head: Row, columns: Mapping[Column, int], rows: Iterable[Row], since_1904: bool
) -> Iterator[tuple[int, Cells]]:
    repeated = [letters_of(cell) for cell in head.cells]
    width = 1 + max(at for at, cell in enumerate(head.cells) if cell.strip())
    for count, row in enumerate(rows):
        if count >= MOST_ROWS:
            raise Rejected("rows", most=MOST_ROWS)
        cells = {column: tidy_cell(row.cells[at]) for column, at in columns.items() if at < len(row.cells)}
        if not any(cells.values()) or [letters_of(cell) for cell in row.cells] == repeated:
            continue
        if any(len(cell) > LONGEST_CELL for cell in cells.values()):
            raise Rejected("cell", row=row.number, most=LONGEST_CELL)
        more = {MORE: "yes"} if any(map(tidy_cell, row.cells[width:])) else {}
        yield row.number, {**_said(cells, since_1904), **more}


def _said(cells: dict[Column, str], since_1904: bool) -> Cells:
    whole = _whole_name(cells)
    day = day_of(cells.get(Column.SINCE, ""), since_1904=since_1904)
    said = {**cells, Column.NAME: whole, **({Column.SINCE: day.isoformat()} if day else {})}
    return {str(column): cell for column, cell in said.items() if cell and column not in _PARTS_OF_A_NAME}


def _whole_name(cells: Mapping[Column, str]) -> str:
    """ "Name" is the given name beside a family name, the family name beside a given one, and the whole with both."""
    name, given, family = (cells.get(column, "") for column in (Column.NAME, *_PARTS_OF_A_NAME))
    if name and (Column.GIVEN in cells) != (Column.FAMILY in cells):
        part = given or family
        if letters_of(part) in letters_of(name):
            return name
        return f"{given} {name}" if given else f"{name} {family}"
    return name or f"{given} {family}".strip()
