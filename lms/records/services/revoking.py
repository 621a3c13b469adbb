"""Revoking for cause: one officer proposes, another confirms within seven days, and the holder is written to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.secrets import new_token
from lms.people.proposals import services as proposals
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_reason
from lms.people.services.wording import refuse_text
from lms.records.models import Cause, RecordAct, Revocation
from lms.records.queries.life import proposal_row, words_place
from lms.records.rules import life

from .ending import end, state_in, take, tell
from .wording import refuse


def propose_revocation(
    session: Session, *, record: str, cause: Cause, words: str, by: str, at: dt.datetime
) -> Revocation:
    """An officer proposes to revoke a record; nothing happens to it yet. Raises NotFound, Refused."""
    found, entries = take(session, record)
    waiting = proposals.waits(session, proposal_row(session, record), at)
    refuse(life.may_propose(state_in(entries), holder=found.subject, by=by, reason=words, waiting=waiting))
    refuse_text(mistake_in_prose(words, life.LONGEST_WORDS))
    public_id, said = new_token(), words.strip()
    made = Revocation(
        public_id=public_id,
        record=record,
        cause=cause,
        sealed_words=seal_reason(session, found.person_id, said, words_place(public_id)),
        words_length=len(said),
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
    refuse(life.may_decide(holder=found.subject, by=by))
    confirmed = proposals.shown(proposal_row(session, record), proposal)
    proposals.confirm(session, confirmed, by=by, concerned=by == found.subject, at=at)
    cause = str(confirmed.cause)
    end(session, record=record, act=RecordAct.REVOKED, at=at, by=by, facts={"reason": cause})
    tell(session, found, entries[0], "records/revoked", by=by, cause=cause)


def decline_revocation(session: Session, *, record: str, proposal: str, by: str, at: dt.datetime) -> None:
    """An officer turns a proposal down, or its proposer takes it back. Raises NotFound, Refused."""
    found, entries = take(session, record)
    refuse(life.may_decide(holder=found.subject, by=by))
    declined = proposals.shown(proposal_row(session, record), proposal)
    proposals.decline(session, declined, by=by, concerned=by == found.subject, at=at)
    audit.record(session, at=at, actor=by, act="revocation.declined", about=record, edition=entries[0].edition)
