"""What becomes of a proposal. What follows from a confirmed one is the caller's to do, in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeVar

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from lms.kernel.errors import Overtaken, Refused

from .models import ByTwoOfficers
from .rules import ProposalRefusal, ProposalState, has_lapsed, may_confirm, may_decline

P = TypeVar("P", bound=ByTwoOfficers)
SENTENCES: Mapping[ProposalRefusal, Any] = {
    ProposalRefusal.CONCERNED: _l("You are the person concerned, so other officers have to do this."),
    ProposalRefusal.NOT_PROPOSED: _l("This proposal is not open any more."),
    ProposalRefusal.LAPSED: _l("Nobody confirmed this proposal within seven days. Propose it again."),
    ProposalRefusal.PROPOSER: _l("Another officer has to confirm what you propose."),
}


def waits(session: Session, found: ByTwoOfficers | None, at: dt.datetime) -> bool:
    """Whether an open proposal still waits; one that nobody confirmed in time is closed here, so that another one can
    take its place."""
    if found is None:
        return False
    if has_lapsed(found.proposed_at, at):
        _decide(session, found, ProposalState.OVER, None, at)
        return False
    return True


def shown(found: P | None, public_id: str) -> P:
    """The open proposal, if it is the one that the officer has seen; raises Refused."""
    if found is None or found.public_id != public_id:
        raise refused(ProposalRefusal.NOT_PROPOSED)
    return found


def confirm(session: Session, found: ByTwoOfficers, *, by: str, concerned: bool, at: dt.datetime) -> None:
    """The second officer's yes; raises Refused."""
    proposed_at, proposer = found.proposed_at, found.proposed_by
    _refuse(may_confirm(found.state, proposed_at=proposed_at, proposer=proposer, by=by, concerned=concerned, at=at))
    _decide(session, found, ProposalState.CONFIRMED, by, at)


def decline(session: Session, found: ByTwoOfficers, *, by: str, concerned: bool, at: dt.datetime) -> None:
    """The second officer's no, or the first one's change of mind; raises Refused."""
    _refuse(may_decline(found.state, concerned=concerned))
    _decide(session, found, ProposalState.DECLINED, by, at)


def refused(refusal: ProposalRefusal) -> Refused:
    """What is raised for something that was turned down."""
    return (Overtaken if refusal is ProposalRefusal.NOT_PROPOSED else Refused)(str(SENTENCES[refusal]))


def _refuse(refusal: ProposalRefusal | None) -> None:
    if refusal is not None:
        raise refused(refusal)


def _decide(session: Session, found: ByTwoOfficers, state: ProposalState, by: str | None, at: dt.datetime) -> None:
    found.state, found.decided_by, found.decided_at = state, by, at
    session.flush()  # before whatever takes its place is written
