"""The shape of what members and administrators send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, StringField, TextAreaField, ValidationError
from wtforms.validators import Optional

from lms.kernel.errors import Refused
from lms.people.forms import LONGEST_ADDRESS, NEEDED, at_most, choices
from lms.people.rules.names import mistake_in_line, mistake_in_prose
from lms.people.states import recognise
from lms.web.forms import DayField, Form, OnceForm
from lms.web.meanwhile import SharedForm

from .rules.directory import (
    LONGEST_CONSENT,
    LONGEST_LANGUAGES,
    LONGEST_SUBJECTS,
    NO_CONSENT,
    Audience,
    Consent,
    Field,
    consent,
    usual_day,
)
from .rules.introductions import LONGEST_ANSWER, LONGEST_MESSAGE
from .words import AUDIENCES, FIELDS


def _audience(field: Field) -> SelectField:
    return SelectField(FIELDS[field], choices=choices(AUDIENCES), default=Audience.NOBODY.value)


def _last_day(field: Field) -> DayField:
    return DayField(_l("%(field)s: until which day", field=FIELDS[field]), [Optional()])


def _mistake(day: dt.date, today: dt.date) -> str:
    if day < today:
        return str(_("This day has passed."))
    far = day.year > today.year + LONGEST_CONSENT
    return str(_("Choose a day within fifty years, or leave it empty.")) if far else ""


def _one_line(_form: Any, field: Any) -> None:
    if mistake_in_line(field.data or "", 1000):
        raise ValidationError(_l("This has signs in it that cannot be shown. Type it again."))


def _prose(_form: Any, field: Any) -> None:
    if mistake_in_prose(field.data or "", 10_000):
        raise ValidationError(_l("This has signs in it that cannot be shown. Type it again."))


class ListingForm(Form):
    """What a member shows to whom, and what they say of themselves."""

    name, state, sector, institution, edition, languages, subjects = (_audience(field) for field in Field)
    until = DayField(_l("Until which day"), [Optional()])
    until_name, until_state, until_sector, until_institution, until_edition, until_languages, until_subjects = (
        _last_day(field) for field in Field
    )
    spoken = StringField(_l("Languages that you work in"), [at_most(LONGEST_LANGUAGES), _one_line])
    about = StringField(_l("Subjects that you work on"), [at_most(LONGEST_SUBJECTS), _one_line])

    def set_consents(self, agreed: Mapping[Field, Consent]) -> None:
        """Show what is agreed now."""
        self.until.data = usual_day(agreed)
        for field in Field:
            one = agreed.get(field, NO_CONSENT)
            self[field.value].data = one.audience.value
            self[f"until_{field}"].data = one.until if one.until != self.until.data else None

    @property
    def days(self) -> list[DayField]:
        """The days of their own that lines may have."""
        return [self[f"until_{field}"] for field in Field]

    def hold_days(self, today: dt.date) -> bool:
        """Whether every day lies ahead, and near enough; those that do not are told so."""
        wrong = [one for one in (self.until, *self.days) if one.data and _mistake(one.data, today)]
        for one in wrong:
            one.errors = [_mistake(one.data, today)]
        return not wrong

    def consents(self, zone: str) -> dict[Field, Consent]:
        """What somebody in `zone` chose; a line without a day of its own ends with the day for all, if there is one."""
        return {
            field: consent(Audience(self[field.value].data), self[f"until_{field}"].data or self.until.data, zone)
            for field in Field
        }


class NetworkForm(SharedForm):
    """A network: its name, and its states, one on each line."""

    name = StringField(_l("Name of the network"), [NEEDED, at_most(200), _one_line])
    states = TextAreaField(_l("Its states, one on each line"), [NEEDED, at_most(8000)])
    codes: tuple[str, ...] = ()

    def validate_states(self, field: Any) -> None:
        """Every line names a state; raises ValidationError with those that may be meant."""
        try:
            self.codes = tuple(recognise(line.strip()).code for line in (field.data or "").splitlines() if line.strip())
        except Refused as unknown:
            raise ValidationError(str(unknown)) from unknown


class AskForm(OnceForm):
    """A short message to a member."""

    message = TextAreaField(_l("Your message"), [NEEDED, at_most(LONGEST_MESSAGE), _prose])


class AnswerForm(Form):
    """What is given in answer: words, and what of oneself one chooses."""

    words = TextAreaField(_l("Your answer"), [NEEDED, at_most(LONGEST_ANSWER), _prose])
    name = BooleanField(_l("Give my name"))
    address = BooleanField(_l("Give my e-mail address"))


class ReportForm(Form):
    """Why a message is laid before the coordinators."""

    reason = TextAreaField(_l("What is wrong with this message"), [NEEDED, at_most(LONGEST_ANSWER), _prose])


class ReinvitationForm(Form):
    """Which mailbox is lost, where to write instead, and how it was made sure who it is."""

    old = EmailField(_l("Old e-mail address"), [NEEDED, at_most(LONGEST_ADDRESS)])
    new = EmailField(_l("New e-mail address"), [NEEDED, at_most(LONGEST_ADDRESS)])
    reason = TextAreaField(_l("Why, and how you made sure that it is the same person"), [NEEDED, at_most(1000), _prose])


class PastForm(Form):
    """From where it is known that people completed an edition."""

    source = TextAreaField(_l("From where it is known"), [NEEDED, at_most(1000), _prose])
