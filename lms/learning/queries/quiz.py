"""Tries at a quiz and their answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.kernel.errors import NotFound, NotInstalled
from lms.kernel.secrets import Unsealable, unseal
from lms.kernel.values import dataclass
from lms.learning.models import (
    Answer,
    QuizTry,
)
from lms.learning.rules.answers import Given, Quiz, Sent
from lms.people.sealing import private_key_of
from lms.plugins.unit_kind import UnitKind


@dataclass(frozen=True, slots=True)
class TryRow:
    """One try at a quiz."""

    id: int
    public_id: str
    unit_id: int
    substance: str
    revision_id: int
    number: int
    seed: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    points: int | None
    total: int | None

    @property
    def closed(self) -> bool:
        """Whether its answers have been checked."""
        return self.closed_at is not None


_TRY = (
    QuizTry.id, QuizTry.public_id, QuizTry.unit_id, QuizTry.substance, QuizTry.revision_id, QuizTry.number,
    QuizTry.seed, QuizTry.opened_at, QuizTry.closed_at, QuizTry.points, QuizTry.total,
)  # fmt: skip


def latest_try(session: Session, enrolment_id: int, unit_id: int, substance: str) -> TryRow | None:
    """The try to show on a quiz's page: the open one, else the last that was closed."""
    found = select(*_TRY).where(
        QuizTry.enrolment_id == enrolment_id, QuizTry.unit_id == unit_id, QuizTry.substance == substance
    )
    row = session.execute(found.order_by(QuizTry.number.desc()).limit(1)).first()
    return TryRow(*row) if row else None


def try_of(session: Session, enrolment_id: int, unit_id: int, public_id: str, *, lock: bool = False) -> TryRow:
    """One try of this enrolment at this unit, locked against its closing if asked; raises NotFound."""
    found = select(*_TRY).where(
        QuizTry.public_id == public_id, QuizTry.enrolment_id == enrolment_id, QuizTry.unit_id == unit_id
    )
    row = session.execute(found.with_for_update(key_share=True) if lock else found).first()
    if row is None:
        raise NotFound
    return TryRow(*row)


def answers_of(session: Session, person_id: int, tried: TryRow) -> list[Sent]:
    """Every answer of a try in the order of arrival; what was written freely is unsealed for its writer."""
    rows = _answers(session, Answer.try_id == tried.id)
    return [
        Sent(row.question, given, row.page, row.sequence)
        for row, given in zip(rows, _opened(session, person_id, tried, rows), strict=True)
    ]


def answers_under(session: Session, person_id: int, tried: TryRow, receipt_id: int) -> dict[str, Given]:
    """What was saved under one receipt, question by question."""
    rows = _answers(session, (Answer.receipt_id == receipt_id) & (Answer.try_id == tried.id))
    return {row.question: given for row, given in zip(rows, _opened(session, person_id, tried, rows), strict=True)}


def _answers(session: Session, which: ColumnElement[bool]) -> Sequence[Any]:
    found = select(Answer.question, Answer.given, Answer.sealed, Answer.page, Answer.sequence)
    return session.execute(found.where(which).order_by(Answer.id)).all()


def _opened(session: Session, person_id: int, tried: TryRow, rows: Sequence[Any]) -> list[Given]:
    key = private_key_of(session, person_id) if any(row.sealed for row in rows) else b""
    return [_free(key, tried, row) if row.sealed else list(row.given) for row in rows]


def _free(key: bytes, tried: TryRow, row: Any) -> Given:
    try:
        return [unseal(key, row.sealed, answer_place(tried.public_id, row.question)).decode()]
    except Unsealable:  # written under an entry that was joined, whose address they have not proved yet
        return []


def answer_place(tried: str, question: str) -> str:
    """Where a sealed answer belongs."""
    return f"answer:{tried}:{question}"


def quiz(session: Session, kinds: Mapping[str, UnitKind], revision_id: int) -> Quiz:
    """A quiz with its answers, as it was published: for the server only. Raises NotInstalled for an unknown kind."""
    text = catalogue.unit_text(session, revision_id)
    kind = kinds.get(text.kind)
    if kind is None:
        raise NotInstalled(_("This unit needs a part that is not installed."))
    return Quiz(revision_id, kind, text.data, tuple(kind.questions(text.data)))
