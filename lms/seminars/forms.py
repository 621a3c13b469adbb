"""Shape and type of what coordinators and participants send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import DataRequired, Email, Length, Optional, ValidationError

from lms.web.dates import zones
from lms.web.forms import Form

from .labels import COMPANIONS, EDITION_KINDS, HALVES, SECTORS
from .rules import EditionFacts, EditionKind, NoSuchTime, instant

_NEEDED = _l("This is needed.")
_NO_DAY = _l("Write the day as year-month-day, such as 2027-04-23.")
_NO_TIME = _l("Write the time with 24 hours, such as 18:00.")
END_OF_DAY = dt.time(23, 59)


def needed(longest: int) -> list[Any]:
    """A line that must be there and may be this long."""
    return [DataRequired(_NEEDED), Length(max=longest, message=_l("At most %(max)d characters."))]


def may_be(longest: int) -> list[Any]:
    """A line that may be missing."""
    return [Optional(), Length(max=longest, message=_l("At most %(max)d characters."))]


def choices(labels: Mapping[Any, Any], nothing: Any = None) -> list[tuple[str, Any]]:
    """A select's choices, with an empty one first where something must be chosen on purpose."""
    return [*([("", nothing)] if nothing else []), *((str(key), label) for key, label in labels.items())]


class DayField(DateField):  # type: ignore[misc]
    """A day, with a sentence that says how to write it."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError with our sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_NO_DAY) from None


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


def resolve(day: dt.date, time: dt.time, zone: str) -> tuple[dt.datetime, str]:
    """The instant, and a sentence where the clocks show it twice; raises ValidationError where they never show it."""
    try:
        at, twice = instant(day, time, zone)
    except NoSuchTime:
        raise ValidationError(
            _("On this day the clocks are put forward over %(time)s. Choose another time.", time=f"{time:%H:%M}")
        ) from None
    sentence = _("The clocks show %(time)s twice on this day; the later one counts.", time=f"{time:%H:%M}")
    return at, sentence if twice else ""


class EditionForm(Form):
    """What a coordinator says of an edition."""

    title = StringField(_l("Title"), needed(200), description=_l("Such as “Global seminar, May 2027”"))
    kind = SelectField(_l("Reach"), choices=choices(EDITION_KINDS))
    place = StringField(_l("Place"), needed(200))
    starts_on = DayField(_l("First day"), [DataRequired(_NEEDED)])
    ends_on = DayField(_l("Last day"), [DataRequired(_NEEDED)])
    zone = SelectField(_l("Time zone of the place"), [DataRequired(_NEEDED)])
    deadline_day = DayField(_l("Pre-reading is due on"), [DataRequired(_NEEDED)])
    deadline_time = ClockField(
        _l("At"), [DataRequired(_NEEDED)], default=END_OF_DAY, description=_l("In the time zone of the place")
    )
    contact = EmailField(
        _l("Address of the office that answers"),
        [*needed(320), Email(_l("This is not an e-mail address."))],
        description=_l("An office, not a person: participants see it."),
    )
    programme = TextAreaField(_l("Programme"), may_be(20000))
    practical = TextAreaField(_l("Practical information"), may_be(20000))

    deadline_note = ""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.zone.choices = [("", _("Choose…")), *((zone, zone.replace("_", " ")) for zone in zones())]

    def facts(self) -> EditionFacts:
        """What was said; call it after `validate`. Raises ValidationError for a time the clocks leave out."""
        deadline, self.deadline_note = resolve(self.deadline_day.data, self.deadline_time.data, self.zone.data)
        return EditionFacts(
            kind=EditionKind(self.kind.data),
            deadline_at=deadline,
            **{
                name: (self[name].data.strip() if isinstance(self[name].data, str) else self[name].data)
                for name in ("title", "place", "starts_on", "ends_on", "zone", "contact", "programme", "practical")
            },
        )


class NewEditionForm(EditionForm):
    """An edition that is not there yet: the course has to be chosen."""

    course = SelectField(_l("Course"), [DataRequired(_NEEDED)])


class NomineeForm(Form):
    """One person to be invited, or to take over a place."""

    name = StringField(_l("Name"), needed(200), description=_l("As the person writes it, in any script"))
    address = EmailField(_l("E-mail address"), [*needed(320), Email(_l("This is not an e-mail address."))])
    state = StringField(_l("State"), needed(100), description=_l("As the United Nations writes it"))
    institution = StringField(_l("Ministry or institution"), needed(300))
    sector = SelectField(_l("Sector, for a new ministry or institution"), choices=choices(SECTORS, _l("Choose…")))
    zone = SelectField(_l("Time zone, for a new ministry or institution"))
    language = SelectField(_l("Language of the invitation"))

    def __init__(self, languages: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(**more)
        self.zone.choices = [("", _("Choose…")), *((zone, zone.replace("_", " ")) for zone in zones())]
        self.language.choices = languages


class ReplaceForm(NomineeForm):
    """Somebody else takes over the place."""

    reason = StringField(_l("Reason"), may_be(500))


class ReasonForm(Form):
    """Why somebody is taken out, or why a name is confirmed for its holder."""

    reason = StringField(_l("Reason"), needed(500))


class DeadlineForm(Form):
    """More time for one person, in the zone of the edition."""

    day = DayField(_l("New deadline"), [DataRequired(_NEEDED)])
    time = ClockField(_l("At"), [DataRequired(_NEEDED)], default=END_OF_DAY)


class AnswerForm(Form):
    """The answer to a request; the day is needed only where more time is given."""

    day = DayField(_l("Until"), [Optional()])
    time = ClockField(_l("At"), [Optional()], default=END_OF_DAY)
    words = TextAreaField(_l("A few words to the person"), may_be(2000))


class MessageForm(Form):
    """What a participant writes to the coordinator."""

    message = TextAreaField(_l("What should your coordinator know?"), needed(2000))


class SessionForm(Form):
    """A half-day of the programme."""

    day = DayField(_l("Day"), [DataRequired(_NEEDED)])
    half = SelectField(_l("Half-day"), choices=choices(HALVES))
    title = StringField(_l("Title"), may_be(200))


class CompanionForm(Form):
    """Somebody in the edition who is no participant."""

    name = StringField(_l("Name"), needed(200))
    address = EmailField(_l("E-mail address"), [*needed(320), Email(_l("This is not an e-mail address."))])
    role = SelectField(_l("Role"), choices=choices(COMPANIONS))
