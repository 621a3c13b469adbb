"""Time on a true scale, downwards: a rule with its years, events at its one side, the length of periods at the other.

Only places and lengths on the rule are true; the words beside it are moved apart where they would lie on one another,
and a fine line leads from each to its moment.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from lms.kernel.values import dataclass

from .dates import Time, how_long, in_words, month_in_words, time
from .lettering import HEAD, NAME, SMALL, WORDS, Style, width
from .sheet import Box, Dot, Drawing, Line, Place, Sheet, spread

_BAR, _GAP, _AIR = 10.0, 8.0, 12.0
_MOST_LINES = 6
_LEAST_CELL, _LAST_CELL, _MOST_CELLS = SMALL.leading + 3, SMALL.leading - 3, 10
_STEPS = (1, 3, 12, 24, 60, 120, 240, 600, 1200)
_DOT, _SPAN = 4.5, 3.0


@dataclass(frozen=True)
class Columns:
    """Where things stand across the sheet."""

    periods: float
    """Where the words of the periods end."""
    rule_width: float
    leaders: float
    """Room for the lines from moments to their words."""
    under: Style
    """How the words of the periods are set."""

    @property
    def bar(self) -> float:
        """Where the bar of the periods begins."""
        return self.periods + _GAP

    @property
    def rule(self) -> float:
        """Where the rule begins."""
        return self.bar + _BAR

    @property
    def edge(self) -> float:
        """Where the rule ends and events stand."""
        return self.rule + self.rule_width

    @property
    def words(self) -> float:
        """Where the words of events begin."""
        return self.edge + self.leaders


@dataclass(frozen=True)
class Frame:
    """The columns, and how time runs down them."""

    columns: Columns
    began: float
    """The first moment shown, in days."""
    unit: float
    """Units a day is high."""

    def at(self, moment: float) -> float:
        """The height of a moment in days."""
        return NAME.leading / 2 + (moment - self.began) * self.unit


@dataclass(frozen=True)
class Entry:
    """An event or a period, its moment, and its words: a head and lines under it, each in a style."""

    time: Time
    head: tuple[str, ...]
    style: Style
    lines: tuple[str, ...]
    under: Style
    grave: bool = False

    @property
    def height(self) -> float:
        """Of its words."""
        return len(self.head) * self.style.leading + len(self.lines) * self.under.leading


def wide(data: Mapping[str, Any], language: str, width: float) -> Drawing:
    """With room for the words."""
    return _drawn(data, language, Sheet(width), Columns(width * 0.28, 48, 26, WORDS), least=440)


def slim(data: Mapping[str, Any], language: str, width: float) -> Drawing:
    """For a phone: higher, as words need more lines."""
    return _drawn(data, language, Sheet(width), Columns(width * 0.32, 40, 20, SMALL), least=560)


def _drawn(data: Mapping[str, Any], language: str, sheet: Sheet, columns: Columns, *, least: float) -> Drawing:
    events = _events(sheet, data["events"], language, sheet.width - columns.words)
    periods = [_period(sheet, entry, language, columns) for entry in data["periods"]]
    moments = [entry.time for entry in (*events, *periods)]
    began, ended = min(moment.begins for moment in moments), max(moment.ends for moment in moments)
    needed = max(sum(entry.height + _AIR for entry in side) for side in (events, periods))
    frame = Frame(columns, began, max(least, needed) / (ended - began))
    _draw_rule(sheet, frame, ended, language)
    _draw_periods(sheet, frame, periods)
    _draw_events(sheet, frame, events)
    return sheet.finished(max(frame.at(ended) + _DOT + 2, *(put.bottom for put in sheet.written)))


def moment(entry: Mapping[str, Any]) -> Time:
    """The time of an entry of a figure: what it is `at`, or from the first day of `from` to the last of `to`."""
    if "at" in entry:
        return time(entry["at"])
    return Time(time(entry["from"]).first, time(entry["to"]).last)


def _events(sheet: Sheet, entries: list[Mapping[str, Any]], language: str, room: float) -> list[Entry]:
    short = any(width(in_words(entry["at"], language), NAME) > room for entry in entries)
    found = []
    for entry in entries:
        place: Place = ("events", str(entry["id"]))
        head = sheet.broken((*place, "at"), in_words(entry["at"], language, short=short), NAME, room, 2)
        lines = sheet.broken((*place, "label"), entry["label"], WORDS, room, _MOST_LINES)
        found.append(Entry(moment(entry), head, NAME, lines, WORDS))
    return found


def _period(sheet: Sheet, entry: Mapping[str, Any], language: str, columns: Columns) -> Entry:
    place: Place = ("periods", str(entry["id"]))
    when = moment(entry)
    length = how_long(when.begins, when.ends, language)
    style = HEAD if width(length, HEAD) <= columns.periods else NAME
    head = sheet.broken((*place, "from"), length, style, columns.periods, 2)
    lines = sheet.broken((*place, "label"), entry["label"], columns.under, columns.periods, _MOST_LINES)
    return Entry(when, head, style, lines, columns.under, grave=bool(entry.get("grave")))


def _draw_rule(sheet: Sheet, frame: Frame, ended: float, language: str) -> None:
    """The line that events stand on, and the years or months, each named below the line at which it begins."""
    columns, edges = frame.columns, _edges(frame, ended)
    sheet.draw(Line(((columns.edge, frame.at(frame.began)), (columns.edge, frame.at(ended))), "hair"))
    for day in edges:
        y = frame.at(day.toordinal())
        sheet.draw(Line(((columns.rule, y), (columns.edge, y)), "fine"))
    first = dt.date.fromordinal(int(frame.began))
    begun = [] if first in edges else [first]
    middle = (columns.rule + columns.edge) / 2 - 1
    last = dt.date.fromordinal(int(ended))
    for day, after in pairwise([*begun, *edges, last]):
        y = frame.at(day.toordinal())
        # Below the last name there is no line that it could touch.
        if frame.at(after.toordinal()) - y >= (_LAST_CELL if after == last else _LEAST_CELL):
            yearly = all(edge.month == 1 for edge in edges)
            name = str(day.year) if yearly else month_in_words(day, language)
            sheet.write(middle, y + 1, (name,), SMALL, "middle")


def _edges(frame: Frame, ended: float) -> list[dt.date]:
    """The first days of the months or years that the rule shows: the finest that are few and leave room for names."""
    for step in _STEPS:
        days = list(_every(step, frame.began, ended))
        cells = [(after - before).days * frame.unit for before, after in pairwise(days)]
        if len(days) <= _MOST_CELLS and min(cells, default=_LEAST_CELL) >= _LEAST_CELL:
            return days
    return []


def _every(step: int, began: float, ended: float) -> Iterator[dt.date]:
    """The first days of every so many months that lie within two moments."""
    first = dt.date.fromordinal(int(began))
    month = (first.year * 12 + first.month - 1) // step * step
    while (day := dt.date(month // 12, month % 12 + 1, 1)).toordinal() < ended:
        if day.toordinal() >= began:
            yield day
        month += step


def _draw_periods(sheet: Sheet, frame: Frame, entries: list[Entry]) -> None:
    columns = frame.columns
    for entry in entries:
        top, bottom = frame.at(entry.time.begins), frame.at(entry.time.ends)
        if entry.time.exact:
            sheet.draw(Dot(columns.bar + _BAR / 2, (top + bottom) / 2, _BAR / 2 + 1, "stop"))
        elif entry.grave:
            sheet.draw(Box(columns.bar + 0.75, top + 0.75, _BAR - 1.5, max(bottom - top - 1.5, 1), "grave"))
        else:
            sheet.draw(Box(columns.bar, top, _BAR, bottom - top, "bar"))
    wanted = [frame.at(entry.time.middle) - entry.style.leading / 2 for entry in entries]
    tops = spread(wanted, [entry.height for entry in entries], _AIR, 0)
    for entry, y in zip(entries, tops, strict=True):
        _write(sheet, entry, columns.periods, y, "end")


def _draw_events(sheet: Sheet, frame: Frame, entries: list[Entry]) -> None:
    columns = frame.columns
    points = [frame.at(entry.time.middle) for entry in entries]
    wanted = [point - entry.style.leading / 2 for point, entry in zip(points, entries, strict=True)]
    tops = spread(wanted, [entry.height for entry in entries], _AIR, 0)
    for entry, point, y in zip(entries, points, tops, strict=True):
        beside, start = y + entry.style.leading / 2, columns.edge + (0 if entry.time.exact else _SPAN * 2)
        bent = ((start, point), (columns.edge + 8, point), (columns.words - 9, beside), (columns.words - 4, beside))
        sheet.draw(Line(bent, "hair"))
        _write(sheet, entry, columns.words, y, "start")
    for entry, point in zip(entries, points, strict=True):
        if not entry.time.exact:
            high = max((entry.time.ends - entry.time.begins) * frame.unit, 2)
            sheet.draw(Box(columns.edge + _SPAN, point - high / 2, _SPAN, high, "bar"))
        else:
            sheet.draw(Dot(columns.edge, point, _DOT, "stop"))


def _write(sheet: Sheet, entry: Entry, x: float, y: float, anchor: str) -> None:
    sheet.write(x, sheet.write(x, y, entry.head, entry.style, anchor), entry.lines, entry.under, anchor)
