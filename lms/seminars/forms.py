"""Shape and type of what coordinators and participants send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import (
    AnyOf,
    DataRequired,
    Email,
    InputRequired,
    Length,
    Optional,
    StopValidation,
)

from lms.web.dates import short_weekday
from lms.web.forms import Form, OnceForm

from .fields import (
    END_OF_DAY,
    NEEDED,
    ClockField,
    DayField,
    ZonedForm,
    choices,
    may_be,
    needed,
    zones_or_none,
)
from .labels import COMPANIONS, CONTACTS, DEADLINE_POLICIES, EDITION_KINDS, HALVES, MARKS, SECTORS
from .models import Edition
from .rules import (
    Deadline,
    DeadlinePolicy,
    EditionFacts,
    EditionKind,
    Mark,
    SheetSession,
)


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


class EditionForm(Form):
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
        said = {name: self[name].data for name in ("starts_on", "ends_on", "zone")}
        lines = ("title", "place", "contact", "programme", "practical")
        words: dict[str, Any] = {name: (self[name].data or "").strip() for name in lines}
        due = self.due()
        return EditionFacts(kind=EditionKind(self.kind.data), deadline_at=due.at, deadline_on=due.day, **said, **words)

    @staticmethod
    def said_of(edition: Edition) -> dict[str, Any]:
        """What the form shows of an edition that is there."""
        return {"obj": edition, "kept": edition.deadline}


class NewEditionForm(DueForm, EditionForm):
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
        kept = ("title", "kind", "place", "zone", "contact", "programme", "practical")
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

    later = SelectField(_l("Later edition"), [DataRequired(NEEDED)])
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

    day = DayField(_l("New deadline"), [InputRequired(NEEDED)])
    time = ClockField(_l("At"), [InputRequired(NEEDED)], default=END_OF_DAY)

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
    day = DayField(_l("Day"), [InputRequired(NEEDED)])
    words = TextAreaField(_l("A few words"), may_be(2000))
    corrects = HiddenField(validators=[Optional(), Length(max=32)])


ATTESTED = {mark: label for mark, label in MARKS.items() if mark is not Mark.ABSENT}


def _with_words(form: AttestForm, field: DateField) -> None:
    """Raises StopValidation for work without a day."""
    if form.words.data and not any(field.raw_data or ()):
        raise StopValidation(_("Say by which day the work is to be done."))


class AttestForm(Form):
    """What is attested of one half-day: what it was, why, and which work makes up for it."""

    half_day = SelectField(_l("Half-day"))
    mark = SelectField(_l("What is attested"), choices=choices(ATTESTED))
    reason = StringField(_l("Reason"), needed(500), description=_l("The person reads it, with your name."))
    words = TextAreaField(_l("Work that makes up for it"), may_be(2000))
    due_on = DayField(_l("To be done by"), [_with_words, Optional()])

    def __init__(self, half_days: Sequence[SheetSession], **more: Any) -> None:
        super().__init__(**more)
        self.half_day.choices = [(row.key, f"{short_weekday(row.day)}, {HALVES[row.half]}") for row in half_days]

    @property
    def work(self) -> tuple[str, dt.date] | None:
        """The work that was asked for and its day, if any was."""
        return (self.words.data.strip(), self.due_on.data) if self.words.data else None


class SessionForm(Form):
    """A half-day of the programme."""

    day = DayField(_l("Day"), [InputRequired(NEEDED)])
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
