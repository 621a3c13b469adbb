"""The base of every form: shape and type of one submission, CSRF included."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import request
from flask_babel import get_locale
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations
from wtforms.validators import Length, Regexp

from lms.kernel.errors import LmsError
from lms.kernel.secrets import new_token

from .dates import zones_by_area


@lru_cache(maxsize=16)
def _messages(locale: str) -> Any:
    """The validators' own sentences in a language, read once; Flask-WTF would read the file for every form."""
    return get_translations([locale])


class Form(FlaskForm):  # type: ignore[misc]
    """A form of ours; `refuse` puts a service's sentence above it."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """As Flask-WTF's, but for the catalogue."""

        def get_translations(self, _form: Any) -> Any:
            """WTForms' sentences in the page's language."""
            return _messages(str(get_locale() or "en"))

    refusal: str | None = None

    def refuse(self, error: LmsError) -> None:
        """Show why the change was turned down."""
        self.refusal = str(error)


class OnceForm(Form):
    """A form whose sending twice does the thing once: it carries a key made when the page was drawn."""

    client_key = HiddenField(validators=[Length(min=8, max=64), Regexp(r"^[\w-]+$")], default=new_token)


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
