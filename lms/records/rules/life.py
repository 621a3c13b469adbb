"""The life of a record as a state machine: issued, and then ended once, in one of three ways, for ever.

Nothing that happens to a course, an edition or an account is an act on a record: the acts are all in this file.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

SHORTEST_REASON = 20
LONGEST_WORDS = 2000
LONGEST_INSTITUTION = 300


class RecordAct(enum.StrEnum):
    """What a ledger entry says of a record."""

    ISSUED = "issued"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Cause(enum.StrEnum):
    """For which causes a record may be revoked. The list is closed: it is sealed into the ledger, and the world sees
    it; what happened in this one case is written beside it and kept sealed."""

    CONDITIONS = "conditions-not-met"
    OTHER_PERSON = "other-person"
    DECEPTION = "deception"
    MISUSE = "misuse-of-the-system"


class RequestState(enum.StrEnum):
    """Where a holder's request for a correction stands."""

    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken-back"
    OVER = "over"


class LifeRefusal(enum.Enum):
    """Why an act on a record is not allowed."""

    ENDED = "ended"
    NOT_HOLDER = "not-holder"
    OWN = "own"
    REASON = "reason"
    PROPOSED_ALREADY = "proposed-already"
    PROPOSED = "proposed"
    ASKED_ALREADY = "asked-already"
    NOT_ASKED = "not-asked"
    UNCHANGED = "unchanged"
    ERASED = "erased"
    NOT_OURS = "not-ours"


AFTER: Mapping[RecordAct | None, frozenset[RecordAct]] = {
    None: frozenset({RecordAct.ISSUED}),
    RecordAct.ISSUED: frozenset({RecordAct.CORRECTED, RecordAct.WITHDRAWN, RecordAct.REVOKED}),
    RecordAct.CORRECTED: frozenset(),
    RecordAct.WITHDRAWN: frozenset(),
    RecordAct.REVOKED: frozenset(),
}
"""Which act may follow which; nothing follows an ending."""


def may_follow(state: RecordAct | None, act: RecordAct) -> LifeRefusal | None:
    """Whether `act` may be written of a record in `state`; None is a record that is not there yet."""
    return None if act in AFTER[state] else LifeRefusal.ENDED


def may_withdraw(state: RecordAct, *, holder: str, by: str) -> LifeRefusal | None:
    """Whether `by` may withdraw the record: its holder alone, while it is in force."""
    if by != holder:
        return LifeRefusal.NOT_HOLDER
    return may_follow(state, RecordAct.WITHDRAWN)


def may_propose(state: RecordAct, *, holder: str, by: str, reason: str, waiting: bool) -> LifeRefusal | None:
    """Whether an officer may propose to revoke; `waiting` says whether a proposal is open already."""
    if by == holder:
        return LifeRefusal.OWN
    if len(reason.strip()) < SHORTEST_REASON:
        return LifeRefusal.REASON
    return may_follow(state, RecordAct.REVOKED) or (LifeRefusal.PROPOSED_ALREADY if waiting else None)


def may_decide(*, holder: str, by: str) -> LifeRefusal | None:
    """Whether `by` may decide about a record at all: nobody does about their own."""
    return LifeRefusal.OWN if by == holder else None


def may_ask(state: RecordAct, *, holder: str, by: str, waiting: bool, changed: bool) -> LifeRefusal | None:
    """Whether `by` may ask for a correction: the holder, of a record in force, once at a time, for something else."""
    if by != holder:
        return LifeRefusal.NOT_HOLDER
    no = may_follow(state, RecordAct.CORRECTED) or (LifeRefusal.ASKED_ALREADY if waiting else None)
    return no or (None if changed else LifeRefusal.UNCHANGED)


def may_take_back(request: RequestState, *, holder: str, by: str) -> LifeRefusal | None:
    """Whether the holder may take a request back."""
    if by != holder:
        return LifeRefusal.NOT_HOLDER
    return None if request is RequestState.ASKED else LifeRefusal.NOT_ASKED


def may_grant(state: RecordAct, request: RequestState, *, holder: str, by: str, proposed: bool) -> LifeRefusal | None:
    """Whether an officer may grant a request. While two officers decide whether to revoke the record, one of them must
    not end it in another way."""
    no = may_answer(state, request, holder=holder, by=by)
    return no or (LifeRefusal.PROPOSED if proposed else None)


def may_answer(state: RecordAct, request: RequestState, *, holder: str, by: str) -> LifeRefusal | None:
    """Whether an officer may answer a request: nobody answers their own."""
    if by == holder:
        return LifeRefusal.OWN
    if request is not RequestState.ASKED:
        return LifeRefusal.NOT_ASKED
    return may_follow(state, RecordAct.CORRECTED)
