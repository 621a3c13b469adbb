"""The shape of what native readers say."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from lms.catalogue.rules.confirmation import LONGEST_REASON
from lms.web.forms import Form
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l


class ReaderForm(Form):
    """Which text is meant: its language, the fingerprint of what was on the page; why, where it is taken back.

    The label of `own_language` names the language: see `speak_of`.
    """

    text = HiddenField(validators=[InputRequired(), Length(max=20)])
    fingerprint = HiddenField(validators=[InputRequired(), Length(max=64)])
    reason = TextAreaField(_l("Reason"), [Length(max=LONGEST_REASON, message=_l("This is longer than we can keep."))])
    own_language = BooleanField()

    def speak_of(self, language: str) -> None:
        """Name the language whose reader is asked, in the language of the page."""
        self.own_language.label.text = _(
            "I grew up with %(language)s, or it is the language I work in.", language=language
        )


class ConfirmForm(ReaderForm):
    """The same where a translation is confirmed: only somebody who says that the language is theirs can."""

    own_language = BooleanField(
        validators=[DataRequired(_l("Only somebody who grew up with the language or works in it can confirm this."))]
    )
