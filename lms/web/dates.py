"""Dates as people write them: weekday, day, month, year, 24-hour time, and always the place and its offset."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from flask import Flask
from flask_babel import LazyString

from .day_words import place_of, written
from .languages import language, unmarked
from .languages import lazy_gettext as _l

AREAS: Mapping[str, LazyString] = {
    "Africa": _l("Africa"),
    "America": _l("America"),
    "Antarctica": _l("Antarctica"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic Ocean"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific Ocean"),
}
"""What the areas are called by which zones are sorted."""


@lru_cache(maxsize=1)
def zones() -> tuple[str, ...]:
    """The IANA zones people can choose, by name."""
    areas = tuple(f"{area}/" for area in AREAS)
    return tuple(sorted(zone for zone in available_timezones() if zone.startswith(areas) or zone == "UTC"))


def zones_by_area() -> dict[str, list[tuple[str, str]]]:
    """(zone, its place) below each area, in the page's language and its alphabet; UTC first, outside the areas."""
    named = _named_zones(language())
    groups = {str(label): [one for one in named if one[0].startswith(f"{area}/")] for area, label in AREAS.items()}
    return {"": [("UTC", "UTC")], **groups}


@lru_cache(maxsize=8)
def _named_zones(locale: str) -> tuple[tuple[str, str], ...]:
    """Every zone with its place, in alphabetical order; an older name of a zone, which some have, is told apart."""
    named = ((zone, _place(zone, locale) + _older_name(zone)) for zone in zones())
    return tuple(sorted(named, key=lambda one: unmarked(one[1])))


def _older_name(zone: str) -> str:
    return f" ({zone.replace('_', ' ')})" if zone in get_global("zone_aliases") else ""


def is_zone(name: str) -> bool:
    """Whether `name` is a zone people can choose."""
    return name in zones()


def long_day(day: dt.date) -> str:
    """Such as "Friday 23 April 2027", in the page's language."""
    return _written(day, "EEEE d MMMM y", language())


def opening_day(first: dt.date, last: dt.date) -> str:
    """The first of two days, without what the last says again: "Sunday 9" before "to Saturday 15 May 2027"."""
    if first.year != last.year:
        return long_day(first)
    pattern = "EEEE d" if first.month == last.month else "EEEE d MMMM"
    return _written(first, pattern, language())


def short_weekday(day: dt.date) -> str:
    """For the head of a narrow column: "Sun 9 May"."""
    return _written(day, "EEE d MMM", language())


def short_day(day: dt.date) -> str:
    """Such as "23 April 2027"."""
    return _written(day, "d MMMM y", language())


def month_of(day: dt.date) -> str:
    """The month of a day, such as "November 2012"."""
    return _written(day, "MMMM y" if language().partition("_")[0] == "es" else "LLLL y", language())


@lru_cache(maxsize=4096)
def _written(day: dt.date, pattern: str, locale: str) -> str:
    """A day by a pattern of CLDR's letters, with what a language puts between them: "23 de abril", "1er mai"."""
    spoken = locale.partition("_")[0]
    if spoken == "es":
        pattern = pattern.replace("d MMMM", "d 'de' MMMM").replace("MMMM y", "MMMM 'de' y")
    elif spoken == "fr" and day.day == 1:
        pattern = re.sub(r"\bd\b", "d'er'", pattern)
    return written(day, pattern, locale)


def clock_time(at: dt.datetime, zone: str) -> str:
    """Such as "19:00" in `zone`; midnight at the end of a day is written 23:59 by whoever sets a deadline."""
    return f"{at.astimezone(ZoneInfo(zone)):%H:%M}"


def local_day(at: dt.datetime, zone: str) -> dt.date:
    """The day it is in `zone` at that instant."""
    return at.astimezone(ZoneInfo(zone)).date()


def place(zone: str) -> str:
    """The place that a zone is named after, such as "Dar es Salaam"."""
    return _place(zone, language())


def _place(zone: str, locale: str) -> str:
    return "UTC" if zone == "UTC" else place_of(zone, locale)


def town(place: str) -> str:
    """The town of an edition's place, "Oświęcim" of "Oświęcim, Poland": its zone is named after another city."""
    return place.split(",", 1)[0].strip()


def offset(at: dt.datetime, zone: str) -> str:
    """The offset from UTC at that instant, such as "UTC+3" or "UTC+5:30"."""
    minutes = int((at.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta()).total_seconds() // 60)
    sign = "+" if minutes >= 0 else "−"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "")


def moment(at: dt.datetime, zone: str, where: str = "") -> str:
    """The whole of it: "Friday 23 April 2027, 19:00 (Dar es Salaam, UTC+3)"; `where` for another town of the zone."""
    where = where or place(zone)
    clock = f"{long_day(local_day(at, zone))}, {clock_time(at, zone)}"
    return f"{clock} (UTC)" if zone == "UTC" else f"{clock} ({where}, {offset(at, zone)})"


def other_clocks(at: dt.datetime, *places: tuple[str | None, str]) -> list[tuple[str, str]]:
    """Of (zone, its town or nothing) those whose clocks show something else at that instant than the ones before them,
    with the town; zones that nobody has chosen are left out."""
    found: dict[dt.datetime, tuple[str, str]] = {}
    for zone, where in places:
        if zone:
            found.setdefault(at.astimezone(ZoneInfo(zone)).replace(tzinfo=None), (zone, where or place(zone)))
    return list(found.values())


def clocks(at: dt.datetime, *places: tuple[str | None, str]) -> list[str]:
    """The moment on each of these clocks that differ, in words."""
    return [moment(at, zone, where) for zone, where in other_clocks(at, *places)]


def short_moment(at: dt.datetime, zone: str) -> str:
    """For tables, the zone being said once: "12 April 2027, 09:12"."""
    return f"{short_day(local_day(at, zone))}, {clock_time(at, zone)}"


def days_left(until: dt.datetime, at: dt.datetime, zone: str) -> int:
    """Whole days on the calendar of `zone` between two instants; negative when it is past."""
    return (local_day(until, zone) - local_day(at, zone)).days


def install(app: Flask) -> None:
    """Let templates write dates."""
    app.jinja_env.globals.update(
        moment=moment,
        short_moment=short_moment,
        long_day=long_day,
        opening_day=opening_day,
        short_weekday=short_weekday,
        short_day=short_day,
        month_of=month_of,
        clock_time=clock_time,
        local_day=local_day,
        zone_place=place,
        town=town,
        zone_offset=offset,
        days_left=days_left,
    )
