"""What the forms of this context are made of: lines, choices, days, times, and a time on the clocks of a zone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, Optional, Regexp, ValidationError

from lms.web.dates import is_zone
from lms.web.forms import Form, zone_choices

from .rules import NoSuchTime, end_of_day, instant

NEEDED = _l("This is needed.")
_NO_TIME = _l("Write the time with 24 hours, such as 18:00.")
# Control characters, but those that end a line or a page; the first of them cannot be kept on every database.
_SEEN = re.compile(r"[^\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]*\Z")
END_OF_DAY = dt.time(23, 59)


def needed(longest: int) -> list[Any]:
    """A line that must be there and may be this long."""
    return [DataRequired(NEEDED), *_text(longest)]


def may_be(longest: int) -> list[Any]:
    """A line that may be missing."""
    return [Optional(), *_text(longest)]


def _text(longest: int) -> list[Any]:
    signs = Regexp(_SEEN, message=_l("There are signs in this text that cannot be seen. Write it anew."))
    return [Length(max=longest, message=_l("At most %(max)d characters.")), signs]


def choices(labels: Mapping[Any, Any], nothing: Any = None) -> list[SelectChoice]:
    """A select's choices, with an empty one first where something must be chosen on purpose."""
    named = [SelectChoice(str(key), label) for key, label in labels.items()]
    return [SelectChoice("", nothing), *named] if nothing else named


def zones_or_none() -> list[SelectChoice]:
    """Every time zone, and none first."""
    return [SelectChoice("", _("Choose…")), *zone_choices()]


class ClockField(TimeField):  # type: ignore[misc]
    """A time of day; midnight is refused, because nobody knows which end of the day was meant."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError with our sentence."""
        try:
            super().process_formdata([value[:5] for value in valuelist])
        except ValueError:
            raise ValueError(_NO_TIME) from None
        if self.data == dt.time(0, 0):
            raise ValueError(_("Write 23:59 for the end of a day. 00:00 can be read as either end of it."))


class ZonedForm(Form):
    """A form with a day and a time on the clocks of one zone; `at` is the instant once it was validated."""

    at: dt.datetime | None = None
    on: dt.date | None = None
    """The day, where its end is meant in the zone of each person's institution; `at` is then its end in the zone."""
    twice: str | None = None
    """A sentence for the page where the clocks show the time twice."""

    def ends_with(self, zone: str, day: dt.date | None) -> None:
        """Take the end of a day as what is meant."""
        if day is not None and is_zone(zone):
            self.on, self.at = day, end_of_day(day, zone)

    def place_in(self, zone: str, day: dt.date | None, time: dt.time | None) -> None:
        """Find the instant; raises ValidationError for a time that the clocks of the zone leave out."""
        if day is None or time is None or not is_zone(zone):
            return
        said = f"{time:%H:%M}"
        try:
            self.at, twice = instant(day, time, zone)
        except NoSuchTime:
            raise ValidationError(
                _("On this day the clocks are put forward over %(time)s. Choose another time.", time=said)
            ) from None
        if twice:
            self.twice = _("The clocks show %(time)s twice on this day; the later one counts.", time=said)
