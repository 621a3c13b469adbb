"""Lists taken away in tests: their lines, and that it was noted."""

from __future__ import annotations

import csv
import io
from typing import Any

import python_calamine as calamine
from sqlalchemy import select

from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import own_transaction
from lms.web.cells import bare
from lms.web.sheets import XLSX


def both_files(browser: Any, path: str, query: str = "") -> list[dict[str, str]]:
    """The lines of a list by the heads of its columns, as CSV; as a workbook it holds as many. Both are noted."""
    plain, book = (browser.get(f"{path}.{form}{query}") for form in ("csv", "xlsx"))
    assert (plain.status_code, book.status_code, book.mimetype) == (200, 200, XLSX)
    lines = list(csv.DictReader(io.StringIO(plain.get_data().decode("utf-8-sig"), newline="")))
    [head, *rows] = calamine.load_workbook(io.BytesIO(book.get_data())).get_sheet_by_index(0).to_python()
    assert (head, len(rows)) == ([*lines[0]] if lines else head, len(lines))
    for row, line in zip(rows, lines, strict=True):
        assert {cell for cell in row if isinstance(cell, str)} <= {bare(cell) for cell in line.values()}
    with own_transaction() as session:
        noted = session.scalars(
            select(AuditEntry).where(AuditEntry.act == "list.taken").order_by(AuditEntry.id.desc()).limit(2)
        ).all()
    assert [entry.details["form"] for entry in noted] == ["xlsx", "csv"]
    return lines
