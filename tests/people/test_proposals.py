"""What two officers decide: the rule that every such proposal follows."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest

from lms.people.proposals.rules import PROPOSAL_LASTS, ProposalRefusal, ProposalState, may_confirm, may_decline
from tests.conftest import NOW


@pytest.mark.parametrize("state", list(ProposalState))
@pytest.mark.parametrize("said", list(product([True, False], repeat=3)))
def test_another_officer_confirms_in_time(state: ProposalState, said: tuple) -> None:
    late, same, concerned = said
    at = NOW + (PROPOSAL_LASTS if late else PROPOSAL_LASTS - dt.timedelta(seconds=1))
    by = "one" if same else "other"
    found = may_confirm(state, proposed_at=NOW, proposer="one", by=by, concerned=concerned, at=at)
    assert (found is None) == (state is ProposalState.PROPOSED and not late and not same and not concerned)
    if found is ProposalRefusal.PROPOSER:
        assert same


@pytest.mark.parametrize("state", list(ProposalState))
def test_whoever_is_not_concerned_turns_down_what_is_open_however_old(state: ProposalState) -> None:
    assert (may_decline(state, concerned=False) is None) == (state is ProposalState.PROPOSED)
    assert may_decline(state, concerned=True) is ProposalRefusal.CONCERNED
