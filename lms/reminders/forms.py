"""The shape of what coordinators send about reminders."""

from __future__ import annotations

from wtforms import HiddenField
from wtforms.validators import Length

from lms.web.forms import OnceForm


class SendForm(OnceForm):
    """Sending what a preview showed."""

    seen = HiddenField(validators=[Length(min=64, max=64)])
