"""The second officer's two buttons, as they come in."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from wtforms import HiddenField
from wtforms.validators import InputRequired, Length

from lms.kernel.errors import Conflict, Refused
from lms.web.clicks import one_click
from lms.web.forms import Form


class ShownForm(Form):
    """An answer to something that was shown, which may have changed meanwhile."""

    shown = HiddenField(validators=[InputRequired(), Length(max=64)])


def decided(act: Callable[[Session, str], object], done: str) -> None:
    """Do what was answered to the thing that was shown, and say on the next page what came of it."""
    form = ShownForm()
    try:
        if not form.validate():
            raise Refused(_("We could not read what was sent. Nothing was changed. Please try again."))
        with one_click() as session:
            act(session, form.shown.data)
    except (Refused, Conflict) as no:
        flash(str(no), "care")
    else:
        flash(done, "done")
