"""A calendar as text (RFC 5545), for programs that ask again by themselves; all times are in UTC.

Our own few lines, because a library for it would cost each worker three megabytes; tests read them with that library.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from lms.kernel.values import dataclass

PRODUCT = "-//Raphael Lemkin Seminar//LMS//EN"
REFRESH = "PT12H"
_MOST_OCTETS = 75
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True)
class Entry:
    """One event. `begins` and `ends` are both days (`ends` is the first day after it) or both instants; an instant
    without `ends` is a moment. `sequence` grows with every change, `changed` is when the last one was."""

    uid: str
    sequence: int
    changed: dt.datetime
    begins: dt.date | dt.datetime
    ends: dt.date | dt.datetime | None
    summary: str
    description: str
    url: str
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry]) -> str:
    """The whole of it. Source: RFC 5545 and, for the refreshing, RFC 7986."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "METHOD:PUBLISH",
        f"NAME:{_text(name)}",
        f"X-WR-CALNAME:{_text(name)}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        *(line for entry in entries for line in _event(entry)),
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(entry: Entry) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"SEQUENCE:{entry.sequence}"
    yield f"DTSTAMP:{_instant(entry.changed)}"
    yield f"LAST-MODIFIED:{_instant(entry.changed)}"
    yield f"DTSTART{_when(entry.begins)}"
    if entry.ends is not None:
        yield f"DTEND{_when(entry.ends)}"
    yield f"SUMMARY:{_text(entry.summary)}"
    yield f"DESCRIPTION:{_text(entry.description)}"
    yield f"URL:{entry.url}"
    yield f"STATUS:{'CANCELLED' if entry.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT" if entry.ends is None or not isinstance(entry.begins, dt.datetime) else "TRANSP:OPAQUE"
    yield "END:VEVENT"


def _when(at: dt.date | dt.datetime) -> str:
    return f":{_instant(at)}" if isinstance(at, dt.datetime) else f";VALUE=DATE:{at:%Y%m%d}"


def _instant(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def _text(said: str) -> str:
    return said.translate(_ESCAPES)


def _folded(line: str) -> str:
    """At most 75 octets a line, the next one after a blank; no letter is cut apart."""
    parts, part, size = [], "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > _MOST_OCTETS:
            parts.append(part)
            part, size = "", 1
        part, size = part + letter, size + octets
    return "\r\n ".join([*parts, part])
