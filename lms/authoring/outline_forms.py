"""The shape of what is sent from the outline of a draft, its lists of sources and terms, and their entries.

Every form carries a key, so that sending it twice acts once, and the stamp of what was on the page (`seen`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.web.forms import OnceForm
from lms.web.languages import gettext as _
from lms.web.languages import language_name
from lms.web.languages import lazy_gettext as _l

LONGEST_LINE = 300
LONGEST_WORDS = 4000
MOST_MINUTES = 600
_LINE = Length(max=LONGEST_LINE, message=_l("Use at most %(max)d characters."))
_WORDS = Length(max=LONGEST_WORDS, message=_l("Use at most %(max)d characters."))
_PERCENT = NumberRange(1, 100, _l("Write a number from 1 to 100."))
_DAY = Regexp(
    r"^[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$",
    message=_l("Write 2013, 2013-03 or 2013-03-20, as exact as it is known."),
)
_LANGUAGE = Regexp(r"^[a-z]{2,3}$", message=_l("Write the code of the language, such as en, es or fr."))
_ADDRESS = Regexp(r"^https?://[^\s]+$", message=_l("Write the whole address, with https:// before it."))


def _minutes(**more: Any) -> IntegerField:
    return IntegerField(
        _l("Minutes"),
        [
            InputRequired(_l("Say how many minutes it takes.")),
            NumberRange(1, MOST_MINUTES, _l("Write a number from 1 to 600.")),
        ],
        **more,
    )


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """The choices of a select, radios or boxes, from values and the words for them."""
    return [SelectChoice(value, words) for value, words in pairs]


class MultiCheckboxField(SelectMultipleField):  # type: ignore[misc]
    """Several of some choices, each with a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class SeenForm(OnceForm):
    """An act on what was on the page."""

    seen = HiddenField(validators=[Length(max=32)])


class ModuleTitleForm(SeenForm):
    """A new module."""

    title = StringField(_l("Title"), [InputRequired(_l("Give the module a title.")), _LINE])


class NewUnitForm(SeenForm):
    """A new unit: what it is called, of which kind it is, and where it stands."""

    title = StringField(_l("Title"), [InputRequired(_l("Give the unit a title.")), _LINE])
    kind = SelectField(_l("Kind"))
    module = SelectField(_l("Module"))
    minutes = _minutes(default=5)


class ReuseForm(SeenForm):
    """A module of another course."""

    module = SelectField(_l("Module of another course"))


class MoveForm(SeenForm):
    """The module a unit goes to."""

    module = SelectField(_l("Move to the end of"))


class SplitForm(SeenForm):
    """The heading a text is split at, and what the second part is called if not by it."""

    heading = SelectField(_l("Split before the heading"))
    title = StringField(_l("Title of the second part"), [_LINE])


class BackForm(SeenForm):
    """What is brought back into the outline, and where a unit goes."""

    what = HiddenField(validators=[Length(max=200)])
    module = SelectField(_l("Into the module"), validate_choice=False)


class UnitForm(SeenForm):
    """What a unit is called and how long it takes; its address while it was never published."""

    minutes = _minutes()
    key = StringField(_l("Address"), [Optional(), Length(max=60)])


class ModuleForm(SeenForm):
    """What a module is called and what it is for."""

    pass_mark = IntegerField(_l("Pass mark of this module, in percent"), [Optional(), _PERCENT])
    after = MultiCheckboxField(_l("Opens after"))
    key = StringField(_l("Address"), [Optional(), Length(max=60)])


class AfterForm(SeenForm):
    """What has to be finished before a module of another course opens."""

    after = MultiCheckboxField(_l("Opens after"))


CONDITIONS = [("all", _l("all modules are finished")), ("some", _l("these are finished"))]


class CourseForm(SeenForm):
    """What a course is called, what it says of itself, and what completes it."""

    pass_mark = IntegerField(_l("Pass mark, in percent"), [Optional(), _PERCENT])
    condition = RadioField(
        _l("Completed when"),
        choices=choices([("all", _l("all modules are finished")), ("some", _l("these are finished"))]),
    )
    modules = MultiCheckboxField(_l("Modules"))
    attendance = IntegerField(_l("Least share of half-days on site, in percent"), [Optional(), _PERCENT])
    name_confirmed = BooleanField(_l("The person must have confirmed the name on the record"))
    new_language = SelectField(_l("Another language"), validators=[Optional()])
    new_title = StringField(_l("Title in that language"), [_LINE])


class SourceForm(SeenForm):
    """A source, field by field as the course files have it."""

    title = StringField(_l("Title"), [InputRequired(_l("Write the title of the source.")), _LINE])
    author = StringField(_l("Author or publisher"), [_LINE])
    kind = SelectField(_l("Kind"))
    date = StringField(_l("Date"), [Optional(), _DAY])
    url = StringField(_l("Address on the web"), [Optional(), _ADDRESS, Length(max=2000)])
    language = StringField(_l("Language"), [Optional(), _LANGUAGE])
    accessed = StringField(_l("Last looked at"), [Optional(), _DAY])
    note = StringField(_l("Note"), [_LINE])


class TermForm(SeenForm):
    """A term of the glossary; `in_languages` adds its names and definitions."""

    official = MultiCheckboxField(_l("Languages in which this form is official"))
    cites = TextAreaField(_l("Sources"), [_WORDS])


Label = Callable[[str], str]


def in_languages(
    form: type[SeenForm], languages: Sequence[str], fields: Mapping[str, tuple[Label, bool]]
) -> type[SeenForm]:
    """The form with fields for each language: by name, its label and whether it takes several lines."""
    made = {
        text_field(name, code): TextAreaField(label(language_name(code)), [_WORDS])
        if long
        else StringField(label(language_name(code)), [_LINE])
        for name, (label, long) in fields.items()
        for code in languages
    }
    return type(f"{form.__name__}InLanguages", (form,), made)


def text_field(name: str, code: str) -> str:
    """The name of the field for one text in one language."""
    return f"{name}.{code}"


def texts_in(form: SeenForm, name: str, languages: Sequence[str]) -> dict[str, str]:
    """One text in every language, as it was sent."""
    return {code: str(form[text_field(name, code)].data or "") for code in languages}


TITLE: tuple[Label, bool] = (lambda code: _("Title in %(language)s", language=code), False)
DESCRIPTION: tuple[Label, bool] = (lambda code: _("Description in %(language)s", language=code), True)
OBJECTIVES: tuple[Label, bool] = (lambda code: _("Objectives in %(language)s", language=code), True)
NAME: tuple[Label, bool] = (lambda code: _("Term in %(language)s", language=code), False)
DEFINITION: tuple[Label, bool] = (lambda code: _("Definition in %(language)s", language=code), True)
