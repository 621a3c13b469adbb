"""Revoking for cause: one officer proposes, another confirms within seven days, and the holder is written to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.secrets import new_token
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_reason
from lms.people.services.wording import refuse_text
from lms.records.models import Cause, ProposalState, RecordAct, Revocation
from lms.records.queries.life import proposal_row, words_place
from lms.records.rules import life

from .ending import end, state_in, take, tell
from .wording import refuse, refused


def propose_revocation(
    session: Session, *, record: str, cause: Cause, words: str, by: str, at: dt.datetime
) -> Revocation:
    """An officer proposes to revoke a record; nothing happens to it yet. Raises NotFound, Refused."""
    found, entries = take(session, record)
    open_now = proposal_row(session, record)
    if open_now is not None and life.has_lapsed(open_now.proposed_at, at):
        _decide(session, open_now, ProposalState.OVER, None, at)
        open_now = None
    refuse(life.may_propose(state_in(entries), holder=found.subject, by=by, reason=words, waiting=open_now is not None))
    refuse_text(mistake_in_prose(words, life.LONGEST_WORDS))
    public_id, said = new_token(), words.strip()
    made = Revocation(
        public_id=public_id,
        record=record,
        cause=cause,
        sealed_words=seal_reason(session, found.person_id, said, words_place(public_id)),
        words_length=len(said),
        state=ProposalState.PROPOSED,
        proposed_by=by,
        proposed_at=at,
    )
    session.add(made)
    audit.record(
        session, at=at, actor=by, act="revocation.proposed", about=record, edition=entries[0].edition, reason=str(cause)
    )
    return made


def confirm_revocation(session: Session, *, record: str, proposal: str, by: str, at: dt.datetime) -> None:
    """The second officer confirms the proposal they were shown: the record is revoked. Raises NotFound, Refused."""
    found, entries = take(session, record)
    open_now = _shown(session, record, proposal)
    refuse(
        life.may_confirm(
            state_in(entries),
            open_now.state,
            proposed_at=open_now.proposed_at,
            proposer=open_now.proposed_by,
            holder=found.subject,
            by=by,
            at=at,
        )
    )
    _decide(session, open_now, ProposalState.CONFIRMED, by, at)
    cause = str(open_now.cause)
    end(session, record=record, act=RecordAct.REVOKED, at=at, by=by, facts={"reason": cause})
    tell(session, found, entries[0], "records/revoked", by=by, cause=cause)


def decline_revocation(session: Session, *, record: str, proposal: str, by: str, at: dt.datetime) -> None:
    """An officer turns a proposal down, or its proposer takes it back. Raises NotFound, Refused."""
    found, entries = take(session, record)
    open_now = _shown(session, record, proposal)
    refuse(life.may_decline(open_now.state, holder=found.subject, by=by))
    _decide(session, open_now, ProposalState.DECLINED, by, at)
    audit.record(session, at=at, actor=by, act="revocation.declined", about=record, edition=entries[0].edition)


def _shown(session: Session, record: str, proposal: str) -> Revocation:
    """The open proposal, if it is the one that the officer has seen; raises Refused."""
    found = proposal_row(session, record)
    if found is None or found.public_id != proposal:
        raise refused(life.LifeRefusal.NOT_PROPOSED)
    return found


def _decide(session: Session, found: Revocation, state: ProposalState, by: str | None, at: dt.datetime) -> None:
    found.state, found.decided_by, found.decided_at = state, by, at
    session.flush()  # before whatever takes its place is written
