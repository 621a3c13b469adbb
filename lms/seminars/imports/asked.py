"""Reading a file in a process of its own, and why one is not taken, in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from lms.kernel.apart import Limits, Rejected, run_apart
from lms.kernel.errors import Refused
from lms.seminars.columns import Column, heading
from lms.web.languages import gettext as _
from lms.web.languages import in_a_row, language

from .table import Table

READING = "lms.seminars.imports.reading:read"
FOR_FILES = Limits(memory=768 * 1024 * 1024, processor=20, patience=40.0)


def table_of(data: bytes) -> Table:
    """What an uploaded file says; raises Refused with the reason in words."""
    try:
        read = json.loads(run_apart(READING, data, limits=FOR_FILES))
    except Rejected as no:
        raise Refused(words_for(no)) from None
    return Table(**{**read, "rows": [(number, cells) for number, cells in read["rows"]]})


def words_for(no: Rejected) -> str:
    """Why a file is not taken, and what helps."""
    return _WORDS[no.reason](no.values)


def _missing(values: Mapping[str, Any]) -> str:
    needed = in_a_row([heading(Column(column), language()) for column in values["columns"]])
    found = in_a_row(values["found"])
    return _("These columns are missing: %(needed)s. The headings we found are: %(found)s.", needed=needed, found=found)


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "empty": lambda _values: _("The file is empty."),
    "no-people": lambda _values: _("There is no row below the headings."),
    "not-a-table": lambda _values: _("This is not a table. Send a workbook (XLSX, XLS, ODS) or a text file (CSV)."),
    "web-page": lambda _values: _(
        "This is a web page with the name of a spreadsheet. Open it in your spreadsheet program, save it as XLSX, and "
        "send that file."
    ),
    "locked": lambda _values: _("The workbook has a password. Save it without one."),
    "broken": lambda _values: _("The file is damaged. Open it in your spreadsheet program and save it anew."),
    "too-heavy": lambda _values: _(
        "The file is larger inside than a list of people can be. Copy the rows into a new workbook and send that."
    ),
    "bytes": lambda values: _("The file is larger than %(most)s MB. Send it in parts.", most=values["most"]),
    "rows": lambda values: _("The file has more than %(most)s rows. Send it in parts.", most=values["most"]),
    "columns": lambda values: _("The table has more than %(most)s columns.", most=values["most"]),
    "cell": lambda values: _(
        "A cell in row %(row)s has more than %(most)s characters.", row=values["row"], most=values["most"]
    ),
    "cell-length": lambda _values: _(
        'A cell is not ended: somewhere a quotation mark (") is opened and not closed. Send the list as XLSX.'
    ),
    "quote": lambda values: _(
        'A cell in row %(row)s holds the rows below it: a quotation mark (") is opened there and not closed.',
        row=values["row"],
    ),
    "encoding": lambda _values: _(
        "We cannot tell in which encoding the letters were saved. Save the file as XLSX, or as CSV in UTF-8."
    ),
    "no-headings": lambda _values: _(
        "We know none of the headings. The first row must name the columns, as in the template below."
    ),
    "missing": _missing,
}
