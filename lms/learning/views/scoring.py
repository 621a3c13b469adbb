"""Cases to score in private: what the page asks of each, and what was sent, kept or changed."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from lms.catalogue.labels import scores
from lms.catalogue.rules.scoring import Case, Scoring
from lms.kernel.values import dataclass
from lms.learning.forms import ReflectionForm, reasons_field, score_field, scoring_form
from lms.learning.queries import Written
from lms.learning.rules.scores import NOT_SCORED, Scores

from .way import Way


@dataclass(frozen=True, slots=True)
class CaseAsked:
    """A case on the page: where to read about it, a field for the score by each factor, and one for the reasons."""

    case: Case
    url: str | None
    factors: list[Any]
    reasons: Any


def form_for(scoring: Scoring | None) -> type[ReflectionForm]:
    """The form that a reflection asks to fill in."""
    return scoring_form(scoring) if scoring else ReflectionForm


def filled(scoring: Scoring | None, kept: Written | None) -> ReflectionForm:
    """The form with what its writer kept last."""
    given: dict[str, Any] = {"text": kept.text if kept else ""}
    known = kept.scores if kept else NOT_SCORED
    for case in scoring.cases if scoring else ():
        given[reasons_field(case)] = known.reasons.get(case.id, "")
        for factor in scoring.factors if scoring else ():
            score = known.score(case.id, factor.key)
            given[score_field(case, factor)] = None if score is None else str(score)
    return form_for(scoring)(formdata=None, data=given)


def scores_in(scoring: Scoring | None, form: ReflectionForm) -> Scores:
    """What was chosen; the form has seen to it that it can be."""
    if scoring is None:
        return NOT_SCORED
    chosen = {
        case.id: {
            factor.key: int(form[score_field(case, factor)].data)
            for factor in scoring.factors
            if form[score_field(case, factor)].data
        }
        for case in scoring.cases
    }
    reasons = {case.id: form[reasons_field(case)].data or "" for case in scoring.cases}
    return Scores(
        {case: found for case, found in chosen.items() if found},
        {case: said for case, said in reasons.items() if said.strip()},
    )


def asked(way: Way, scoring: Scoring | None, form: ReflectionForm) -> list[CaseAsked]:
    """The cases as the page shows them; none for a reflection that is only written."""
    if scoring is None:
        return []
    return [
        CaseAsked(
            case,
            _about(way, case),
            [form[score_field(case, factor)] for factor in scoring.factors],
            form[reasons_field(case)],
        )
        for case in scoring.cases
    ]


def _about(way: Way, case: Case) -> str | None:
    found = way.standing.find(case.unit) if case.unit else None
    return way.url(found[1].unit) if found and found[0].open else None


def both_in_words(scoring: Scoring | None, saved: Written | None, sent: ReflectionForm) -> list[tuple[str, str, str]]:
    """What was asked, what was saved and what was sent, where the two differ."""
    before, now = saved.scores if saved else NOT_SCORED, scores_in(scoring, sent)
    found = [(_("Your text"), saved.text if saved else "", _lines(sent.text.data))]
    for case in scoring.cases if scoring else ():
        found += _scores_in_words(scoring, case, before, now) if scoring else []
        said = (before.reasons.get(case.id, ""), _lines(now.reasons.get(case.id)))
        found.append((str(sent[reasons_field(case)].label.text), *said))
    return [row for row in found if row[1] != row[2]] or found[:1]


def _scores_in_words(scoring: Scoring, case: Case, before: Scores, now: Scores) -> list[tuple[str, str, str]]:
    words: dict[int | None, str] = {None: "", **dict(scores(scoring.language))}
    return [
        (
            f"{case.name}: {factor.name}",
            words[before.score(case.id, factor.key)],
            words[now.score(case.id, factor.key)],
        )
        for factor in scoring.factors
    ]


def _lines(text: str | None) -> str:
    """As it would have been kept."""
    return (text or "").replace("\r\n", "\n").strip()
