"""Days, months and years as course files write them: their place in time, and their words in any language."""

from __future__ import annotations

import calendar
import datetime as dt

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta

from lms.kernel.values import dataclass

# Dates run day, month, year; plain English would turn them.
_WRITTEN_AS = {"en": "en_GB"}
_OLDEST, _LATEST = 1000, 2999
_MONTHS_TELL_BETTER = 24
_DAYS_TELL_BETTER = 60
_MONTH, _YEAR = 365.2425 / 12, 365.2425


@dataclass(frozen=True, slots=True)
class Time:
    """From the morning of `first` to the evening of `last`; `exact` where both are one day."""

    first: dt.date
    last: dt.date

    @property
    def exact(self) -> bool:
        """Whether it is a single day."""
        return self.first == self.last

    @property
    def begins(self) -> float:
        """Its first moment, in days."""
        return self.first.toordinal()

    @property
    def ends(self) -> float:
        """Its last moment, in days."""
        return self.last.toordinal() + 1

    @property
    def middle(self) -> float:
        """What it is put in order by: a year counts by its middle."""
        return (self.begins + self.ends) / 2


def time(written: str) -> Time:
    """ "2008", "2008-02" or "2008-02-28". Raises ValueError for what is not in the calendar, or far from our time."""
    parts = [int(part) for part in written.split("-")]
    year, month, day = [*parts, 0, 0][:3]
    if not _OLDEST <= year <= _LATEST:
        raise ValueError(written)
    if len(parts) == 3:
        return Time(dt.date(year, month, day), dt.date(year, month, day))
    if len(parts) == 2:
        return Time(dt.date(year, month, 1), dt.date(year, month, calendar.monthrange(year, month)[1]))
    return Time(dt.date(year, 1, 1), dt.date(year, 12, 31))


def in_words(written: str, language: str, *, short: bool = False) -> str:
    """As exact as it is written: "2008", "February 2008", "28 February 2008"; `short` for "28 Feb 2008"."""
    found, locale = time(written).first, _locale(language)
    if written.count("-") == 0:
        return str(found.year)
    if written.count("-") == 1:
        return str(format_skeleton("yMMM" if short else "yMMMM", found, locale=locale))
    # CLDR has no skeleton for a day with its month in full.
    return str(format_skeleton("yMMMd", found, locale=locale) if short else format_date(found, "long", locale=locale))


def month_in_words(day: dt.date, language: str) -> str:
    """A month for the edge of a scale, shortened; January as the year it begins."""
    return str(day.year) if day.month == 1 else format_date(day, "LLL", locale=_locale(language))


def how_long(first: float, last: float, language: str) -> str:
    """The time between two moments in days, in the largest of years, months and days that tells it truly."""
    days = last - first
    months = round(days / _MONTH)
    unit, number, length = "day", round(days), 1
    if days >= _DAYS_TELL_BETTER:
        unit, number, length = "month", months, 30
    if months >= _MONTHS_TELL_BETTER and abs(days / _YEAR - round(days / _YEAR)) <= 1 / 12:
        unit, number, length = "year", round(days / _YEAR), 365
    exactly = dt.timedelta(days=number * length)
    return format_timedelta(exactly, granularity=unit, threshold=float("inf"), locale=_locale(language))  # type: ignore[arg-type]


def right_to_left(language: str) -> bool:
    """Whether its lines run from right to left."""
    return _locale(language).text_direction == "rtl"


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_WRITTEN_AS.get(language, language))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(_WRITTEN_AS["en"])
