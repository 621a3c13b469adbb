"""What is sent to this context."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import InputRequired, Length

from lms.web.forms import Form


class ClosingForm(Form):
    """The coordinator's word that the sheet is right, with the fingerprint of what they were shown; closing cannot be
    taken back."""

    shown = HiddenField(validators=[Length(max=64)])
    checked = BooleanField(
        _l("I have checked the sheet"),
        validators=[InputRequired(_l("Check the sheet first, then tick this box."))],
    )


class MovingForm(Form):
    """Carries the fingerprint of the forecast that the coordinator was shown."""

    shown = HiddenField(validators=[InputRequired(), Length(max=64)])
