"""What stands in a participant's calendar: the deadline, the seminar, its half-days. Nothing that anybody has typed."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from lms.kernel.values import dataclass

from . import HalfDay

KEPT_CANCELLED = dt.timedelta(days=30)
Hours = Mapping[HalfDay, tuple[dt.time, dt.time]]
"""From when to when a half-day takes a calendar up, on the clocks of the place; the programme says it more exactly."""


class What(enum.StrEnum):
    """The kinds of entries."""

    DEADLINE = "deadline"
    SEMINAR = "seminar"
    MORNING = "morning"
    AFTERNOON = "afternoon"


@dataclass(frozen=True)
class CalendarPlace:
    """A place in an edition as a calendar tells of it. `key` is the enrolment's public id; `left` whoever gave it up.

    `revision` counts the changes of the edition and of the place, `extensions` those of the deadline alone; neither
    ever becomes less. `changed` and `extended` are when the last one of each was.
    """

    key: str
    left: bool
    due_at: dt.datetime
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    revision: int
    changed: dt.datetime
    extensions: int
    extended: dt.datetime | None
    halves: Sequence[tuple[dt.date, HalfDay]]
    called_off: Sequence[tuple[dt.date, HalfDay]]
    hours: Hours


@dataclass(frozen=True)
class Planned:
    """One entry without its words. `begins` and `ends` are both days, the last one not included, or both instants; a
    moment has no end."""

    what: What
    uid: str
    sequence: int
    changed: dt.datetime
    begins: dt.date | dt.datetime
    ends: dt.date | dt.datetime | None
    cancelled: bool


def planned(place: CalendarPlace) -> Iterator[Planned]:
    """Every entry of one place: the deadline, the seminar's days, its half-days and those that were called off."""
    due = place.due_at.replace(second=0, microsecond=0)
    told = max(place.changed, place.extended or place.changed)
    revision = place.revision + place.extensions
    yield Planned(What.DEADLINE, _uid(place, "deadline"), revision, told, due, None, place.left)
    after = place.ends_on + dt.timedelta(days=1)
    yield _entry(place, What.SEMINAR, "seminar", place.starts_on, after, cancelled=place.left)
    for day, half in place.halves:
        yield _half_day(place, day, half, cancelled=place.left)
    for day, half in place.called_off:
        if (day, half) not in place.halves:
            yield _half_day(place, day, half, cancelled=True)


def _half_day(place: CalendarPlace, day: dt.date, half: HalfDay, *, cancelled: bool) -> Planned:
    begins, ends = (
        dt.datetime.combine(day, hour, ZoneInfo(place.zone)).astimezone(dt.UTC) for hour in place.hours[half]
    )
    return _entry(place, What(half), f"{day}-{half}", begins, ends, cancelled=cancelled)


def _entry(
    place: CalendarPlace,
    what: What,
    name: str,
    begins: dt.date | dt.datetime,
    ends: dt.date | dt.datetime,
    *,
    cancelled: bool,
) -> Planned:
    return Planned(what, _uid(place, name), place.revision, place.changed, begins, ends, cancelled)


def _uid(place: CalendarPlace, name: str) -> str:
    return f"{place.key}-{name}@lms"
