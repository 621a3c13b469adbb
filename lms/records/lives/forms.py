"""What holders and officers send about a record."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from lms.people.proposals.deciding import ShownForm
from lms.people.rules.names import LONGEST_NAME
from lms.records.rules.life import LONGEST_INSTITUTION, LONGEST_WORDS
from lms.records.words import CAUSES
from lms.web.forms import Form

_NEEDED = InputRequired(_l("Please fill this in."))
_TOO_LONG = _l("This is longer than we can keep.")


def _at_most(size: int) -> Length:
    return Length(max=size, message=_TOO_LONG)


class WithdrawForm(Form):
    """The holder's word that they know what it means."""

    checked = BooleanField(
        _l("I withdraw this record, and I know that this cannot be taken back"),
        validators=[InputRequired(_l("Read what it means first, then tick this box."))],
    )


class CorrectForm(Form):
    """How the record should read."""

    full = StringField(_l("Your name, as it should stand on the record"), [_NEEDED, _at_most(LONGEST_NAME)])
    latin = StringField(_l("The same in Latin letters, if you wrote it in another script"), [_at_most(LONGEST_NAME)])
    institution = StringField(_l("Ministry or institution"), [_NEEDED, _at_most(LONGEST_INSTITUTION)])
    words = TextAreaField(_l("Why it should be changed"), [_at_most(LONGEST_WORDS)], render_kw={"rows": 3})


class ProposeForm(Form):
    """Why a record should be revoked."""

    cause = RadioField(
        _l("Cause"),
        choices=[SelectChoice(cause.value, sentence) for cause, sentence in CAUSES.items()],
        validators=[InputRequired(_l("Choose the cause."))],
    )
    words = TextAreaField(_l("What happened"), [_NEEDED, _at_most(LONGEST_WORDS)], render_kw={"rows": 4})


class RefuseForm(ShownForm):
    """Why a request is not granted; the holder reads it."""

    words = TextAreaField(_l("What the holder is to read"), [_NEEDED, _at_most(LONGEST_WORDS)], render_kw={"rows": 3})
