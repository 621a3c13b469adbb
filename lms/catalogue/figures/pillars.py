"""Pillars side by side under what they carry, each with who stands for it and with what.

On a wide sheet they are columns between a beam and the ground; on a slim one the beam turns down the side and holds
them one below the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .lettering import HEAD, SOFT, WORDS
from .sheet import Box, Drawing, Line, Sheet

BEAM, GROUND = 10.0, 3.0
_PAD, _DASH, _INDENT = 16.0, 10.0, 18.0
_MOST_OVER, _MOST_NAME, _MOST_PART, _MOST_FOOT = 5, 4, 5, 4


def wide(data: Mapping[str, Any], _language: str, width: float, apart: float = 20) -> Drawing:
    """Columns of one height."""
    sheet = Sheet(width)
    pillars = data["pillars"]
    column = (width - apart * (len(pillars) - 1)) / len(pillars)
    top = _beam(sheet, data)
    starts = [at * (column + apart) for at in range(len(pillars))]
    # Each is written twice: first to see how high it is, then at its place.
    heads = max(_head(Sheet(width), pillar, 0, top, column) for pillar in pillars)
    parts = max(_parts(Sheet(width), pillar, 0, heads, column) for pillar in pillars)
    feet = max(_foot(Sheet(width), pillar, 0, parts, column) for pillar in pillars)
    for start, pillar in zip(starts, pillars, strict=True):
        sheet.draw(Box(start, top, column, feet - top, "panel"))
        _head(sheet, pillar, start, top, column)
        _parts(sheet, pillar, start, heads, column)
        _foot(sheet, pillar, start, parts, column)
    return sheet.finished(_ground(sheet, data, feet, 0))


def slim(data: Mapping[str, Any], _language: str, width: float, apart: float = 12) -> Drawing:
    """Rows, held by a beam that runs down the side."""
    sheet = Sheet(width)
    top = _beam(sheet, data)
    y = top
    for pillar in data["pillars"]:
        y += apart
        start, column = BEAM, width - BEAM
        foot = _parts(Sheet(width), pillar, start, _head(Sheet(width), pillar, start, y, column), column)
        end = _foot(Sheet(width), pillar, start, foot, column)
        sheet.draw(Box(start, y, column, end - y, "panel"))
        _parts(sheet, pillar, start, _head(sheet, pillar, start, y, column), column)
        y = _foot(sheet, pillar, start, foot, column)
    # It begins within the beam, so that no seam shows.
    sheet.draw(Box(0, top - BEAM, BEAM, y + apart - top + BEAM, "bar"))
    return sheet.finished(_ground(sheet, data, y + apart, 0))


def _beam(sheet: Sheet, data: Mapping[str, Any]) -> float:
    over = sheet.broken(("over",), data["over"], HEAD, sheet.width, _MOST_OVER)
    y = sheet.write(0, 0, over, HEAD) + 8
    sheet.draw(Box(0, y, sheet.width, BEAM, "bar"))
    return y + BEAM


def _ground(sheet: Sheet, data: Mapping[str, Any], y: float, x: float) -> float:
    sheet.draw(Box(x, y, sheet.width - x, GROUND, "ground"))
    if "under" not in data:
        return y + GROUND
    under = sheet.broken(("under",), data["under"], SOFT, sheet.width, _MOST_OVER)
    return sheet.write(0, y + GROUND + 8, under, SOFT)


def _head(sheet: Sheet, pillar: Mapping[str, Any], x: float, y: float, column: float) -> float:
    room = column - 2 * _PAD
    label = sheet.broken((*_place(pillar), "label"), pillar["label"], SOFT, room, 2)
    name = sheet.broken((*_place(pillar), "name"), pillar["name"], HEAD, room, _MOST_NAME)
    return sheet.write(x + _PAD, sheet.write(x + _PAD, y + 12, label, SOFT) + 2, name, HEAD) + 10


def _parts(sheet: Sheet, pillar: Mapping[str, Any], x: float, y: float, column: float) -> float:
    for part in pillar["parts"]:
        place = (*_place(pillar), "parts", part["id"], "label")
        found = sheet.broken(place, part["label"], WORDS, column - 2 * _PAD - _INDENT, _MOST_PART)
        middle = y + WORDS.leading / 2
        sheet.draw(Line(((x + _PAD, middle), (x + _PAD + _DASH, middle)), "way"))
        y = sheet.write(x + _PAD + _INDENT, y, found, WORDS) + 6
    return y + 6


def _foot(sheet: Sheet, pillar: Mapping[str, Any], x: float, y: float, column: float) -> float:
    if "foot" not in pillar:
        return y
    found = sheet.broken((*_place(pillar), "foot"), pillar["foot"], SOFT, column - 2 * _PAD, _MOST_FOOT)
    sheet.draw(Line(((x + _PAD, y), (x + column - _PAD, y)), "fine"))
    return sheet.write(x + _PAD, y + 8, found, SOFT) + 12


def _place(pillar: Mapping[str, Any]) -> tuple[str, str]:
    return ("pillars", str(pillar["id"]))
