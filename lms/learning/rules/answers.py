"""Answers to the questions of a quiz: what was sent, what is kept, which of them count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lms.catalogue.kinds.questions import PublicQuestion, read_answer
from lms.kernel.values import dataclass
from lms.plugins.unit_kind import Question, Score, UnitKind

LONGEST_TEXT = 4000
Given = list[Any]
"""As it is kept: chosen ids; for matching and ordering pairs of (left or item, what was put beside it); or one text."""


class NotAnAnswer(ValueError):
    """What was sent cannot be an answer to this question."""


@dataclass(frozen=True, slots=True)
class Order:
    """On which page something was chosen, and when among all that was chosen there; no sequence where no script ran."""

    page: str = ""
    sequence: int | None = None


NO_ORDER = Order()


@dataclass(frozen=True, slots=True)
class Sent:
    """One answer as it stands in the database; `page` and `sequence` say where and in which order it was given."""

    question: str
    given: Given
    page: str = ""
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class Quiz:
    """One revision of a quiz with its answers: for the server only."""

    revision_id: int
    kind: UnitKind
    data: Mapping[str, Any]
    questions: tuple[Question, ...]

    def score(self, given: Mapping[str, Given]) -> Score:
        """What these answers are worth."""
        return self.kind.score(self.data, scoreable(self.questions, given))


def ask_the_same(one: Quiz, other: Quiz) -> bool:
    """Whether both have the same questions with the same options in the same places, so that an answer to one answers
    the other and a try shows both alike."""
    return _asked(one) == _asked(other)


def _asked(quiz: Quiz) -> list[Any]:
    return [[q.id, q.kind, [o.id for o in q.options], [t.id for t in q.targets]] for q in quiz.questions]


def fields_of(question: Question) -> tuple[str, ...]:
    """The names of a question's inputs on the page."""
    if question.kind in {"matching", "ordering"}:
        return tuple(f"{question.id}.{option.id}" for option in question.options)
    return (question.id,)


def given_in(question: Question, form: Mapping[str, Sequence[str]]) -> Given:
    """What a form says in answer to a question, complete or not. Raises NotAnAnswer for what the page never offered."""
    if question.kind == "reflection":
        return _text(form.get(question.id, ()))
    if question.kind in {"matching", "ordering"}:
        return _pairs(question, form)
    chosen = sorted({value for value in form.get(question.id, ()) if value})
    if not set(chosen) <= {option.id for option in question.options}:
        raise NotAnAnswer(question.id)
    if question.kind != "many-of-many" and len(chosen) > 1:
        raise NotAnAnswer(question.id)
    return list(chosen)


def _text(values: Sequence[str]) -> Given:
    text = "\n".join(values).replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT or "\x00" in text:
        raise NotAnAnswer("text")
    return [text] if text else []


def _pairs(question: Question, form: Mapping[str, Sequence[str]]) -> Given:
    places = [str(place) for place in range(1, len(question.options) + 1)]
    allowed = {target.id for target in question.targets} if question.kind == "matching" else set(places)
    pairs: Given = []
    for option in question.options:
        values = [value for value in form.get(f"{question.id}.{option.id}", ()) if value]
        if len(values) > 1 or not set(values) <= allowed:
            raise NotAnAnswer(question.id)
        pairs += [[option.id, value] for value in values]
    return sorted(pairs)


def answer_of(question: Question, given: Given) -> Any:
    """The answer in the form in which a unit kind scores it; None while it is not complete."""
    return read_answer(question, _raw(question, given))


def _raw(question: Question, given: Given) -> Any:
    if question.kind == "matching":
        return dict(given)
    if question.kind == "ordering":
        places = {place: item for item, place in given}
        numbers = [str(number) for number in range(1, len(given) + 1)]
        return [places[number] for number in numbers] if set(places) == set(numbers) else None
    if question.kind == "many-of-many":
        return given
    return given[0] if given else None


def that_count(answers: Iterable[Sent]) -> dict[str, Given]:
    """The answer that counts for each question: the last to arrive, but never one overtaken by a later one of its page.

    Answers come in the order of arrival.
    """
    last: dict[str, Sent] = {}
    newest: dict[tuple[str, str], int] = {}
    for answer in answers:
        if answer.sequence is not None:
            place = (answer.question, answer.page)
            if answer.sequence < newest.get(place, answer.sequence):
                continue
            newest[place] = answer.sequence
        last[answer.question] = answer
    return {question: answer.given for question, answer in last.items()}


def still_open(questions: Sequence[Question], given: Mapping[str, Given]) -> tuple[Question, ...]:
    """The questions without a complete answer; a reflection may stay empty."""
    return tuple(q for q in questions if q.scored and answer_of(q, given.get(q.id, [])) is None)


def scoreable(questions: Sequence[Question], given: Mapping[str, Given]) -> dict[str, Any]:
    """Question id → answer, as a unit kind scores them."""
    return {q.id: answer_of(q, given.get(q.id, [])) for q in questions}


def in_words(question: PublicQuestion, given: Given, yes_no: Mapping[str, str]) -> str:
    """An answer as a line of text, for the page that shows two of them; `yes_no` names true and false."""
    texts = {option.id: option.text or yes_no.get(option.id, option.id) for option in question.options}
    texts |= {target.id: target.text for target in question.targets}
    if question.kind == "matching":
        return "; ".join(f"{texts[left]}: {texts[right]}" for left, right in given)
    if question.kind == "ordering":
        return "; ".join(f"{place}. {texts[item]}" for item, place in sorted(given, key=lambda pair: int(pair[1])))
    return "; ".join(texts.get(str(part), str(part)) for part in given)
