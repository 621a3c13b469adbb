"""Lists that leave the house: one description of a list, and the files it can be taken away in."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from zoneinfo import ZoneInfo

from flask import stream_with_context
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lms.kernel import throttle
from lms.kernel.apart import Limits, run_apart
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import own_reading
from lms.kernel.values import dataclass

from .access import viewer
from .cells import guarded, none_live
from .languages import gettext as _
from .languages import text_direction
from .logs import note_now

Cell = str | int | dt.date | None
"""A text, a number, a day, or a time of day on the clocks that the head of the column names."""
Line = tuple[Cell, ...]

AT_ONCE = 500
"""Lines that are sent together."""
MOST_TAKEN = 60
"""Lists that one person takes away within five minutes; whoever takes more is no person."""
MOST_IN_A_WORKBOOK = 20_000
"""Lines of a workbook: it is made whole before it is sent."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORKBOOK = Limits(processor=30, patience=60.0)


@dataclass(frozen=True)
class Sheet:
    """A list to take away. `name` is what the file is called: it says of what kind the list is, never of whom."""

    name: str
    head: tuple[str, ...]
    lines: Callable[[Session], Iterable[Line]]
    """What reads them: a long list is read while it is sent, when the request's own session is over."""


def local_time(at: dt.datetime | None, zone: ZoneInfo) -> dt.datetime | None:
    """What the clocks of a zone show, to the minute; a spreadsheet knows no zones."""
    return at.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0) if at else None


def taken_away(about: str, sheet: str, form: str, **details: object) -> None:
    """Note that named people leave the house, before the first of them does: a download that breaks off was read too.

    Raises TooMany for whoever takes one list after another.
    """
    person = viewer()
    if person is not None:
        throttle.count("export", person.subject, at=now(), limit=MOST_TAKEN)
    note_now("list.taken", about, sheet=sheet, form=form, **details)


def as_file(sheet: Sheet, form: str) -> Response:
    """The list as a file of this form, `csv` or `xlsx`. Raises Refused for a workbook that would be too long."""
    return as_csv(sheet) if form == "csv" else as_xlsx(sheet)


def as_xlsx(sheet: Sheet) -> Response:
    """The list as a workbook, made apart. Raises Refused beyond `MOST_IN_A_WORKBOOK` lines."""
    lines = list(islice(sheet.lines(db.session()), MOST_IN_A_WORKBOOK + 1))
    if len(lines) > MOST_IN_A_WORKBOOK:
        raise Refused(
            _("This list is too long for a workbook. Take it as CSV, or choose fewer people with the filters.")
        )
    told = json.dumps([sheet.head, *lines], default=_told, ensure_ascii=False).encode()
    options = {"name": sheet.name, "right_to_left": text_direction() == "rtl"}
    answer = Response(run_apart("lms.web.workbook:made", told, limits=_WORKBOOK, **options), mimetype=XLSX)
    answer.headers.set("Content-Disposition", "attachment", filename=f"{sheet.name}.xlsx")
    return answer


def _told(cell: object) -> dict[str, str]:
    if isinstance(cell, dt.datetime):
        return {"moment": cell.isoformat()}
    if isinstance(cell, dt.date):
        return {"day": cell.isoformat()}
    raise TypeError(f"no cell of a list: {type(cell).__name__}")


def as_csv(sheet: Sheet) -> Response:
    """The list as comma-separated values (RFC 4180), sent line by line while it is read."""
    answer = Response(stream_with_context(_streamed(sheet)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{sheet.name}.csv")
    return answer


def _streamed(sheet: Sheet) -> Iterator[bytes]:
    try:
        with own_reading() as session:
            yield from csv_parts(sheet.head, sheet.lines(session))
    finally:
        # The request is over: what a list has read past its own session would be held open, and everybody held up.
        db.session.remove()


def csv_parts(head: tuple[str, ...], lines: Iterable[Line]) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it, a number of lines at a time."""
    rest = iter(lines)
    yield b"\xef\xbb\xbf" + _written([head])
    while part := list(islice(rest, AT_ONCE)):
        yield _written(part)


def _written(lines: Iterable[Line]) -> bytes:
    page = io.StringIO(newline="")
    csv.writer(page).writerows(map(_told_plainly, lines))
    return page.getvalue().encode()


_AS_IT_IS = frozenset({str, int, type(None)})


def _told_plainly(line: Line) -> Iterable[Cell]:
    """The cells as the file has them. Nearly every line is sent as it is, so it is looked at as a whole first."""
    if not none_live([cell for cell in line if type(cell) is str]):
        return [_plain(cell) for cell in line]
    return [cell if type(cell) in _AS_IT_IS else _plain(cell) for cell in line]


def _plain(cell: Cell) -> str | int | None:
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "minutes")
    return cell.isoformat() if isinstance(cell, dt.date) else cell
