"""The words of dates: months, weekdays and the places of zones in each language, with its names of languages and lists.

They are CLDR's. Babel reads all that CLDR knows of a language to write one date, which takes a server some 2 MB for
each, and as much again for all languages together. For the languages of the interface the few words that pages need
stand in files of their own, which `python -m tools.day_words` writes; for any other language Babel is asked.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale
from babel.dates import get_timezone_location

FOLDER = Path(__file__).parent / "data" / "days"
# Without a comma before the "and".
_LISTS_AS = {"en": "en_GB"}
# A text between quotes, or one of CLDR's letters for a part of a date.
_PART = re.compile(r"'([^']*)'|(EEEE|EEE|MMMM|MMM|LLLL|d|y)")


class DayWords(NamedTuple):
    """What one language calls them; Monday and January come first. Of places only those that are not called as their
    zone is, as "Asia/Kolkata"."""

    weekdays: list[str]
    weekdays_short: list[str]
    months: list[str]
    months_short: list[str]
    months_alone: list[str]
    places: Mapping[str, str]
    lists: Mapping[str, str]
    """What stands between two alone, between the first two, the next, and before the last: as in "{0}, {1}"."""
    languages: Mapping[str, str]
    """Every language that has a name, by its code; with its varieties."""


@lru_cache(maxsize=32)
def words_of(locale: str) -> DayWords:
    """Those of a language, from its file where it has one."""
    kept = FOLDER / f"{locale}.json"
    return DayWords(**json.loads(kept.read_text(encoding="utf-8"))) if kept.is_file() else from_cldr(locale)


def from_cldr(code: str) -> DayWords:
    """Those of any language that CLDR has. Raises babel.UnknownLocaleError."""
    locale = Locale.parse(code)
    days, months = locale.days["format"], locale.months["format"]
    places = {
        zone: found
        for zone in sorted(available_timezones())
        if (found := _place_by_cldr(zone, locale)) != _place_by_name(zone)
    }
    return DayWords(
        weekdays=[days["wide"][number] for number in range(7)],
        weekdays_short=[days["abbreviated"][number] for number in range(7)],
        months=[months["wide"][number] for number in range(1, 13)],
        months_short=[months["abbreviated"][number] for number in range(1, 13)],
        months_alone=[locale.months["stand-alone"]["wide"][number] for number in range(1, 13)],
        places=places,
        languages=dict(locale.languages),
        lists=dict(Locale.parse(_LISTS_AS.get(code, code)).list_patterns["standard"]),
    )


def _place_by_cldr(zone: str, locale: Locale) -> str:
    return get_timezone_location(ZoneInfo(zone), locale=locale, return_city=True).rsplit("/", 1)[-1]


def _place_by_name(zone: str) -> str:
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def place_of(zone: str, locale: str) -> str:
    """The place that a zone is named after."""
    return words_of(locale).places.get(zone) or _place_by_name(zone)


def written(day: dt.date, pattern: str, locale: str) -> str:
    """A day by a pattern of these letters of CLDR: EEEE, EEE, d, MMMM, MMM, LLLL, y, and texts between quotes."""
    words, month = words_of(locale), day.month - 1
    parts = {
        "EEEE": words.weekdays[day.weekday()],
        "EEE": words.weekdays_short[day.weekday()],
        "d": str(day.day),
        "MMMM": words.months[month],
        "MMM": words.months_short[month],
        "LLLL": words.months_alone[month],
        "y": str(day.year),
    }
    return _PART.sub(lambda found: parts[found[2]] if found[2] else found[1], pattern)


def listed(names: Sequence[str], locale: str) -> str:
    """Names in a row, as CLDR's patterns for lists put them together."""
    if len(names) < 2:
        return "".join(names)
    between = words_of(locale).lists
    if len(names) == 2:
        return between["2"].format(*names)
    row = between["start"].format(*names[:2])
    for name in names[2:-1]:
        row = between["middle"].format(row, name)
    return between["end"].format(row, names[-1])
