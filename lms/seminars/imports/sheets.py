"""Workbooks of spreadsheet programs. Runs apart only: the library is compiled, and the file is a stranger's."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator

import python_calamine as calamine

from lms.kernel.apart import Rejected
from lms.seminars.columns import column_of

from .bounds import FIRST_ROWS, MOST_COLUMNS, MOST_ROWS, MOST_UNPACKED
from .grid import Grid, Row

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARTS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"')
_OLD_1904 = re.compile(rb"\x22\x00\x02\x00\x01\x00")
_MOST_HEIGHT = 1_048_576


def workbook(data: bytes) -> Grid:
    """The rows of the sheet that has our headings, else of the first one with anything in it. Raises Rejected."""
    since_1904 = _unpacks(data) if data.startswith(ZIP) else bool(_OLD_1904.search(data[:16384]))
    try:
        book = calamine.load_workbook(io.BytesIO(data))
        sheet = _sheet(book)
    except calamine.PasswordError:
        raise Rejected("locked") from None
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise Rejected("locked" if b"EncryptedPackage" in data[:1_000_000].replace(b"\0", b"") else "broken") from error
    return Grid(_rows(sheet), since_1904=since_1904)


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
                return bool(_1904.search(part.read(1_000_000)))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise Rejected("broken") from None


def _sheet(book: calamine.CalamineWorkbook) -> calamine.CalamineSheet:
    shown = [
        one.name
        for one in book.sheets_metadata
        if one.typ == calamine.SheetTypeEnum.WorkSheet and one.visible == calamine.SheetVisibleEnum.Visible
    ]
    sheets = [sheet for name in shown[:20] if (sheet := book.get_sheet_by_name(name)).height]
    if not sheets:
        raise Rejected("empty")
    return max(sheets, key=_known)


def _known(sheet: calamine.CalamineSheet) -> int:
    """How many of our headings one of its first rows has; of equals, `max` takes the first."""
    rows = (row for _, row in zip(range(FIRST_ROWS), sheet.iter_rows(), strict=False))
    return max((len({column for cell in row if (column := column_of(_text(cell)))}) for row in rows), default=0)


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
