"""The shape of what native readers say."""

from __future__ import annotations

from wtforms import HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.catalogue.rules.confirmation import LONGEST_REASON
from lms.web.forms import Form
from lms.web.languages import lazy_gettext as _l


class ReaderForm(Form):
    """Which text is meant: its language, the fingerprint of what was on the page; why, where it is taken back."""

    text = HiddenField(validators=[InputRequired(), Length(max=20)])
    fingerprint = HiddenField(validators=[InputRequired(), Length(max=64)])
    reason = TextAreaField(_l("Reason"), [Length(max=LONGEST_REASON, message=_l("This is longer than we can keep."))])
