"""The base of every form: shape and type of one submission, CSRF included."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any, cast

from flask import request
from flask_babel import get_locale
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import DateField, HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations
from wtforms.validators import Length, Regexp
from wtforms.widgets import Input
from wtforms.widgets.core import clean_key

from lms.kernel.errors import Conflict, LmsError
from lms.kernel.secrets import new_token

from .dates import zones_by_area
from .languages import lazy_gettext as _l


@lru_cache(maxsize=16)
def _messages(locale: str) -> Any:
    """The validators' own sentences in a language, read once; Flask-WTF would read the file for every form."""
    return get_translations([locale])


def attributes(**said: object) -> Markup:
    """As WTForms' `html_params`, which formats each attribute as a template of its own: a hundred calls for each, an
    eighth of a page with one field."""
    parts = []
    for key, value in sorted(said.items()):
        if value is True:
            parts.append(clean_key(key))
        elif value is not False:
            quoted = str(escape(value)).replace('"', "&quot;")
            parts.append(f'{clean_key(key)}="{quoted}"')
    return Markup(" ".join(parts))  # noqa: S704


class _Drawn:
    """A widget with `attributes` for its own; WTForms' widgets are shared with a host's forms, and left alone."""

    html_params = staticmethod(attributes)

    def __init__(self, widget: Any) -> None:
        self._widget = widget

    def __getattr__(self, name: str) -> Any:
        return getattr(self._widget, name)


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours; `refuse` puts a service's sentence above it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """As Flask-WTF's, but for the catalogue and the attributes of single-line fields."""

        def render_field(self, field: Any, render_kw: dict[str, Any]) -> Markup:
            """The field as HTML."""
            if type(field.widget).__call__ is not Input.__call__:
                return cast(Markup, super().render_field(field, render_kw))
            drawn: Markup = Input.__call__(_Drawn(field.widget), field, **{**(field.render_kw or {}), **render_kw})
            return drawn

        def get_translations(self, _form: Any) -> Any:
            """WTForms' sentences in the page's language."""
            return _messages(str(get_locale() or "en"))

    refusal: str | None = None
    _no: LmsError | None = None

    def refuse(self, error: LmsError) -> None:
        """Show why the change was turned down."""
        self.refusal, self._no = str(error), error

    @property
    def status(self) -> int:
        """What a page with this form answers: 422 where it is shown again, and where it was refused, what that says."""
        if self._no is not None:
            return self._no.status
        return 422 if self.is_submitted() else 200

    @property
    def overtaken(self) -> bool:
        """Whether somebody else was faster: what was typed is then told beside what is there now, for the form may have
        no place on the page any more."""
        return isinstance(self._no, Conflict)

    @property
    def written(self) -> list[tuple[str, str]]:
        """What was typed and chosen, each with its label."""
        typed = ((field, (field.raw_data or [""])[0]) for field in self if field.type not in _UNSAID)
        return [(str(field.label.text), in_words(field, value)) for field, value in typed if value]


_UNSAID = frozenset({"BooleanField", "CSRFTokenField", "FileField", "HiddenField", "PasswordField"})


def in_words(field: Any, value: str) -> str:
    """A value of a field as the page says it: the label of what is chosen, else what is typed."""
    offered = {str(choice): str(label) for choice, label, *_more in getattr(field, "choices", None) or ()}
    return offered.get(value, value)


class OnceForm(Form):
    """A form whose sending twice does the thing once: it carries a key made when the page was drawn."""

    client_key = HiddenField(validators=[Length(min=8, max=64), Regexp(r"^[\w-]+$")], default=new_token)

    @property
    def said(self) -> str:
        """All that it says, and where to, by which a form sent again is told from another."""
        own = ("csrf_token", "client_key", "shown")
        return json.dumps([request.path, [(one.name, str(one.data)) for one in self if one.name not in own]])

    first = ""
    """Where that stands which came of it when it said something else before."""

    def anew(self) -> None:
        """Be another form from now on, that is done once more when it is sent."""
        self.client_key.data = new_token()


EARLIEST, LATEST = dt.date(1950, 1, 1), dt.date(2100, 12, 31)
"""What a day may be: nearer to the ends of the calendar it could not be told on every clock."""
_NO_DAY = _l("Write the day as year-month-day, such as 2027-04-23.")
_NOT_SUCH_A_DAY = _l("This day is too long ago, or too far off.")


class DayField(DateField):  # type: ignore[misc]
    """A day, with a sentence that says how to write it."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        """Raises ValueError with our sentence."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_NO_DAY) from None
        if self.data is not None and not EARLIEST <= self.data <= LATEST:
            self.data = None  # so that nobody reckons with it
            raise ValueError(_NOT_SUCH_A_DAY)


def zone_choices() -> list[SelectChoice]:
    """Every time zone, by its place, below the name of its area."""
    return [
        SelectChoice(zone, place, optgroup=area or None)
        for area, places in zones_by_area().items()
        for zone, place in places
    ]


def submitted(name: str) -> Any:
    """One plain value of the submission, or an empty string."""
    return request.form.get(name, "")
