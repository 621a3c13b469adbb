"""What coordinators say of people and their places, and what participants write."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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
from lms.seminars.labels import COMPANIONS, CONTACTS, SECTORS
from lms.seminars.models import Edition
from lms.web.forms import DayField, Form, OnceForm


class NomineeForm(OnceForm):
    """One person to be invited, or to take over a place."""

    name = StringField(_l("Name"), needed(200), description=_l("As the person writes it, in any script"))
    address = EmailField(_l("E-mail address"), [*needed(320), Email(_l("This is not an e-mail address."))])
    state = StringField(_l("State"), needed(100), description=_l("As the United Nations writes it"))
    institution = StringField(_l("Ministry or institution"), needed(300))
    sector = SelectField(_l("Sector, for a new ministry or institution"), choices=choices(SECTORS, _l("Choose…")))
    zone = SelectField(_l("Time zone, for a new ministry or institution"))
    language = SelectField(_l("Language of the invitation"))
    due = DayField(
        _l("Pre-reading is due"),
        [Optional()],
        description=_l("At the end of this day. Leave it empty for the deadline of the edition."),
    )

    def __init__(self, languages: Mapping[str, str], **more: Any) -> None:
        super().__init__(**more)
        self.zone.choices = zones_or_none()
        self.language.choices = choices(languages)


class ReplaceForm(NomineeForm):
    """Somebody else takes over the place, as its page showed it."""

    reason = StringField(_l("Reason"), may_be(500))
    shown = HiddenField(validators=[Length(max=64)])


class DeclineForm(Form):
    """Why somebody does not come, if they want to say so."""

    reason = StringField(_l("Reason"), may_be(500))


class TwoAddressesForm(Form):
    """Two entries whose names do not tell that they are one person."""

    first = EmailField(_l("E-mail address of the first entry"), needed(320))
    second = EmailField(_l("E-mail address of the second entry"), needed(320))


class JoinForm(Form):
    """That two entries are one person, with the fingerprint of what was shown of them."""

    shown = HiddenField(validators=[Length(max=64)])
    sure = BooleanField(
        _l("I have made sure that both entries are the same person"),
        [DataRequired(_l("Say that you have made sure: this cannot be undone."))],
    )


class DeferForm(OnceForm):
    """To which later edition a place is put off, as its page showed it."""

    later = SelectField(_l("Later edition"), [DataRequired(NEEDED)])
    reason = StringField(_l("Reason"), may_be(500))
    shown = HiddenField(validators=[Length(max=64)])

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
    less = BooleanField(_l("The person is to have less time than they were given before"))

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

    def __init__(self, edition: Edition, **more: Any) -> None:
        super().__init__(edition, **more)
        del self.less  # nobody asks for it


class MessageForm(Form):
    """What a participant writes to the coordinator."""

    message = TextAreaField(_l("What should your coordinator know?"), needed(2000))


class ContactForm(OnceForm):
    """One entry of the contact log; `corrects` is the public id of the entry that it takes the place of."""

    kind = SelectField(_l("How"), choices=choices(CONTACTS))
    day = DayField(_l("Day"), [InputRequired(NEEDED)])
    words = TextAreaField(_l("A few words"), may_be(2000))
    corrects = HiddenField(validators=[Optional(), Length(max=32)])


class CompanionForm(OnceForm):
    """Somebody in the edition who is no participant."""

    name = StringField(_l("Name"), needed(200))
    address = EmailField(_l("E-mail address"), [*needed(320), Email(_l("This is not an e-mail address."))])
    role = SelectField(_l("Role"), choices=choices(COMPANIONS))


class ImportForm(OnceForm):
    """A file of nominations; the same file sent twice is one import."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
