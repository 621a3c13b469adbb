"""The shape of what is said of drafts and translations, and of the files that are put into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, NumberRange, Optional

from lms.authoring.models import CommentAct
from lms.authoring.rules.drafting import LONGEST_TITLE
from lms.authoring.rules.illustrating import LONGEST_LINE, Words
from lms.authoring.rules.remarks import LONGEST_REMARK
from lms.authoring.rules.signing import SignOffAct
from lms.catalogue.rules.confirmation import LONGEST_REASON
from lms.web.forms import Form, OnceForm
from lms.web.languages import gettext as _
from lms.web.languages import lazy_gettext as _l

_SAID = [DataRequired(_l("Write this; it is shown with the file.")), Length(max=LONGEST_LINE)]


class DraftForm(OnceForm):
    """What a draft is called: it says what the draft changes."""

    title = StringField(_l("What does it change?"), [Length(max=LONGEST_TITLE)])


class MediumForm(OnceForm):
    """A picture or document, and what is said of it."""

    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])
    title = StringField(_l("Title"), _SAID)
    licence = StringField(_l("Licence"), _SAID)
    provenance = StringField(_l("Who made it, when, and where it is from"), _SAID)

    @property
    def words(self) -> Words:
        """What is said of it, each in one line."""
        fields = (self.title, self.licence, self.provenance)
        return Words(*(" ".join((one.data or "").split()) for one in fields))


class MediumWordsForm(MediumForm):
    """The same of a file that is there already: another one may be put in its place."""

    file = FileField(_l("Another file in its place"))


class BundleForm(OnceForm):
    """A course in one file, and what the draft of it is to be called."""

    bundle = FileField(_l("Bundle"), [FileRequired(_l("Choose the .zip of the course."))])
    title = StringField(
        _l("What does it change?"),
        [InputRequired(_l("Say in a few words what it changes.")), Length(max=LONGEST_TITLE)],
    )


class UnitForm(OnceForm):
    """A unit that is written: the saved states it was written over. Its fields are those of its kind: see `editing`."""

    over = IntegerField(validators=[Optional(), NumberRange(min=0, max=2**62)])
    over_original = IntegerField(validators=[Optional(), NumberRange(min=0, max=2**62)])


class ChoiceForm(OnceForm):
    """Which saved states of a file were shown to somebody who chooses between two of them."""

    file = HiddenField(validators=[InputRequired(), Length(max=255)])
    before = IntegerField(validators=[Optional(), NumberRange(min=0, max=2**62)])
    mine = IntegerField(validators=[InputRequired(), NumberRange(min=1, max=2**62)])
    theirs = IntegerField(validators=[Optional(), NumberRange(min=0, max=2**62)])


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


class WordsForm(OnceForm):
    """An answer to a remark, and whether the remark is settled or open again by it."""

    words = TextAreaField(_l("Answer"), [Length(max=LONGEST_REMARK, message=_l("This is longer than we can keep."))])
    settle = HiddenField(validators=[AnyOf(["", *CommentAct])], default="")


class RemarkForm(OnceForm):
    """A remark on a passage, which is named by its words."""

    file = HiddenField(validators=[InputRequired(), Length(max=255)])
    passage = HiddenField(validators=[InputRequired(), Length(max=40)])
    words = TextAreaField(
        _l("Remark"),
        [
            InputRequired(_l("Write what you have to say.")),
            Length(max=LONGEST_REMARK, message=_l("This is longer than we can keep.")),
        ],
    )


class SignOffForm(Form):
    """What a reviewer says: of which kind and language, and of which state of the files."""

    kind = HiddenField(validators=[InputRequired(), Length(max=40)])
    language = HiddenField(validators=[Length(max=20)])
    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
    act = HiddenField(validators=[AnyOf(list(SignOffAct))])
    own_language = BooleanField()
    reason = TextAreaField(_l("Reason"), [Length(max=LONGEST_REASON, message=_l("This is longer than we can keep."))])


class PublishForm(Form):
    """The public line per language, and which state of the files is meant."""

    seen = HiddenField(validators=[InputRequired(), Length(max=64)])

    def in_languages(self, own: str, others: Iterable[str]) -> None:
        """Ask for a line in the language of the course, and offer one in each other that it speaks."""
        self.needed = own
        self.languages = [own, *sorted(set(others) - {own})]

    def lines(self, sent: Mapping[str, str]) -> dict[str, str]:
        """What was written, by the languages that are asked for."""
        return {code: sent.get(f"line-{code}", "") for code in self.languages}


class UpdateForm(OnceForm):
    """Which version and which state of the files the choices are about; the choices stand beside it."""

    number = HiddenField(validators=[InputRequired(), Length(max=20)])
    seen = HiddenField(validators=[InputRequired(), Length(max=64)])
