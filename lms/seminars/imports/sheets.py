"""Workbooks of spreadsheet programs. Runs apart only: the library is compiled, and the file is a stranger's."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from functools import cached_property
from xml.parsers import expat

import python_calamine as calamine

from lms.kernel.apart import Rejected
from lms.kernel.values import dataclass
from lms.seminars.columns import column_of

from .bounds import FIRST_ROWS, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED
from .grid import Grid, Row

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_OLD_1904 = re.compile(rb"\x22\x00\x02\x00\x01\x00")
_MOST_HEIGHT = 1_048_576


_MOST_SHEETS = 20
_MOST_MERGED = 50_000


@dataclass(frozen=True)
class Paper:
    """One sheet with something in it."""

    sheet: calamine.CalamineSheet
    since_1904: bool

    @cached_property
    def known(self) -> int:
        """How many of our headings one of its first rows has."""
        rows = (row for _, row in zip(range(FIRST_ROWS), self.sheet.iter_rows(), strict=False))
        return max((len({column for cell in row if (column := column_of(_text(cell)))}) for row in rows), default=0)

    def grid(self) -> Grid:
        """Its rows."""
        return Grid(_rows(self.sheet), since_1904=self.since_1904, name=self.sheet.name, merged=_merged(self.sheet))


def workbook(data: bytes) -> tuple[list[Paper], list[str]]:
    """The sheets with anything in them that can be seen, and the names of those that are too many. Raises Rejected."""
    since_1904 = _unpacks(data) if data.startswith(ZIP) else bool(_OLD_1904.search(data[:16384]))
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        names = _shown(book)
        sheets = [sheet for name in names[:_MOST_SHEETS] if (sheet := book.get_sheet_by_name(name)).height]
    except calamine.PasswordError:
        raise Rejected("locked") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Rejected("locked" if b"EncryptedPackage" in data[:1_000_000].replace(b"\0", b"") else "broken") from error
    if not sheets:
        raise Rejected("empty")
    return [Paper(sheet, since_1904) for sheet in sheets], names[_MOST_SHEETS:]


def _unpacks(data: bytes) -> bool:
    """Whether its days begin in 1904; raises Rejected for what is no workbook or unpacks to more than any list is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED or len(parts.infolist()) > 2000:
                raise Rejected("too-heavy")
            names = set(parts.namelist())
            if not names & _PARTS:
                raise Rejected("not-a-table")
            if "xl/workbook.xml" not in names:
                return False
            with parts.open("xl/workbook.xml") as part:
                return _from_1904(part.read(1_000_000))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Rejected("broken") from None


def _from_1904(head: bytes) -> bool:
    """What the properties of a workbook say of its days, as far as they can be read."""
    said: list[str] = []

    def begun(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "workbookPr":
            said.append(attributes.get("date1904", ""))

    parser = expat.ParserCreate()
    parser.StartElementHandler = begun
    try:
        parser.Parse(head, True)
    except expat.ExpatError:
        said.append("")  # what stands before the damage counts
    return said[:1] in (["1"], ["true"])


def _shown(book: calamine.CalamineWorkbook) -> list[str]:
    return [
        one.name
        for one in book.sheets_metadata
        if one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible
    ]


def _merged(sheet: calamine.CalamineSheet) -> dict[tuple[int, int], int]:
    """What is merged over several rows, by its first row and its column."""
    found = (sheet.merged_cell_ranges or [])[:_MOST_MERGED]
    return {(top + 1, column): bottom + 1 for (top, column), (bottom, _last) in found if bottom > top}


def _rows(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    width = MOST_COLUMNS
    filled = 0
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if any(cell not in ("", None) for cell in cells[width:]):
            raise Rejected("columns", most=MOST_COLUMNS)
        texts = [_text(cell) for cell in cells[:width]]
        filled += any(texts)
        if filled > MOST_ROWS + FIRST_ROWS:
            raise Rejected("rows", most=MOST_ROWS)
        if any(texts):
            yield Row(number, texts)


def _text(cell: object) -> str:
    """What a reader of the sheet would say stands there."""
    if isinstance(cell, bool) or cell is None:
        return "" if cell is None else str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, dt.date) else str(cell)
