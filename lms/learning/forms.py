"""Shape and type of what is sent on the way through the course."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import html_params

from lms.catalogue.labels import scores
from lms.catalogue.rules.scoring import Case, Factor, Scoring
from lms.learning.rules.proposals import LONGEST_REASON, LONGEST_REMARK, LONGEST_WORD, Outcome
from lms.learning.rules.reports import ReportOutcome
from lms.people.forms import choices
from lms.web.forms import Form, OnceForm

LONGEST = 25_000
LONGEST_REASONS = 2_000


class ReflectionForm(OnceForm):
    """What a person writes for themselves."""

    text = TextAreaField(_l("Your text"), validators=[DataRequired(_l("There is no text yet.")), Length(max=LONGEST)])


def _something(form: ScoringForm, field: TextAreaField) -> None:
    """Of scores, reasons and text none is needed, but all together may not be empty."""
    if not any(str(one.data or "").strip() for one in form if one.id.startswith(("text", "score", "reasons"))):
        raise ValidationError(_l("Nothing is chosen or written yet."))


class ScoringForm(ReflectionForm):
    """What a person scores and writes for themselves; `scoring_form` adds the cases."""

    text = TextAreaField(_l("Your text"), validators=[_something, Length(max=LONGEST)])


@lru_cache(maxsize=64)
def scoring_form(scoring: Scoring) -> type[ScoringForm]:
    """The form that asks for the scores of these cases."""
    choices = [SelectChoice(str(score), words) for score, words in scores(scoring.language)]
    fields: dict[str, Any] = {}
    for case in scoring.cases:
        for factor in scoring.factors:
            fields[score_field(case, factor)] = RadioField(
                factor.name, description=factor.question, choices=choices, validators=[Optional()]
            )
        fields[reasons_field(case)] = TextAreaField(
            _l("Your reasons: %(case)s", case=case.name), validators=[Length(max=LONGEST_REASONS)]
        )
    return type("ScoringFormOfUnit", (ScoringForm,), fields)


def score_field(case: Case, factor: Factor) -> str:
    """The name of the field for one score; keys have no dots."""
    return f"score.{case.id}.{factor.key}"


def reasons_field(case: Case) -> str:
    """The name of the field for the reasons of one case's scores."""
    return f"reasons.{case.id}"


class ReportForm(OnceForm):
    """An error in a text; `text` is named apart from the reflection's, as both may stand on one page."""

    wrong = TextAreaField(
        _l("What is wrong, and where?"), validators=[DataRequired(_l("Say what is wrong.")), Length(max=LONGEST)]
    )


class AnswerForm(OnceForm):
    """One answer as the page's script sends it; the question's own inputs are read beside it."""

    question = HiddenField(validators=[Length(min=1, max=80)])
    sequence = IntegerField(validators=[Optional(), NumberRange(min=0, max=2**53)])


class PaperForm(OnceForm):
    """All answers of a page at once; the script says how often something was chosen on it, a plain form does not."""

    sequence = IntegerField(validators=[Optional(), NumberRange(min=0, max=2**53)])


def many_choices(field: SelectField, **attributes: Any) -> Markup:
    """A select of hundreds of choices; WTForms' own asks each anew how it looks, which costs more than a page."""
    written = ""
    for group, members in groupby(field.choices, key=lambda choice: choice.optgroup):
        options = "".join(
            f'<option value="{escape(one.value)}"{" selected" * (one.value == field.data)}>{escape(one.label)}</option>'
            for one in members
        )
        written += f'<optgroup label="{escape(group)}">{options}</optgroup>' if group else options
    named = html_params(id=field.id, name=field.name, required=True, **attributes)
    return Markup(f"<select {named}>{written}</select>")  # noqa: S704 - every part was escaped


class ProposalForm(OnceForm):
    """What a reader calls a term in a language of theirs; `language.choices` are set by the view."""

    language = SelectField(_l("Language"), validators=[DataRequired(_l("Choose a language."))], widget=many_choices)
    word = StringField(
        _l("The word or words"),
        validators=[
            DataRequired(_l("Write the word.")),
            Length(max=LONGEST_WORD, message=_l("Give the word alone, in at most %(max)d characters.")),
        ],
    )
    remark = TextAreaField(_l("Remark"), validators=[Length(max=LONGEST_REMARK)])


class ProposalAnswerForm(Form):
    """What a trainer answers to a proposed word."""

    outcome = RadioField(
        _l("Your answer"),
        choices=choices({Outcome.TAKEN_UP: _l("Take it up"), Outcome.DECLINED: _l("Do not take it up")}),
        validators=[DataRequired(_l("Choose one of the two."))],
    )
    reason = StringField(_l("Reason"), validators=[Length(max=LONGEST_REASON)])


class ReportAnswerForm(Form):
    """What a trainer answers to a report of an error."""

    outcome = RadioField(
        _l("Your answer"),
        choices=choices({ReportOutcome.MENDED: _l("It is mended"), ReportOutcome.NO_ERROR: _l("It is not an error")}),
        validators=[DataRequired(_l("Choose one of the two."))],
    )
    reason = StringField(
        _l("One sentence to the reader"),
        validators=[DataRequired(_l("Write a sentence.")), Length(max=LONGEST_REASON)],
    )
