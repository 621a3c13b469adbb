"""The shape of what people send about themselves and about mandates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from lms.web import languages
from lms.web.forms import DayField, Form, zone_choices
from lms.web.languages import own_name

from .models import Sector
from .rules.mandates import Role
from .rules.names import LONGEST_ADDRESS_FORM, LONGEST_NAME, NameOrder, PersonName
from .rules.passwords import LONGEST

NEEDED = InputRequired(_l("Please fill this in."))
LONGEST_ADDRESS = 254

ROLES: Mapping[Role, Any] = {
    Role.COORDINATOR: _l("Coordinator"),
    Role.TRAINER: _l("Trainer"),
    Role.REVIEWER: _l("Reviewer"),
    Role.FOCAL_POINT: _l("Focal point"),
    Role.EVALUATOR: _l("Evaluator"),
    Role.OBSERVER: _l("Observer"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
SECTORS: Mapping[Sector, Any] = {
    Sector.FOREIGN_AFFAIRS: _l("Foreign affairs"),
    Sector.JUSTICE: _l("Justice"),
    Sector.DEFENCE: _l("Defence"),
    Sector.INTERIOR: _l("Interior"),
    Sector.EDUCATION: _l("Education"),
    Sector.HUMAN_RIGHTS: _l("Human rights institution"),
    Sector.OTHER: _l("Other"),
}
ORDERS: Mapping[NameOrder, Any] = {
    NameOrder.AS_WRITTEN: _l("As I wrote it"),
    NameOrder.FAMILY_FIRST: _l("The family name stands first"),
    NameOrder.GIVEN_FIRST: _l("The given name stands first"),
}


def at_most(size: int) -> Length:
    """No longer than `size` characters."""
    return Length(max=size, message=_l("This is longer than we can keep."))


def choices(labels: Mapping[Any, Any]) -> list[SelectChoice]:
    """What there is to choose, under the values that are kept."""
    return [SelectChoice(str(value), label) for value, label in labels.items()]


def grouped(groups: Mapping[str, Iterable[tuple[str, str]]]) -> list[SelectChoice]:
    """The same in named groups; a group without a name stands for itself."""
    return [
        SelectChoice(value, label, optgroup=name or None) for name, pairs in groups.items() for value, label in pairs
    ]


def language_choices() -> list[SelectChoice]:
    """The languages of the pages, each in its own name."""
    return choices({code: own_name(code) for code in languages.choices()})


class SignInForm(Form):
    """Address and password."""

    address = EmailField(_l("E-mail address"), [NEEDED, at_most(LONGEST_ADDRESS)])
    password = PasswordField(_l("Password"), [NEEDED, at_most(LONGEST)])
    keep = BooleanField(_l("Keep me signed in on this device"))
    next = HiddenField(validators=[at_most(2000)])


class ForgotForm(Form):
    """The address to write to."""

    address = EmailField(_l("E-mail address"), [NEEDED, at_most(LONGEST_ADDRESS)])


class CodeForm(Form):
    """The code from a letter."""

    code = StringField(_l("Code from the message"), [NEEDED, at_most(40)])


class ResetForm(CodeForm):
    """The code, and the password to have from now on."""

    password = PasswordField(_l("New password"), [NEEDED])


class NameForm(Form):
    """A name as its holder gives it."""

    full = StringField(_l("Your name, as it should stand on your certificate"), [NEEDED, at_most(LONGEST_NAME)])
    latin = StringField(_l("The same in Latin letters, if you wrote it in another script"), [at_most(LONGEST_NAME)])
    order = RadioField(_l("Order of the parts"), choices=choices(ORDERS), default=NameOrder.AS_WRITTEN.value)
    called = StringField(_l("How we should address you, such as “Dr Mfano”"), [at_most(LONGEST_ADDRESS_FORM)])
    for_lists = StringField(_l("How you stand in alphabetical lists, if differently"), [at_most(LONGEST_NAME)])

    def set_name(self, name: PersonName) -> None:
        """Show a name that is known."""
        self.full.data, self.latin.data, self.order.data = name.full, name.latin, name.order.value
        self.called.data, self.for_lists.data = name.address, name.for_lists

    def name(self) -> PersonName:
        """The name that was sent."""
        return PersonName(
            full=self.full.data or "",
            latin=self.latin.data or "",
            order=NameOrder(self.order.data),
            address=self.called.data or "",
            for_lists=self.for_lists.data or "",
        )


class LanguageForm(Form):
    """Language and time zone of a person's pages and letters."""

    locale = SelectField(_l("Language"), [NEEDED])
    zone = SelectField(_l("Time zone"), [NEEDED])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.locale.choices, self.zone.choices = language_choices(), zone_choices()


class WelcomeForm(NameForm, LanguageForm):
    """Everything that is asked once, at the first sign-in."""

    function = StringField(_l("Your function"), [at_most(200)])
    password = PasswordField(_l("Password"), [NEEDED])


class PasswordForm(Form):
    """The present password and the next one."""

    current = PasswordField(_l("Present password"), [NEEDED, at_most(LONGEST)])
    password = PasswordField(_l("New password"), [NEEDED])


class AddressForm(Form):
    """A further address, and the password to show that it is oneself who adds it."""

    address = EmailField(_l("Another e-mail address"), [NEEDED, at_most(LONGEST_ADDRESS)])
    current = PasswordField(_l("Your password"), [NEEDED, at_most(LONGEST)])


class MinistryForm(Form):
    """Where somebody serves from a day on: one of the list, or one that is named here."""

    institution = SelectField(_l("Ministry or institution"))
    state = SelectField(_l("State"))
    other = StringField(_l("Name of the ministry or institution"), [at_most(200)])
    sector = SelectField(_l("Sector"), choices=choices(SECTORS), default=Sector.OTHER.value)
    zone = SelectField(_l("Time zone of the ministry or institution"))
    function = StringField(_l("Your function there"), [at_most(200)])
    on = DayField(_l("From which day"), [NEEDED])

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.zone.choices = [SelectChoice("", "–"), *zone_choices()]


class MandateForm(Form):
    """Who is to hold which role over what, from when to when."""

    address = EmailField(_l("E-mail address of the person"), [NEEDED, at_most(LONGEST_ADDRESS)])
    name = StringField(_l("Name, if the person is new here"), [at_most(LONGEST_NAME)])
    role = SelectField(_l("Role"), [NEEDED], choices=choices(ROLES))
    reach = SelectField(_l("Over what"), [NEEDED])
    since = DayField(_l("First day"), [NEEDED])
    until = DayField(_l("Last day"), [Optional()])


class SuccessorForm(Form):
    """Who is to take a mandate over, and until when."""

    address = EmailField(_l("E-mail address of your successor"), [NEEDED, at_most(LONGEST_ADDRESS)])
    name = StringField(_l("Name of your successor"), [at_most(LONGEST_NAME)])
    until = DayField(_l("Last day of the new mandate"), [NEEDED])


class MailForm(Form):
    """What a person wants of letters."""

    digests = BooleanField(_l("Send me reminders of what I still have to do"))
    says_little = BooleanField(_l("Say little in letters"))


class ReasonForm(Form):
    """A reason in writing."""

    reason = TextAreaField(_l("Reason"), [at_most(1000)])
