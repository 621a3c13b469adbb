"""What coordinators say of an edition and of its deadline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    DataRequired,
    Email,
    InputRequired,
    Length,
    StopValidation,
)

from lms.seminars.fields import (
    END_OF_DAY,
    NEEDED,
    ClockField,
    ZonedForm,
    choices,
    may_be,
    needed,
    zones_or_none,
)
from lms.seminars.labels import DEADLINE_POLICIES, EDITION_KINDS
from lms.seminars.models import Edition
from lms.seminars.rules import (
    Deadline,
    DeadlinePolicy,
    EditionFacts,
    EditionKind,
)
from lms.web.forms import DayField, OnceForm
from lms.web.meanwhile import ChangedMeanwhile, SharedForm, marks_of


def _unless_a_day_ends(form: DueForm, field: TimeField) -> None:
    """No time is asked for where the end of a day is meant, and one that cannot be read does not matter."""
    if form.deadline_policy.data == DeadlinePolicy.END_OF_DAY:
        field.errors = []
        raise StopValidation


class DueForm(ZonedForm):
    """A form that says when the pre-reading of an edition is due."""

    deadline_policy = SelectField(
        _l("How the deadline is meant"), choices=choices(DEADLINE_POLICIES), default=str(DeadlinePolicy.INSTANT)
    )
    deadline_day = DayField(_l("Pre-reading is due on"), [InputRequired(NEEDED)])
    deadline_time = ClockField(
        _l("At"),
        [_unless_a_day_ends, InputRequired(NEEDED)],
        default=END_OF_DAY,
        description=_l("Not needed for the end of a day."),
    )

    @property
    def due_zone(self) -> str:
        """The zone on whose clocks it is said."""
        raise NotImplementedError

    @property
    def deadline(self) -> Deadline:
        """What was said, once it was validated."""
        return Deadline(cast(dt.datetime, self.at), self.on)

    @property
    def time_said(self) -> str:
        """The time of day as it is sent, empty where none is needed."""
        return f"{self.deadline_time.data:%H:%M}" if self.deadline_time.data else ""

    def validate_deadline_time(self, field: TimeField) -> None:
        """Find the instant of the deadline."""
        self.place_in(self.due_zone, self.deadline_day.data, field.data)

    def validate_deadline_policy(self, field: SelectField) -> None:
        """Take the day where its end is meant."""
        if field.data == DeadlinePolicy.END_OF_DAY:
            self.ends_with(self.due_zone, self.deadline_day.data)


HOURS = ("morning_from", "morning_until", "afternoon_from", "afternoon_until")
SAID = ("kind", "starts_on", "ends_on", "zone", *HOURS)
WORDS = ("title", "place", "contact", "programme", "practical")


class EditionForm(SharedForm):
    """What a coordinator says of an edition, but for its deadline, which has a page of its own."""

    title = StringField(_l("Title"), needed(200), description=_l("Such as “Global seminar, May 2027”"))
    kind = SelectField(_l("Reach"), choices=choices(EDITION_KINDS))
    place = StringField(_l("Place"), needed(200))
    starts_on = DayField(_l("First day"), [InputRequired(NEEDED)])
    ends_on = DayField(_l("Last day"), [InputRequired(NEEDED)])
    zone = SelectField(
        _l("Time zone of the place"),
        [DataRequired(NEEDED)],
        description=_l("Every day and time of this edition is on the clocks of this zone."),
    )
    morning_from = ClockField(_l("Morning from"), [InputRequired(NEEDED)], default=EditionFacts.morning_from)
    morning_until = ClockField(_l("Morning until"), [InputRequired(NEEDED)], default=EditionFacts.morning_until)
    afternoon_from = ClockField(_l("Afternoon from"), [InputRequired(NEEDED)], default=EditionFacts.afternoon_from)
    afternoon_until = ClockField(_l("Afternoon until"), [InputRequired(NEEDED)], default=EditionFacts.afternoon_until)
    contact = EmailField(
        _l("Address of the office that answers"),
        [*needed(320), Email(_l("This is not an e-mail address."))],
        description=_l("An office, not a person: participants see it."),
    )
    programme = TextAreaField(_l("Programme"), may_be(20000))
    practical = TextAreaField(_l("Practical information"), may_be(20000))

    def __init__(self, kept: Deadline | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.kept, self.zone.choices = kept, zones_or_none()

    def due(self) -> Deadline:
        """The deadline, which stays as it is."""
        return cast(Deadline, self.kept)

    def facts(self) -> EditionFacts:
        """What was said, once it was validated."""
        said = {name: self[name].data for name in SAID if name != "kind"}
        words: dict[str, Any] = {name: (self[name].data or "").strip() for name in WORDS}
        due = self.due()
        return EditionFacts(kind=EditionKind(self.kind.data), deadline_at=due.at, deadline_on=due.day, **said, **words)

    @staticmethod
    def said_of(edition: Edition) -> dict[str, Any]:
        """What the form shows of an edition that is there."""
        return {"obj": edition, "kept": edition.deadline, "shown": marks_of(_present(edition))}

    def show_theirs(self, no: ChangedMeanwhile, edition: Edition) -> None:
        """Somebody else has changed the same; see `show_both`."""
        self.show_both(no, _present(edition), vars(self.facts()))


class NewEditionForm(DueForm, EditionForm, OnceForm):
    """An edition that is not there yet: the course has to be chosen."""

    course = SelectField(_l("Course"), [DataRequired(NEEDED)])

    def __init__(self, courses: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.course.choices = choices(courses)

    @property
    def due_zone(self) -> str:
        """The zone of the place."""
        return str(self.zone.data)

    def due(self) -> Deadline:
        """The deadline that was said."""
        return self.deadline

    @staticmethod
    def copied(edition: Edition) -> dict[str, Any]:
        """What is kept of the edition before: all but its dates."""
        kept = ("title", "kind", "place", "zone", "contact", "programme", "practical", *HOURS)
        return {**{name: getattr(edition, name) for name in kept}, **_deadline_of(edition)}


class EditionDeadlineForm(DueForm):
    """Another deadline for an edition: what was shown of it, and whether the people are told."""

    shown = HiddenField(validators=[Length(max=64)])
    tell = BooleanField(_l("Write to the people whose deadline changes"), default=True)

    def __init__(self, edition: Edition, **more: Any) -> None:
        super().__init__(**more)
        self._zone = edition.zone

    @property
    def due_zone(self) -> str:
        """The zone of the place."""
        return self._zone

    @staticmethod
    def said_of(edition: Edition) -> dict[str, Any]:
        """What the form shows of the present deadline."""
        return {**_deadline_of(edition), "deadline_day": _local(edition).date()}


def _present(edition: Edition) -> dict[str, Any]:
    return {name: getattr(edition, name) for name in (*SAID, *WORDS)}


def _deadline_of(edition: Edition) -> dict[str, Any]:
    time = END_OF_DAY if edition.deadline_on else _local(edition).time()
    return {"deadline_policy": str(edition.deadline.policy), "deadline_time": time}


def _local(edition: Edition) -> dt.datetime:
    return edition.deadline_at.astimezone(ZoneInfo(edition.zone))
