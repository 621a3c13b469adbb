"""Days as spreadsheets and people write them."""

from __future__ import annotations

import datetime as dt
import re

# Excel's first system counts a 29 February 1900 that never was; days since then come out right from this one.
_FIRST = {False: dt.date(1899, 12, 30), True: dt.date(1904, 1, 1)}
_LEAST, _MOST = 15_000, 60_000
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?")
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")


def day_of(text: str, *, since_1904: bool = False) -> dt.date | None:
    """The day that a cell names; None where it names none, or where day and month could be exchanged."""
    if found := _ISO.fullmatch(text):
        return _day(*found.groups())
    if found := _POINTS.fullmatch(text):
        return _day(*reversed(found.groups()))
    if found := _SLASHES.fullmatch(text):
        return _either(found[1], found[2], found[3])
    if (found := _SERIAL.fullmatch(text)) and _LEAST <= int(found[1]) <= _MOST:
        return _FIRST[since_1904] + dt.timedelta(days=int(found[1]))
    return None


def _either(first: str, second: str, year: str) -> dt.date | None:
    """Half the world writes the month first."""
    found = {day for day in (_day(year, second, first), _day(year, first, second)) if day}
    return found.pop() if len(found) == 1 else None


def _day(*parts: str) -> dt.date | None:
    year, month, day = map(int, parts)
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
