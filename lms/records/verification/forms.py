"""What strangers and holders send about a certificate."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.people.rules.names import LONGEST_NAME
from lms.web.forms import Form, OnceForm

from .services import DAYS


class NameForm(Form):
    """The name as somebody read it on paper."""

    name = StringField(
        _l("Name on the certificate"),
        description=_l("Every part of it, in the letters it is printed in. Capitals, accents and order do not matter."),
        validators=[
            InputRequired(_l("Type the name that stands on the certificate.")),
            Length(max=LONGEST_NAME, message=_l("A name has at most 200 letters.")),
        ],
    )


class SignedFileForm(Form):
    """A signed file, as it was given or as text."""

    file = FileField(
        _l("The signed file"),
        description=_l("The file completion-record that its holder gave you: .json, .png or .svg"),
    )
    text = TextAreaField(_l("Or its text"), description=_l("From the first bracket to the last, unchanged"))

    @property
    def sent(self) -> bytes:
        """What was sent, of the two the file."""
        found = self.file.data.read() if self.file.data else b""
        return bytes(found) or (self.text.data or "").strip().encode()


class ShareForm(OnceForm):
    """For how long a link is good."""

    days = RadioField(
        _l("Good for"),
        coerce=int,
        default=DAYS[1],
        choices=[
            SelectChoice(7, _l("a week")),
            SelectChoice(30, _l("thirty days")),
            SelectChoice(90, _l("ninety days")),
        ],
        validators=[InputRequired(_l("Choose for how long the link is good."))],
    )
