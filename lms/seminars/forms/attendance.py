"""What is said of half-days and of who was there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import (
    InputRequired,
    Optional,
    StopValidation,
)

from lms.seminars.fields import (
    NEEDED,
    choices,
    may_be,
    needed,
)
from lms.seminars.labels import HALVES, MARKS
from lms.seminars.rules import (
    Mark,
    SheetSession,
)
from lms.web.dates import short_weekday
from lms.web.forms import DayField
from lms.web.meanwhile import SharedForm

ATTESTED = {mark: label for mark, label in MARKS.items() if mark is not Mark.ABSENT}


def _with_words(form: AttestForm, field: DateField) -> None:
    """Raises StopValidation for work without a day."""
    if form.words.data and not any(field.raw_data or ()):
        raise StopValidation(_("Say by which day the work is to be done."))


class AttestForm(SharedForm):
    """What is attested of one half-day: what it was, why, and which work makes up for it."""

    half_day = SelectField(_l("Half-day"))
    mark = SelectField(_l("What is attested"), choices=choices(ATTESTED))
    reason = StringField(_l("Reason"), needed(500), description=_l("The person reads it, with your name."))
    words = TextAreaField(_l("Work that makes up for it"), may_be(2000))
    due_on = DayField(_l("To be done by"), [_with_words, Optional()])

    def __init__(self, half_days: Sequence[SheetSession], **more: Any) -> None:
        super().__init__(**more)
        self.half_day.choices = [(row.key, f"{short_weekday(row.day)}, {HALVES[row.half]}") for row in half_days]

    @property
    def work(self) -> tuple[str, dt.date] | None:
        """The work that was asked for and its day, if any was."""
        return (self.words.data.strip(), self.due_on.data) if self.words.data else None


class SessionForm(SharedForm):
    """A half-day of the programme."""

    day = DayField(_l("Day"), [InputRequired(NEEDED)])
    half = SelectField(_l("Half-day"), choices=choices(HALVES))
    title = StringField(_l("Title"), may_be(200))
