"""Words that readers propose for a term in their language: proposed, taken back, answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.catalogue.rules.glossary import GlossaryTerm
from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.secrets import new_token
from lms.learning.models import TermProposal, TermProposalOutcome
from lms.learning.queries import OwnEnrolment, Taken, open_proposals_for, proposal_in_course, remark_place
from lms.learning.rules.proposals import (
    ANSWERS,
    LONGEST_REASON,
    LONGEST_REMARK,
    LONGEST_WORD,
    Outcome,
    WordFault,
    fault,
    sameness,
    tidy,
)
from lms.people.models import Person
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_text
from lms.people.services.wording import refuse_text

from .receipts import take

_FAULTS: Mapping[WordFault, LazyString] = {
    WordFault.EMPTY: _l("There is no word yet. Write it, then send it."),
    WordFault.LONG: _l("This is longer than %(number)s characters. Give the word alone.", number=LONGEST_WORD),
    WordFault.NO_LETTERS: _l("There are no letters in this. Give the word as your language writes it."),
    WordFault.UNKEEPABLE: _l("There is a character in this word that we cannot keep."),
}


def propose_equivalent(
    session: Session,
    *,
    own: OwnEnrolment,
    course_id: int,
    term: GlossaryTerm,
    language: str,
    word: str,
    remark: str,
    key: str,
    at: dt.datetime,
) -> Taken:
    """Keep what a reader calls a term in a language; the remark is sealed. Raises Refused, ChangedSince."""
    word, remark = tidy(word), _remark(remark)
    _must_be_new_to(term, language, word)
    # One after the other for each reader, so that two at once cannot say the same twice.
    session.execute(select(Person.id).where(Person.id == own.person_id).with_for_update(key_share=True))
    body = {"term": term.key, "language": language, "word": word}
    taken = take(session, own.id, key, action="term-proposal", body=body, private=remark, at=at)
    if not taken.fresh:
        return taken
    waiting = open_proposals_for(session, course_id, term.key, language)
    if any(row.person_id == own.person_id and sameness(row.word) == sameness(word) for row in waiting):
        raise Refused(_("You have proposed this word already. It waits for an answer."))
    public_id = new_token()
    sealed = seal_text(session, own.person_id, remark, remark_place(public_id)) if remark else None
    row = {"public_id": public_id, "version_id": own.version_id, "person_id": own.person_id, "sealed_remark": sealed}
    session.execute(insert(TermProposal).values(**body, **row, at=at))
    return taken


def _must_be_new_to(term: GlossaryTerm, language: str, word: str) -> None:
    found = fault(word)
    if found is not None:
        raise Refused(str(_FAULTS[found]))
    if sameness(term.names.get(language, "")) == sameness(word):
        raise Refused(_("The glossary has this word already."))


def _remark(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if len(text) > LONGEST_REMARK:
        raise Refused(_("The remark is longer than %(number)s characters. Shorten it.", number=LONGEST_REMARK))
    if "\x00" in text:
        raise Refused(_("There is a character in this text that we cannot keep."))
    return text


def withdraw_proposal(
    session: Session, *, own: OwnEnrolment, course_id: int, public_id: str, by: str, key: str, at: dt.datetime
) -> Taken:
    """Take one's own proposal back, as long as nobody has answered it. Raises Refused, ChangedSince, NotFound."""
    row = proposal_in_course(session, course_id, public_id)
    if row.person_id != own.person_id:
        raise NotFound
    taken = take(session, own.id, key, action="term-withdrawal", body={"proposal": public_id}, at=at)
    if taken.fresh and not _settle(session, [row.id], Outcome.WITHDRAWN, "", by, at):
        became = proposal_in_course(session, course_id, public_id).outcome
        if became is not Outcome.WITHDRAWN:
            raise Refused(_("It was answered in the meantime, so it can no longer be taken back."))
    return taken


def answer_proposal(
    session: Session, *, course_id: int, public_id: str, outcome: Outcome, reason: str, by: str, at: dt.datetime
) -> int:
    """Take up or decline a proposed word, for everyone who said the same; gives how many proposals that answered.

    Sent again it does nothing more. Raises Refused without a reason for declining, Conflict when it was answered
    otherwise or taken back in the meantime, NotFound.
    """
    if outcome not in ANSWERS:
        raise ValueError("only the proposer withdraws")
    reason = _reason(outcome, reason)
    row = proposal_in_course(session, course_id, public_id)
    waiting = open_proposals_for(session, course_id, row.term, row.language)
    same = [one.id for one in waiting if sameness(one.word) == sameness(row.word)]
    answered = _settle(session, same, outcome, reason, by, at)
    if answered:
        audit.record(session, at=at, actor=by, act=f"term.{outcome}", about=public_id, proposals=answered)
        return answered
    became = proposal_in_course(session, course_id, public_id)
    if (became.outcome, became.reason) != (outcome, reason):
        raise Conflict(_("This proposal was taken back or answered in the meantime."))
    return 0


def _reason(outcome: Outcome, reason: str) -> str:
    reason = " ".join(reason.split())
    if outcome is Outcome.DECLINED and not reason:
        raise Refused(_("Say in a sentence why. Whoever proposed the word reads it."))
    if len(reason) > LONGEST_REASON:
        raise Refused(_("This is longer than %(number)s characters. Shorten it.", number=LONGEST_REASON))
    refuse_text(mistake_in_prose(reason, LONGEST_REASON))
    return reason


def _settle(session: Session, ids: list[int], outcome: Outcome, reason: str, by: str, at: dt.datetime) -> int:
    """Write the outcome of those that have none yet; of two at once, the first. Gives how many."""
    rows: list[dict[str, Any]] = [
        {"proposal_id": number, "outcome": outcome, "reason": reason, "by": by, "at": at} for number in ids
    ]
    if not rows:
        return 0
    new = dialect_insert(session)(TermProposalOutcome).values(rows).on_conflict_do_nothing()
    return len(session.scalars(new.returning(TermProposalOutcome.proposal_id)).all())
