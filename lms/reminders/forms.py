"""The shape of what coordinators send about reminders."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from lms.web.forms import OnceForm
from lms.web.meanwhile import SharedForm

from .rules import LONGEST_BODY, LONGEST_SUBJECT, Text

_NEEDED = DataRequired(_l("This is needed."))


class SendForm(OnceForm):
    """Sending what a preview showed."""

    seen = HiddenField(validators=[Length(min=16, max=16)])


class TextForm(SharedForm):
    """What reminders say in one language."""

    subject = StringField(
        _l("Subject"),
        [_NEEDED, Length(max=LONGEST_SUBJECT)],
        description=_l("It may hold {deadline}, which is then on the reader's own clocks."),
    )
    body = TextAreaField(
        _l("Text between the greeting and the closing"),
        [_NEEDED, Length(max=LONGEST_BODY)],
        description=_l("Plain text. {name}, {deadline}, {units left} and {link} are filled in for each reader."),
    )

    def text(self) -> Text:
        """What was written."""
        return Text(self.subject.data or "", self.body.data or "")
