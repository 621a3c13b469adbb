"""Rows of an import as they are taken away."""

from __future__ import annotations

from collections.abc import Sequence

from lms.seminars.columns import TAKEN, Column, headings
from lms.web.languages import gettext as _
from lms.web.sheets import Line, Sheet

from .pages import remark_on, state_said
from .queries import Shown
from .table import SHEET
from .wording import LABELS, why_refused

_SHOWN = (Column.NAME, Column.ADDRESS, Column.STATE, Column.INSTITUTION)


def corrections_sheet(rows: Sequence[Shown], locale: str) -> Sheet:
    """The rows that need a correction, as the file had them, so that they can be sent again."""
    head = (*headings(TAKEN, locale), _("What is wrong"))
    return Sheet("corrections", head, lambda _session: map(_correction, rows))


def _correction(row: Shown) -> Line:
    wrong = why_refused(row.reason, row.column, row.cells.get(row.column, ""))
    return (*(row.cells.get(column, "") for column in TAKEN), wrong)


def rows_sheet(rows: Sequence[Shown], *, erased: bool) -> Sheet:
    """The rows with one verdict and what is said of each; once the file is `erased` no more than that."""
    shown = () if erased else _SHOWN
    head = (_("Row"), *(str(LABELS[column]) for column in shown), _("Remark"))
    return Sheet("import-rows", head, lambda _session: (_row(row, erased=erased) for row in rows))


def _row(row: Shown, *, erased: bool) -> Line:
    if erased:
        return (_number(row), remark_on(row))
    said = (state_said(row) if column is Column.STATE else row.cells.get(column, "") for column in _SHOWN)
    return (_number(row), *said, remark_on(row))


def _number(row: Shown) -> int | str:
    return row.number if row.number < SHEET else row.place
