"""Shape and type of what coordinators and participants send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, EmailField, HiddenField, SelectField, StringField, TextAreaField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    AnyOf,
    DataRequired,
    Email,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)

from lms.web.dates import is_zone
from lms.web.forms import Form, OnceForm, zone_choices

from .labels import COMPANIONS, CONTACTS, DEADLINE_POLICIES, EDITION_KINDS, HALVES, SECTORS
from .models import Edition
from .rules import DeadlinePolicy, EditionFacts, EditionKind, NoSuchTime, end_of_day, instant

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


def choices(labels: Mapping[Any, Any], nothing: Any = None) -> list[SelectChoice]:
    """A select's choices, with an empty one first where something must be chosen on purpose."""
    named = [SelectChoice(str(key), label) for key, label in labels.items()]
    return [SelectChoice("", nothing), *named] if nothing else named


def zones_or_none() -> list[SelectChoice]:
    """Every time zone, and none first."""
    return [SelectChoice("", _("Choose…")), *zone_choices()]


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


def _unless_a_day_ends(form: EditionForm, field: TimeField) -> None:
    """No time is asked for where the end of a day is meant, and one that cannot be read does not matter."""
    if form.deadline_policy.data == DeadlinePolicy.END_OF_DAY:
        field.errors = []
        raise StopValidation


class EditionForm(ZonedForm):
    """What a coordinator says of an edition."""

    title = StringField(_l("Title"), needed(200), description=_l("Such as “Global seminar, May 2027”"))
    kind = SelectField(_l("Reach"), choices=choices(EDITION_KINDS))
    place = StringField(_l("Place"), needed(200))
    starts_on = DayField(_l("First day"), [InputRequired(_NEEDED)])
    ends_on = DayField(_l("Last day"), [InputRequired(_NEEDED)])
    zone = SelectField(
        _l("Time zone of the place"),
        [DataRequired(_NEEDED)],
        description=_l("Every day and time of this edition is on the clocks of this zone."),
    )
    deadline_policy = SelectField(
        _l("How the deadline is meant"), choices=choices(DEADLINE_POLICIES), default=str(DeadlinePolicy.INSTANT)
    )
    deadline_day = DayField(_l("Pre-reading is due on"), [InputRequired(_NEEDED)])
    deadline_time = ClockField(
        _l("At"),
        [_unless_a_day_ends, InputRequired(_NEEDED)],
        default=END_OF_DAY,
        description=_l("Not needed for the end of a day."),
    )
    contact = EmailField(
        _l("Address of the office that answers"),
        [*needed(320), Email(_l("This is not an e-mail address."))],
        description=_l("An office, not a person: participants see it."),
    )
    programme = TextAreaField(_l("Programme"), may_be(20000))
    practical = TextAreaField(_l("Practical information"), may_be(20000))

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.zone.choices = zones_or_none()

    def validate_deadline_time(self, field: TimeField) -> None:
        """Find the instant of the deadline."""
        self.place_in(self.zone.data, self.deadline_day.data, field.data)

    def validate_deadline_policy(self, field: SelectField) -> None:
        """Take the day where its end is meant."""
        if field.data == DeadlinePolicy.END_OF_DAY:
            self.ends_with(self.zone.data, self.deadline_day.data)

    def facts(self) -> EditionFacts:
        """What was said, once it was validated."""
        said = {name: self[name].data for name in ("starts_on", "ends_on", "zone")}
        lines = ("title", "place", "contact", "programme", "practical")
        words: dict[str, Any] = {name: (self[name].data or "").strip() for name in lines}
        at = cast(dt.datetime, self.at)
        return EditionFacts(kind=EditionKind(self.kind.data), deadline_at=at, deadline_on=self.on, **said, **words)

    @staticmethod
    def said_of(edition: Edition) -> dict[str, Any]:
        """What the form shows of an edition that is there."""
        return {"obj": edition, **_deadline_of(edition), "deadline_day": _local(edition).date()}


class NewEditionForm(EditionForm):
    """An edition that is not there yet: the course has to be chosen."""

    course = SelectField(_l("Course"), [DataRequired(_NEEDED)])

    def __init__(self, courses: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.course.choices = choices(courses)

    @staticmethod
    def copied(edition: Edition) -> dict[str, Any]:
        """What is kept of the edition before: all but its dates."""
        kept = ("title", "kind", "place", "zone", "contact", "programme", "practical")
        return {**{name: getattr(edition, name) for name in kept}, **_deadline_of(edition)}


def _deadline_of(edition: Edition) -> dict[str, Any]:
    time = END_OF_DAY if edition.deadline_on else _local(edition).time()
    return {"deadline_policy": str(edition.deadline.policy), "deadline_time": time}


def _local(edition: Edition) -> dt.datetime:
    return edition.deadline_at.astimezone(ZoneInfo(edition.zone))


class NomineeForm(Form):
    """One person to be invited, or to take over a place."""

    name = StringField(_l("Name"), needed(200), description=_l("As the person writes it, in any script"))
    address = EmailField(_l("E-mail address"), [*needed(320), Email(_l("This is not an e-mail address."))])
    state = StringField(_l("State"), needed(100), description=_l("As the United Nations writes it"))
    institution = StringField(_l("Ministry or institution"), needed(300))
    sector = SelectField(_l("Sector, for a new ministry or institution"), choices=choices(SECTORS, _l("Choose…")))
    zone = SelectField(_l("Time zone, for a new ministry or institution"))
    language = SelectField(_l("Language of the invitation"))

    def __init__(self, languages: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.zone.choices = zones_or_none()
        self.language.choices = choices(languages)


class ReplaceForm(NomineeForm):
    """Somebody else takes over the place."""

    reason = StringField(_l("Reason"), may_be(500))


class DeclineForm(Form):
    """Why somebody does not come, if they want to say so."""

    reason = StringField(_l("Reason"), may_be(500))


class DeferForm(Form):
    """To which later edition a place is put off."""

    later = SelectField(_l("Later edition"), [DataRequired(_NEEDED)])
    reason = StringField(_l("Reason"), may_be(500))

    def __init__(self, editions: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.later.choices = choices(editions, _l("Choose…"))


class ReasonForm(Form):
    """Why somebody is taken out, or why a name is confirmed for its holder."""

    reason = StringField(_l("Reason"), needed(500))


class SensitiveForm(Form):
    """Whether a person, or everybody of a state, is not to be named; the button says which."""

    reason = StringField(_l("Reason"), needed(500))
    act = HiddenField(validators=[AnyOf(("person-on", "person-off", "state-on", "state-off"))])

    @property
    def of_state(self) -> bool:
        """Whether it is about the state."""
        return str(self.act.data).startswith("state")

    @property
    def on(self) -> bool:
        """Whether the mark is set rather than taken away."""
        return str(self.act.data).endswith("-on")


class DeadlineForm(ZonedForm):
    """More time for one person: on the clocks of the edition's place, or where its deadline is the end of a day, until
    the end of another one in the zone of their institution."""

    day = DayField(_l("New deadline"), [InputRequired(_NEEDED)])
    time = ClockField(_l("At"), [InputRequired(_NEEDED)], default=END_OF_DAY)

    def __init__(self, edition: Edition, **more: Any) -> None:
        super().__init__(**more)
        self.clocks, self.by_day = edition.zone, edition.deadline_on is not None
        if self.by_day:
            del self.time

    def validate_day(self, field: DateField) -> None:
        """Take the day where its end is meant."""
        if self.by_day:
            self.ends_with(self.clocks, field.data)

    def validate_time(self, field: TimeField) -> None:
        """Find the instant of the new deadline."""
        self.place_in(self.clocks, self.day.data, field.data)


class AnswerForm(DeadlineForm):
    """The answer to a request; the day is needed only where more time is given."""

    day = DayField(_l("Until"), [Optional()])
    time = ClockField(_l("At"), [Optional()], default=END_OF_DAY)
    words = TextAreaField(_l("A few words to the person"), may_be(2000))


class MessageForm(Form):
    """What a participant writes to the coordinator."""

    message = TextAreaField(_l("What should your coordinator know?"), needed(2000))


class ContactForm(OnceForm):
    """One entry of the contact log; `corrects` is the public id of the entry that it takes the place of."""

    kind = SelectField(_l("How"), choices=choices(CONTACTS))
    day = DayField(_l("Day"), [InputRequired(_NEEDED)])
    words = TextAreaField(_l("A few words"), may_be(2000))
    corrects = HiddenField(validators=[Optional(), Length(max=32)])


class SessionForm(Form):
    """A half-day of the programme."""

    day = DayField(_l("Day"), [InputRequired(_NEEDED)])
    half = SelectField(_l("Half-day"), choices=choices(HALVES))
    title = StringField(_l("Title"), may_be(200))


class CompanionForm(Form):
    """Somebody in the edition who is no participant."""

    name = StringField(_l("Name"), needed(200))
    address = EmailField(_l("E-mail address"), [*needed(320), Email(_l("This is not an e-mail address."))])
    role = SelectField(_l("Role"), choices=choices(COMPANIONS))


class ImportForm(Form):
    """A file of nominations."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
