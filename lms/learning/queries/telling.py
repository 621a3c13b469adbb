"""First tries at the questions of a course, and what was made of them to be told."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from lms.catalogue.kinds.questions import is_right
from lms.learning.models import Answer, QuestionTally, QuizTry
from lms.learning.rules.answers import Sent, answer_of, that_count
from lms.learning.rules.telling import Answered, Count, Instead, Told, told
from lms.plugins.unit_kind import Question, UnitKind
from lms.seminars.models import Edition, Enrolment

from .quiz import quiz

_AT_ONCE = 2000
Asked = tuple[str, str]
"""A question and its substance."""


def _first(until: dt.datetime) -> ColumnElement[bool]:
    """The first try of an enrolment at a unit, closed by then; one that was set aside is no try."""
    return and_(QuizTry.number == 1, QuizTry.closed_at <= until, QuizTry.set_aside.is_(False))


def grown(session: Session, until: dt.datetime) -> list[tuple[int, int]]:
    """The (course, unit) pairs in which first tries were closed that are not in the tallies yet; one statement."""
    closed = (
        select(Edition.course_id, QuizTry.unit_id, func.count().label("tries"))
        .join(Enrolment, Enrolment.id == QuizTry.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(_first(until))
        .group_by(Edition.course_id, QuizTry.unit_id)
        .subquery()
    )
    kept = QuestionTally
    rows = select(closed.c.course_id, closed.c.unit_id).outerjoin(
        kept, (kept.course_id == closed.c.course_id) & (kept.unit_id == closed.c.unit_id)
    )
    new = rows.where(func.coalesce(kept.tries, 0) != closed.c.tries)
    return [(course_id, unit_id) for course_id, unit_id in session.execute(new.order_by(*rows.selected_columns))]


def tally_of(
    session: Session, kinds: Mapping[str, UnitKind], course_id: int, unit_id: int, until: dt.datetime
) -> tuple[int, list[dict[str, Any]]]:
    """How many first tries there are at a unit in the editions of a course, and what may be told of them, as it is
    kept. Raises NotInstalled."""
    tries, given, questions = 0, dict[Asked, list[Answered]](), dict[int, tuple[Question, ...]]()
    seen: set[tuple[int, Asked]] = set()
    for row, answers in _tries(session, course_id, unit_id, until):
        tries += 1
        if row.revision_id not in questions:
            questions[row.revision_id] = quiz(session, kinds, row.revision_id).questions
        for question in questions[row.revision_id]:
            asked = (question.id, question.substance)
            # Whoever is asked the same again, in this edition or another, answers it for the second time.
            if question.scored and (row.person_id, asked) not in seen:
                seen.add((row.person_id, asked))
                given.setdefault(asked, []).append(_answered(row.edition_id, question, answers))
    return tries, [_kept(asked, told(answers)) for asked, answers in sorted(given.items())]


def _tries(
    session: Session, course_id: int, unit_id: int, until: dt.datetime
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    rows = session.execute(
        select(
            QuizTry.id, QuizTry.revision_id, Enrolment.person_id, Enrolment.edition_id,
            Answer.question, Answer.given, Answer.page, Answer.sequence,
        )
        .join(Enrolment, Enrolment.id == QuizTry.enrolment_id)
        .join(Edition, Edition.id == Enrolment.edition_id)
        .outerjoin(Answer, Answer.try_id == QuizTry.id)
        .where(Edition.course_id == course_id, QuizTry.unit_id == unit_id, _first(until))
        .order_by(QuizTry.closed_at, QuizTry.id, Answer.id)
        .execution_options(yield_per=_AT_ONCE)
    )  # fmt: skip
    for _number, group in groupby(rows, key=lambda row: row.id):
        answers = list(group)
        sent = (Sent(one.question, one.given, one.page, one.sequence) for one in answers if one.question is not None)
        yield answers[0], that_count(sent)


def _answered(edition_id: int, question: Question, answers: Mapping[str, Any]) -> Answered:
    given = answers.get(question.id, [])
    right = is_right(question, answer_of(question, given))
    return Answered(edition_id, "" if right else json.dumps(given))


def _kept(asked: Asked, found: Told) -> dict[str, Any]:
    return {
        "question": asked[0],
        "substance": asked[1],
        "everyone": [found.everyone.right, found.everyone.wrong],
        "editions": [[number, count.right, count.wrong] for number, count in sorted(found.editions.items())],
        "instead": [[one.answer, one.times, one.wrong] for one in found.instead],
    }


def told_in(session: Session, course_id: int) -> dict[tuple[int, str, str], Told]:
    """What may be told of the questions of a course, by unit, question and substance; one statement."""
    kept = select(QuestionTally.unit_id, QuestionTally.told).where(QuestionTally.course_id == course_id)
    return {
        (unit_id, entry["question"], entry["substance"]): _read(entry)
        for unit_id, entries in session.execute(kept)
        for entry in entries
    }


def _read(entry: Mapping[str, Any]) -> Told:
    editions: Iterable[list[int]] = entry["editions"]
    return Told(
        everyone=Count(*entry["everyone"]),
        editions={number: Count(right, wrong) for number, right, wrong in editions},
        instead=tuple(Instead(*one) for one in entry["instead"]),
    )
