"""Tries at a quiz: opened, answered one question at a time, checked once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.kernel.errors import NotFound, Refused
from lms.kernel.secrets import new_token
from lms.kernel.values import dataclass
from lms.learning.models import Answer, QuizTry
from lms.learning.queries import OwnEnrolment, Taken, TryRow, answer_place, answers_of, try_of
from lms.learning.rules.answers import NO_ORDER, Given, Order, Quiz, still_open, that_count
from lms.learning.rules.progress import ProgressKind, finished_by, passes
from lms.people.sealing import seal_text
from lms.plugins.unit_kind import Question

from .progress import about, hold, record
from .receipts import take


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking: the questions still open, or none of them and the try is closed."""

    taken: Taken
    missing: tuple[Question, ...]


def open_try(
    session: Session, *, own: OwnEnrolment, outline: Outline, unit: OutlineUnit, key: str, at: dt.datetime
) -> Taken:
    """Begin a try with a shuffle of its own; while one is open there is no second. Raises Refused, ChangedSince."""
    held = hold(session, own, outline)
    taken = take(session, own.id, key, action="try", body=about(unit), at=at)
    if not taken.fresh:
        return taken
    if finished_by(unit.kind, unit.questions) is not ProgressKind.PASSED:
        raise NotFound
    held.must_be_open(unit)
    if not _already_open(session, own, unit, at):
        number = _tries(session, own, unit) + 1
        session.execute(
            insert(QuizTry).values(
                public_id=new_token(), enrolment_id=own.id, unit_id=unit.id, substance=unit.substance,
                revision_id=unit.revision_id, number=number, seed=new_token(), opened_at=at,
            )
        )  # fmt: skip
        if number == 1:
            record(session, held, unit, ProgressKind.STARTED, taken)
    return taken


def _already_open(session: Session, own: OwnEnrolment, unit: OutlineUnit, at: dt.datetime) -> bool:
    mine = (QuizTry.enrolment_id == own.id, QuizTry.unit_id == unit.id, QuizTry.closed_at.is_(None))
    row = session.execute(select(QuizTry.id, QuizTry.substance).where(*mine)).first()
    if row is not None and row.substance != unit.substance:
        aside = update(QuizTry).where(QuizTry.id == row.id)
        session.execute(aside.values(closed_at=at, points=0, total=0, set_aside=True))
        return False
    return row is not None


def _tries(session: Session, own: OwnEnrolment, unit: OutlineUnit) -> int:
    mine = (QuizTry.enrolment_id == own.id, QuizTry.unit_id == unit.id, QuizTry.substance == unit.substance)
    return session.scalar(select(func.count()).select_from(QuizTry).where(*mine)) or 0


def save_answers(
    session: Session,
    *,
    own: OwnEnrolment,
    unit: OutlineUnit,
    tried: TryRow,
    quiz: Quiz,
    given: Mapping[str, Given],
    key: str,
    at: dt.datetime,
    order: Order = NO_ORDER,
) -> Taken:
    """Keep answers to a try, which the caller has locked. Raises NotFound when the questions have changed in substance
    since it was begun, Refused when it is closed, ChangedSince."""
    _same_substance(tried, unit)
    taken = _take(session, own, tried, quiz, given, "answer", key, at)
    if taken.fresh:
        if tried.closed:
            raise Refused(_("These questions have been checked already. Nothing was changed. You can try again."))
        _append(session, own, tried, quiz, given, taken, order)
    return taken


def check_try(
    session: Session,
    *,
    own: OwnEnrolment,
    outline: Outline,
    unit: OutlineUnit,
    public_id: str,
    quiz: Quiz,
    given: Mapping[str, Given],
    key: str,
    at: dt.datetime,
    order: Order = NO_ORDER,
) -> Checked:
    """Keep the answers, and if none is missing close the try and score it. Raises NotFound, Refused, ChangedSince.

    An empty answer takes back what was saved before; a question that is not in `given` keeps it.
    """
    held = hold(session, own, outline)
    tried = try_of(session, own.id, unit.id, public_id, lock=True)
    _same_substance(tried, unit)
    taken = _take(session, own, tried, quiz, given, "check", key, at)
    if tried.closed:
        if taken.fresh:
            raise Refused(_("These questions have been checked already. Nothing was changed. You can try again."))
        return Checked(taken, ())
    before = that_count(answers_of(session, own.person_id, tried))
    if taken.fresh:
        _append(session, own, tried, quiz, _new(given, before, order), taken, order)
        before |= given
    missing = still_open(quiz.questions, before)
    if taken.fresh and not missing:
        score = quiz.score(before)
        closing = update(QuizTry).where(QuizTry.id == tried.id)
        session.execute(closing.values(closed_at=at, points=score.points, total=score.total))
        passed = passes(score.points, score.total, unit.pass_mark)
        record(session, held, unit, ProgressKind.PASSED if passed else ProgressKind.NOT_PASSED, taken, score)
    return Checked(taken, missing)


def _new(given: Mapping[str, Given], before: Mapping[str, Given], order: Order) -> Mapping[str, Given]:
    """What is to be appended: with an order also what is as before, so that a late request does not overtake it."""
    if order.sequence is not None:
        return given
    return {question: answer for question, answer in given.items() if answer != before.get(question, [])}


def _same_substance(tried: TryRow, unit: OutlineUnit) -> None:
    if tried.substance != unit.substance:
        raise NotFound(_("These questions have changed since you began. Open them again; your earlier tries are kept."))


def _take(
    session: Session,
    own: OwnEnrolment,
    tried: TryRow,
    quiz: Quiz,
    given: Mapping[str, Given],
    action: str,
    key: str,
    at: dt.datetime,
) -> Taken:
    free = {question.id for question in quiz.questions if not question.scored}
    plain = {name: answer for name, answer in given.items() if name not in free}
    private = "\x1f".join(f"{name}\x1e{text}" for name in sorted(free & set(given)) for text in given[name])
    body = {"try": tried.public_id, "unit": tried.unit_id, "answers": plain}
    return take(session, own.id, key, action=action, body=body, private=private, at=at)


def _append(
    session: Session,
    own: OwnEnrolment,
    tried: TryRow,
    quiz: Quiz,
    given: Mapping[str, Given],
    taken: Taken,
    order: Order,
) -> None:
    free = {question.id for question in quiz.questions if not question.scored}
    rows: list[dict[str, Any]] = []
    for name, answer in given.items():
        row = {"try_id": tried.id, "question": name, "given": answer, "sealed": None, "receipt_id": taken.id}
        if name in free and answer:
            place = answer_place(tried.public_id, name)
            row |= {"given": [], "sealed": seal_text(session, own.person_id, str(answer[0]), place)}
        rows.append(row | {"page": order.page, "sequence": order.sequence, "at": taken.at})
    if rows:
        session.execute(insert(Answer), rows)
