"""What coordinators note of letters to states."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.people.states import UnknownState, recognise
from lms.seminars.fields import NEEDED
from lms.web.forms import DayField, Form

MOST_PLACES = 999


class CallForm(Form):
    """The states that are asked, one in each line, and what holds for all of them."""

    states = TextAreaField(_l("States"), [InputRequired(NEEDED), Length(max=20_000)])
    places = IntegerField(
        _l("Places asked"),
        [InputRequired(NEEDED), NumberRange(0, MOST_PLACES, _l("A number from 0 to %(max)d."))],
    )
    sent_on = DayField(_l("Letter sent on"), [Optional()])
    answered_on = DayField(_l("Answered on"), [Optional()])

    codes: tuple[str, ...] = ()
    """The states that were understood, once it was validated."""

    def validate_states(self, field: TextAreaField) -> None:
        """Understand each line; one that is no state's name is refused with those that may be meant."""
        found, unknown = [], []
        for line in filter(None, (line.strip() for line in (field.data or "").splitlines())):
            try:
                found.append(recognise(line).code)
            except UnknownState as no:
                unknown.append(str(no))
        if unknown:
            raise ValidationError(" ".join(unknown[:5]))
        self.codes = tuple(dict.fromkeys(found))
        if not self.codes:
            raise ValidationError(NEEDED)
