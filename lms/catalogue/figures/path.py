"""A way of one or two strands: stations in the order of time, down to where the strands meet, and on to an end.

Distances say nothing here, only the order. On a wide sheet two strands flow together from both sides; on a slim one
they run beside each other and all words stand at one side.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from typing import Any

from lms.kernel.values import dataclass

from .dates import in_words, time
from .lettering import HEAD, NAME, SOFT, WORDS, Style
from .sheet import Box, Dot, Drawing, Line, Place, Sheet

_STOP, _MEET, _AIR, _CURVE = 5.5, 7.5, 14.0, 40.0
_PAD, _EDGE = 16.0, 3.0
_MOST_LINES, _MOST_NOTE = 3, 5
_HALF = NAME.leading / 2

Station = Mapping[str, Any]


@dataclass(frozen=True)
class Column:
    """Where words start, end or have their middle, which of the three, and the room for them."""

    x: float
    anchor: str
    room: float


@dataclass(frozen=True)
class Rails:
    """Where the strands run and where their words stand, before and after they have met; and the place of the end."""

    strands: tuple[float, ...]
    words: tuple[Column, ...]
    together: float
    onward: Column
    end: Column
    side_by_side: bool = False
    """Whether the names of the strands stand above them all, and not each above its first station."""


def wide(data: Mapping[str, Any], language: str, width: float) -> Drawing:
    """Two strands flow together in the middle; a single one runs at the side."""
    if len(data["strands"]) == 1:
        return slim(data, language, width)
    middle, half = width / 2, width / 2 - 44
    columns = (Column(middle - 44, "end", half), Column(middle + 44, "start", half))
    onward, end = Column(middle + 20, "start", half), Column(middle, "middle", width - 2 * _PAD)
    rails = Rails((middle - 24, middle + 24), columns, middle, onward, end, side_by_side=True)
    return _drawn(data, language, Sheet(width), rails)


def slim(data: Mapping[str, Any], language: str, width: float) -> Drawing:
    """All words at one side."""
    strands = tuple(_MEET + 1 + at * 20 for at in range(len(data["strands"])))
    words = Column(strands[-1] + 20, "start", width - strands[-1] - 20)
    end = Column(_PAD, "start", width - 2 * _PAD)
    return _drawn(data, language, Sheet(width), Rails(strands, (words,) * len(strands), strands[0], words, end))


def in_order(strands: Sequence[Mapping[str, Any]]) -> list[tuple[int, Station]]:
    """The stations of all strands by the day on which they may have begun, each with the number of its strand; within a
    strand as its author put them."""
    sides = [[(at, station) for station in strand["stations"]] for at, strand in enumerate(strands)]
    return list(merge(*sides, key=lambda pair: time(pair[1]["at"]).first))


def _drawn(data: Mapping[str, Any], language: str, sheet: Sheet, rails: Rails) -> Drawing:
    y, begun = 0.0, dict[int, float]()
    if rails.side_by_side:
        y = max(_label(sheet, rails.words[at], strand, 0) for at, strand in enumerate(data["strands"]))
    lowest = [0.0] * len(data["strands"])
    for at, station in in_order(data["strands"]):
        strand = data["strands"][at]
        if at not in begun:
            begun[at] = y + _HALF
            y = y if rails.side_by_side else _label(sheet, rails.words[at], strand, y)
        lowest[at] = y + _HALF
        sheet.draw(Dot(rails.strands[at], y + _HALF, _STOP, "stop"))
        place: Place = ("strands", str(strand["id"]), "stations", str(station["id"]))
        y = _station(sheet, station, place, language, rails.words[at], y) + _AIR
    meets = y + (_CURVE if len(begun) > 1 else 0)
    for at, x in enumerate(rails.strands):
        sheet.draw(*_strand(x, begun[at], max(lowest[at], y), (rails.together, meets + _HALF)))
    return sheet.finished(_onward(sheet, data["together"], language, rails, meets))


def _label(sheet: Sheet, column: Column, strand: Mapping[str, Any], y: float) -> float:
    lines = sheet.broken(("strands", str(strand["id"]), "label"), strand["label"], SOFT, column.room, _MOST_LINES)
    return sheet.write(column.x, y, lines, SOFT, column.anchor) + _AIR


def _station(
    sheet: Sheet, station: Station, place: Place, language: str, column: Column, y: float, head: Style = NAME
) -> float:
    for name, text, style, most in _words(station, head, language):
        lines = sheet.broken((*place, name), text, style, column.room, most)
        y = sheet.write(column.x, y, lines, style, column.anchor)
    return y


def _words(station: Station, head: Style, language: str) -> Iterator[tuple[str, str, Style, int]]:
    """What is written of a station: field, words, style, and lines there are at most."""
    yield "label", station["label"], head, _MOST_LINES
    if "at" in station:
        yield "at", in_words(station["at"], language), SOFT, 2
    if "note" in station:
        yield "note", station["note"], WORDS, _MOST_NOTE


def _strand(x: float, first: float, bend: float, meeting: tuple[float, float]) -> list[Line]:
    """Straight from the first station, then in a curve to where the strands meet."""
    if x == meeting[0]:
        return [Line(((x, first), meeting), "way")]
    middle = (bend + meeting[1]) / 2
    curve = ((x, bend), (x, middle), (meeting[0], middle), meeting)
    return [Line(((x, first), (x, bend)), "way"), Line(curve, "way", curved=True)]


def _onward(sheet: Sheet, together: Sequence[Station], language: str, rails: Rails, y: float) -> float:
    """From the meeting to the end, which has a panel of its own; answers with where it ends."""
    *stations, last = together
    met = y + _HALF
    for station in stations:
        sheet.draw(Dot(rails.together, y + _HALF, _MEET, "bar"))
        y = _station(sheet, station, ("together", str(station["id"])), language, rails.onward, y) + _AIR
    y = max(y, met)
    sheet.draw(Line(((rails.together, met), (rails.together, y)), "way"))
    place: Place = ("together", str(last["id"]))
    below = _station(sheet, last, place, language, rails.end, y + _PAD - _EDGE, HEAD) + _PAD - _EDGE
    sheet.draw(Box(0, y, sheet.width, below - y, "panel"), Box(0, y, sheet.width, _EDGE, "bar"))
    return below
