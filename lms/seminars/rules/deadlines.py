"""When the pre-reading is due for one person: at one instant for everybody, or at the end of a day where they serve."""

from __future__ import annotations

import datetime as dt
import enum
from zoneinfo import ZoneInfo

from lms.kernel.values import dataclass

_LAST = dt.time.max
_TICK = dt.timedelta(microseconds=1)


class NoSuchTime(ValueError):
    """The clocks of the zone leave this time out on that day."""


class DeadlinePolicy(enum.StrEnum):
    """How an edition's deadline is meant."""

    INSTANT = "instant"
    END_OF_DAY = "end-of-day"


@dataclass(frozen=True)
class Deadline:
    """One instant, or with `day` the end of that day on the clocks of each person's institution.

    `at` of a day is its end on the clocks of the programme's place: what an edition's own page shows.
    """

    at: dt.datetime
    day: dt.date | None = None

    @property
    def policy(self) -> DeadlinePolicy:
        """Which of the two it is."""
        return DeadlinePolicy.END_OF_DAY if self.day else DeadlinePolicy.INSTANT

    def within(self, zone: str) -> dt.datetime:
        """When it is over for somebody whose institution lives by `zone`."""
        return end_of_day(self.day, zone) if self.day else self.at


def due_at(edition: Deadline, extension: Deadline | None, zone: str) -> dt.datetime:
    """When the pre-reading is due for one person: the edition's deadline on the clocks of their institution's `zone`,
    or their extension where it is later. Every place that asks uses this; `Enrolment.due_at` keeps what it said."""
    ends = edition.within(zone)
    return max(ends, extension.within(zone)) if extension else ends


def due_for(place: str, until: dt.datetime) -> str:
    """What of a deadline is compared for one place (its public id), so that it is alike for no two of them: where days
    end in their own zones, an instant in common would tell a zone."""
    return f"{place} {until.astimezone(dt.UTC).isoformat()}"


def is_over(last_day: dt.date, zone: str, at: dt.datetime) -> bool:
    """Whether an edition's last day is over on the clocks of the place where it is held."""
    return at.astimezone(ZoneInfo(zone)).date() > last_day


def end_of_day(day: dt.date, zone: str) -> dt.datetime:
    """The last instant at which it is that day in `zone`, to the microsecond, in UTC; clocks show 23:59.

    Where 23:59 comes twice it is the later one. Where the clocks jump over it, it is the instant before they jump; of
    a day that a zone leaves out altogether, the end of the day before, which is the same instant.
    """
    place = ZoneInfo(zone)
    wall = dt.datetime.combine(day, _LAST, place)
    first, second = (wall.replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if first.astimezone(place).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return max(first, second)
    return _before_the_jump(second, first, day, place)


def _before_the_jump(still: dt.datetime, after: dt.datetime, day: dt.date, place: ZoneInfo) -> dt.datetime:
    """The last instant in a gap's span whose local day is not after `day`: `still` is not, `after` is."""
    while after - still > _TICK:
        middle = still + (after - still) / 2
        if middle.astimezone(place).date() > day:
            after = middle
        else:
            still = middle
    return still


def told_without_zone(at: dt.datetime, zone: str, programme: str) -> Deadline:
    """The deadline of somebody who serves in `zone`, as it is told where nobody is to learn which zone that is.

    The end of a day there is another time on all other clocks for each zone, so that of such a deadline the day alone
    is told, and its end in `programme`, the zone of the edition, stands for it in orders and counts of days.
    """
    day = at.astimezone(ZoneInfo(zone)).date()
    if at != end_of_day(day, zone):  # chosen as an instant, with its time
        return Deadline(at)
    return Deadline(end_of_day(day, programme), day)


def instant(day: dt.date, time: dt.time, zone: str) -> tuple[dt.datetime, bool]:
    """The instant at which clocks in `zone` show this, and whether they show it twice; then the later one counts.

    Raises NoSuchTime where the clocks are put forward over it.
    """
    place = ZoneInfo(zone)
    earlier, later = (dt.datetime.combine(day, time, place).replace(fold=fold).astimezone(dt.UTC) for fold in (0, 1))
    if earlier.astimezone(place).replace(tzinfo=None, fold=0) != dt.datetime.combine(day, time):
        raise NoSuchTime(f"{day} {time} in {zone}")
    return max(earlier, later), earlier != later
