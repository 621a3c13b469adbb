"""Words that readers proposed: one's own, and for trainers those of a course, without whose they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning.models import TermProposal, TermProposalOutcome
from lms.learning.rules.proposals import ANSWERS, Outcome, sameness
from lms.people.sealing import keys_of, open_if_there

_MOST_ANSWERED = 500


@dataclass(frozen=True, slots=True)
class OwnProposal:
    """A word that the reader proposed, and what became of it; the remark is opened where one term is asked for."""

    public_id: str
    version_id: int
    term: str
    language: str
    word: str
    remark: str
    at: dt.datetime
    outcome: Outcome | None
    reason: str
    settled_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ProposedWord:
    """What one or more readers proposed for a term in a language, as trainers see it: never who.

    `public_id` is that of the newest proposal, and stands for all that say the same.
    """

    public_id: str
    term: str
    language: str
    word: str
    people: int
    remarks: tuple[str, ...]
    at: dt.datetime
    outcome: Outcome | None
    reason: str
    settled_at: dt.datetime | None


def remark_place(public_id: str) -> str:
    """Where a sealed remark belongs."""
    return f"term-proposal:{public_id}"


_COLUMNS: tuple[Any, ...] = (
    TermProposal.id, TermProposal.public_id, TermProposal.version_id, TermProposal.term, TermProposal.language,
    TermProposal.word, TermProposal.sealed_remark, TermProposal.person_id, TermProposal.at,
    TermProposalOutcome.outcome, TermProposalOutcome.reason, TermProposalOutcome.at.label("settled_at"),
)  # fmt: skip


def _in_course(course_id: int) -> Select[*tuple[Any, ...]]:
    """Every proposal of a course, under whichever of its versions it was made; the newest first."""
    return (
        select(*_COLUMNS)
        .join(CourseVersion, CourseVersion.id == TermProposal.version_id)
        .outerjoin(TermProposalOutcome, TermProposalOutcome.proposal_id == TermProposal.id)
        .where(CourseVersion.course_id == course_id)
        .order_by(TermProposal.id.desc())
    )


def own_proposals(session: Session, person_id: int, course_id: int, term: str | None = None) -> list[OwnProposal]:
    """What a person proposed for a course, or for one of its terms; for that person alone. One statement, and one for
    the key where remarks are opened."""
    found = _in_course(course_id).where(TermProposal.person_id == person_id)
    rows = session.execute(found if term is None else found.where(TermProposal.term == term)).all()
    remarks = dict.fromkeys((row.public_id for row in rows), "") if term is None else _remarks(session, rows)
    return [
        OwnProposal(
            row.public_id, row.version_id, row.term, row.language, row.word, remarks[row.public_id], row.at,
            row.outcome, row.reason or "", row.settled_at,
        )
        for row in rows
    ]  # fmt: skip


def proposed_words(session: Session, course_id: int, *, answered: bool = False) -> list[ProposedWord]:
    """What readers proposed for a course and what still waits, or what has been answered of late; the newest first.

    Two statements however many there are: the proposals, and the keys to the remarks.
    """
    outcome = TermProposalOutcome.outcome
    wanted = _in_course(course_id).where(outcome.in_(sorted(ANSWERS)) if answered else outcome.is_(None))
    rows = session.execute(wanted.limit(_MOST_ANSWERED) if answered else wanted).all()
    remarks, together = _remarks(session, rows), dict[Any, list[Any]]()
    for row in rows:
        same = (row.term, row.language, sameness(row.word), row.outcome, row.reason)
        together.setdefault(same, []).append(row)
    return [_word(group, remarks) for group in together.values()]


def _word(rows: Sequence[Any], remarks: dict[str, str]) -> ProposedWord:
    newest = rows[0]
    return ProposedWord(
        public_id=newest.public_id,
        term=newest.term,
        language=newest.language,
        word=newest.word,
        people=len({row.person_id for row in rows}),
        remarks=tuple(remarks[row.public_id] for row in rows if remarks[row.public_id]),
        at=newest.at,
        outcome=newest.outcome,
        reason=newest.reason or "",
        settled_at=newest.settled_at,
    )


def _remarks(session: Session, rows: Sequence[Any]) -> dict[str, str]:
    """The remark of each, empty where there is none and once its person was erased."""
    writers = {row.person_id for row in rows if row.sealed_remark}
    keys = keys_of(session, writers) if writers else {}
    return {
        row.public_id: open_if_there(keys.get(row.person_id), row.sealed_remark, remark_place(row.public_id))
        for row in rows
    }


def proposal_in_course(session: Session, course_id: int, public_id: str) -> Any:
    """One proposal of a course, with its outcome if it has one; raises NotFound."""
    # PostgreSQL cannot even be asked for a zero byte.
    found = _in_course(course_id).where(TermProposal.public_id == public_id)
    row = None if "\x00" in public_id else session.execute(found).first()
    if row is None:
        raise NotFound
    return row


def open_proposals_for(session: Session, course_id: int, term: str, language: str) -> Sequence[Any]:
    """What waits for an answer about one term in one language; the newest first."""
    open_ones = _in_course(course_id).where(TermProposalOutcome.outcome.is_(None))
    return session.execute(open_ones.where(TermProposal.term == term, TermProposal.language == language)).all()
