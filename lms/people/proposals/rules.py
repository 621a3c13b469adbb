"""Two officers, neither of them concerned: who may confirm a proposal, who may turn it down, and until when."""

from __future__ import annotations

import datetime as dt
import enum

PROPOSAL_LASTS = dt.timedelta(days=7)
"""Within which a second officer confirms, or the proposal lapses."""


class ProposalState(enum.StrEnum):
    """Where a proposal stands. `over`: the time has passed, or what it was about ended in another way."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    OVER = "over"


class ProposalRefusal(enum.Enum):
    """Why somebody may not decide on a proposal."""

    CONCERNED = "concerned"
    NOT_PROPOSED = "not-proposed"
    LAPSED = "lapsed"
    PROPOSER = "proposer"


def has_lapsed(proposed_at: dt.datetime, at: dt.datetime) -> bool:
    """Whether nobody confirmed in time."""
    return at >= proposed_at + PROPOSAL_LASTS


def may_decline(state: ProposalState, *, concerned: bool) -> ProposalRefusal | None:
    """Whether somebody may turn it down: any officer who is not concerned, its proposer included, also when it has
    lapsed."""
    if concerned:
        return ProposalRefusal.CONCERNED
    return None if state is ProposalState.PROPOSED else ProposalRefusal.NOT_PROPOSED


def may_confirm(
    state: ProposalState, *, proposed_at: dt.datetime, proposer: str, by: str, concerned: bool, at: dt.datetime
) -> ProposalRefusal | None:
    """Whether `by` may be the second officer."""
    if refusal := may_decline(state, concerned=concerned):
        return refusal
    if has_lapsed(proposed_at, at):
        return ProposalRefusal.LAPSED
    return ProposalRefusal.PROPOSER if by == proposer else None
