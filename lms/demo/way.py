"""The way of one participant, walked through the same services as a real one's."""

from __future__ import annotations

import datetime as dt
from functools import partial
from zlib import crc32

from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.learning import queries as learning
from lms.learning.rules.answers import Given, Quiz
from lms.learning.rules.proposals import Outcome
from lms.learning.rules.reports import ReportOutcome
from lms.learning.services import (
    answer_proposal,
    answer_report,
    check_try,
    complete_unit,
    open_try,
    propose_equivalent,
    report_text,
    write_reflection,
)
from lms.plugins.manager import unit_kinds
from lms.plugins.unit_kind import Question
from lms.seminars.models import Edition

from .cast import Error, Word


def read_units(session: Session, *, edition: Edition, person_id: int, share: float, at: dt.datetime) -> None:
    """Do the first `share` (0 to 1) of the course's units: read, reflect, answer."""
    own = learning.own_enrolment(session, edition.public_id, person_id)
    outline = catalogue.outline(session, own.version_id)
    units = [unit for module in outline.modules for unit in module.units]
    for unit in units[: round(len(units) * share)]:
        _do(session, own, outline, unit, at)


def _do(session: Session, own: learning.OwnEnrolment, outline: Outline, unit: OutlineUnit, at: dt.datetime) -> None:
    key = f"demo-{own.id}-{unit.key}"
    text = catalogue.unit_text(session, unit.revision_id)
    kind = unit_kinds()[unit.kind]
    if unit.kind == "reflection":
        words = "What I would first ask in my own ministry, and whom."
        write_reflection(session, own=own, outline=outline, unit=unit, text=words, key=key, at=at)
        return
    if not unit.questions:
        complete_unit(session, own=own, outline=outline, unit=unit, key=key, at=at)
        return
    open_try(session, own=own, outline=outline, unit=unit, key=f"{key}-open", at=at)
    quiz = Quiz(unit.revision_id, kind, text.data, tuple(kind.questions(text.data)))
    tried = learning.latest_try(session, own.id, unit.id, unit.substance)
    if tried is None:
        raise LookupError(f"the try at {unit.key} was not opened")
    given = {question.id: right_answer(question) for question in quiz.questions}
    first = given | {question.id: instead(question) for question in quiz.questions if _misses(own, question)}
    check = partial(check_try, session, own=own, outline=outline, unit=unit, quiz=quiz, at=at)
    check(public_id=tried.public_id, given=first, key=f"{key}-first")
    if first != given:
        open_try(session, own=own, outline=outline, unit=unit, key=f"{key}-again", at=at)
        again = learning.latest_try(session, own.id, unit.id, unit.substance)
        if again is None:
            raise LookupError(f"the second try at {unit.key} was not opened")
        check(public_id=again.public_id, given=given, key=key)


def _misses(own: learning.OwnEnrolment, question: Question) -> bool:
    """Whether somebody misses a question on the first try: the same people the same questions, every time."""
    return question.kind == "one-of-many" and crc32(f"{own.id} {question.id}".encode()) % 5 < 2


def report(session: Session, *, edition: Edition, person_id: int, said: Error, by: str, at: dt.datetime) -> None:
    """Report an error in a text, if the course has it, and answer as `by` where the demonstration says so."""
    own = learning.own_enrolment(session, edition.public_id, person_id)
    outline = catalogue.outline(session, own.version_id)
    unit = next((unit for _module, unit in outline.units() if unit.key == said.unit), None)
    if unit is None:
        return
    key = f"demo-{own.id}-{said.unit}-report"
    report_text(session, own=own, unit=unit, revision_id=unit.revision_id, text=said.wrong, key=key, at=at)
    if said.answer:
        newest, outcome = learning.own_reports(session, person_id)[0].public_id, ReportOutcome(said.answer)
        answer_report(
            session, course_id=outline.course_id, public_id=newest, outcome=outcome, reason=said.reason, by=by,
            at=at + dt.timedelta(days=1),
        )  # fmt: skip


def propose(session: Session, *, edition: Edition, person_id: int, said: Word, by: str, at: dt.datetime) -> None:
    """Propose a word for a term, if the course has it, and answer as `by` where the demonstration says so."""
    own = learning.own_enrolment(session, edition.public_id, person_id)
    course_id = catalogue.outline(session, own.version_id).course_id
    term = catalogue.glossary(session, own.version_id).term(said.term)
    if term is None:
        return
    key = f"demo-{own.id}-{said.term}-{said.language}"
    what = {"language": said.language, "word": said.word, "remark": said.remark}
    propose_equivalent(session, own=own, course_id=course_id, term=term, key=key, at=at, **what)
    if said.answer:
        newest = learning.own_proposals(session, person_id, course_id)[0].public_id
        outcome, later = Outcome(said.answer), at + dt.timedelta(days=1)
        answer_proposal(
            session, course_id=course_id, public_id=newest, outcome=outcome, reason=said.reason, by=by, at=later
        )


def instead(question: Question) -> Given:
    """A wrong answer to a question with one right one."""
    return [next(option.id for option in question.options if not option.correct)]


def right_answer(question: Question) -> Given:
    """The right answer in the form in which answers are kept."""
    if question.kind == "matching":
        return sorted([left, right] for left, right in question.pairs.items())
    if question.kind == "ordering":
        return sorted([option.id, str(place)] for place, option in enumerate(question.options, 1))
    return sorted(option.id for option in question.options if option.correct)
