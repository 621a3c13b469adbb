"""What coordinators note of letters to states."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from lms.people.states import UnknownState, recognise
from lms.seminars.fields import NEEDED
from lms.seminars.labels import state_name
from lms.web.dates import short_day
from lms.web.forms import DayField
from lms.web.meanwhile import ChangedMeanwhile, SharedForm, theirs

MOST_PLACES = 999


class CallForm(SharedForm):
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

    def show_theirs(self, no: ChangedMeanwhile, shown: str) -> None:
        """Somebody else has noted something of the same states: beside them stands what."""
        self.states.errors = [theirs(" ".join(f"{self._told(code, call)}." for code, call in no.there.items()))]
        self.shown.data = shown
        self.refuse(no)

    def _told(self, code: str, call: Any) -> str:
        days = ((self.sent_on, call.sent_on), (self.answered_on, call.answered_on))
        said = [(self.places, str(call.places)), *((field, short_day(day)) for field, day in days if day)]
        return f"{state_name(code)}: {', '.join(f'{field.label.text} {text}' for field, text in said)}"

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
