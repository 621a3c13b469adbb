"""The shape of what administrators say about partners."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from lms.web.forms import DayField, Form

from .rules import Field

LONGEST_NAME = 200
NEEDED = InputRequired(_l("Please fill this in."))


class PartnerForm(Form):
    """An organisation, and what it may be told beside ids."""

    name = StringField(
        _l("Name of the organisation"),
        [NEEDED, Length(max=LONGEST_NAME, message=_l("This is longer than we can keep."))],
    )
    editions = BooleanField(_l("Editions: title, place and days"))
    states = BooleanField(_l("States"))
    names = BooleanField(_l("Names, as on the certificate"))

    @property
    def fields(self) -> frozenset[Field]:
        """What is ticked."""
        return frozenset(field for field in Field if self[field.value].data)


class TokenForm(Form):
    """Until when a token is to be good."""

    until = DayField(_l("Last day"), [NEEDED])
