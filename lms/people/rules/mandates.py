"""Mandates as plain values: what a role reaches over, and who may do what to a mandate."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping

from lms.kernel.values import dataclass

SHORTEST_REASON = 20
TOLD_BEFORE = dt.timedelta(days=14)
"""How long before its last day a mandate's end is written to its holder and to the administrators."""


class Role(enum.StrEnum):
    """What a mandate lets a person do; participants have an enrolment instead."""

    TRAINER = "trainer"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    FOCAL_POINT = "focal-point"
    EVALUATOR = "evaluator"
    OBSERVER = "observer"
    ADMINISTRATOR = "administrator"


class ScopeKind(enum.StrEnum):
    """What a mandate reaches over."""

    ALL = "all"
    EDITION = "edition"
    STATE = "state"
    INSTITUTION = "institution"
    COURSE = "course"


class MandateState(enum.StrEnum):
    """Where a mandate stands; the acts say how it came there."""

    PROPOSED = "proposed"
    IN_FORCE = "in-force"
    DECLINED = "declined"
    ENDED = "ended"


class MandateActKind(enum.StrEnum):
    """What was done to a mandate."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    CONFIRMED_ALONE = "confirmed-alone"
    DECLINED = "declined"
    ENDED = "ended"


class MandateRefusal(enum.Enum):
    """Why an act on a mandate is not allowed."""

    WRONG_SCOPE = "wrong-scope"
    DATES = "dates"
    NOT_ADMINISTRATOR = "not-administrator"
    CONCERNED = "concerned"
    PROPOSER = "proposer"
    NOT_PROPOSED = "not-proposed"
    NOT_IN_FORCE = "not-in-force"
    SECOND_EXISTS = "second-exists"
    REASON = "reason"
    LAST = "last"
    NO_END = "no-end"
    NOT_HOLDER = "not-holder"
    SAME_PERSON = "same-person"
    OVER = "over"
    WAITING = "waiting"
    PREDECESSOR_OVER = "predecessor-over"
    TOO_LONG = "too-long"
    TWICE = "twice"


WITH_AN_END = frozenset({Role.FOCAL_POINT, Role.EVALUATOR})
"""Roles whose last day is always said: they are a state's or an institution's to give, and these change hands."""
ALLOWED_SCOPES: Mapping[Role, frozenset[ScopeKind]] = {
    Role.TRAINER: frozenset({ScopeKind.ALL, ScopeKind.COURSE, ScopeKind.EDITION}),
    Role.REVIEWER: frozenset({ScopeKind.ALL, ScopeKind.COURSE}),
    Role.COORDINATOR: frozenset({ScopeKind.ALL, ScopeKind.EDITION}),
    Role.FOCAL_POINT: frozenset({ScopeKind.STATE, ScopeKind.INSTITUTION}),
    Role.EVALUATOR: frozenset({ScopeKind.ALL, ScopeKind.EDITION}),
    Role.OBSERVER: frozenset({ScopeKind.ALL, ScopeKind.COURSE, ScopeKind.EDITION}),
    Role.ADMINISTRATOR: frozenset({ScopeKind.ALL}),
}

STATE_AFTER: Mapping[MandateActKind, MandateState] = {
    MandateActKind.PROPOSED: MandateState.PROPOSED,
    MandateActKind.CONFIRMED: MandateState.IN_FORCE,
    MandateActKind.CONFIRMED_ALONE: MandateState.IN_FORCE,
    MandateActKind.DECLINED: MandateState.DECLINED,
    MandateActKind.ENDED: MandateState.ENDED,
}


@dataclass(frozen=True)
class Grant:
    """One mandate in force: a role over a scope; `scope_id` is None for everything."""

    role: Role
    scope: ScopeKind
    scope_id: str | None = None


@dataclass(frozen=True)
class Scope:
    """Whose data a person may see by name, beside their own.

    `counts_only` is true for those who hold a mandate that shows figures and none that shows named people; how far
    their figures reach is in `counts_everything` and `counts_editions`, which never widen what is shown by name.
    """

    person_id: int
    everything: bool = False
    editions: frozenset[str] = frozenset()
    states: frozenset[str] = frozenset()
    institutions: frozenset[str] = frozenset()
    counts_only: bool = False
    counts_everything: bool = False
    counts_editions: frozenset[str] = frozenset()


_NAMING = frozenset({Role.COORDINATOR, Role.FOCAL_POINT, Role.ADMINISTRATOR})
_OVER_ALL = frozenset({Role.COORDINATOR, Role.ADMINISTRATOR})
_COUNTING = frozenset({Role.EVALUATOR})


def scope_of(person_id: int, grants: Iterable[Grant]) -> Scope:
    """What a person's grants together let them see."""
    held = tuple(grants)
    return Scope(
        person_id=person_id,
        everything=any(grant.role in _OVER_ALL and grant.scope is ScopeKind.ALL for grant in held),
        editions=_ids(held, frozenset({Role.COORDINATOR}), ScopeKind.EDITION),
        states=_ids(held, frozenset({Role.FOCAL_POINT}), ScopeKind.STATE),
        institutions=_ids(held, frozenset({Role.FOCAL_POINT}), ScopeKind.INSTITUTION),
        counts_only=any(grant.role in _COUNTING for grant in held) and not any(g.role in _NAMING for g in held),
        counts_everything=any(grant.role in _COUNTING and grant.scope is ScopeKind.ALL for grant in held),
        counts_editions=_ids(held, _COUNTING, ScopeKind.EDITION),
    )


def _ids(grants: tuple[Grant, ...], roles: frozenset[Role], kind: ScopeKind) -> frozenset[str]:
    return frozenset(g.scope_id for g in grants if g.role in roles and g.scope is kind and g.scope_id)


def in_force(state: MandateState, since: dt.date, until: dt.date | None, day: dt.date) -> bool:
    """Whether a mandate holds on a day; both ends belong to it."""
    return state is MandateState.IN_FORCE and since <= day and (until is None or day <= until)


def may_propose(
    *,
    role: Role,
    scope: ScopeKind,
    scope_id: str | None,
    since: dt.date,
    until: dt.date | None,
    concerned: int,
    by: int,
    by_is_administrator: bool,
) -> MandateRefusal | None:
    """Whether `by` may propose this mandate for `concerned`; the reason when not."""
    if not by_is_administrator:
        return MandateRefusal.NOT_ADMINISTRATOR
    if concerned == by:
        return MandateRefusal.CONCERNED
    return end_refusal(role, until) or scope_refusal(role, scope, scope_id, since, until)


def end_refusal(role: Role, until: dt.date | None) -> MandateRefusal | None:
    """Whether the last day is missing where it has to be said."""
    return MandateRefusal.NO_END if until is None and role in WITH_AN_END else None


def a_year_from(since: dt.date) -> dt.date:
    """The last day of a mandate of one year; both ends belong to it."""
    try:
        return since.replace(year=since.year + 1) - dt.timedelta(days=1)
    except ValueError:  # 29 February
        return dt.date(since.year + 1, 2, 28)


def scope_refusal(
    role: Role, scope: ScopeKind, scope_id: str | None, since: dt.date, until: dt.date | None
) -> MandateRefusal | None:
    """Whether role, scope and dates go together."""
    if scope not in ALLOWED_SCOPES[role] or (scope is ScopeKind.ALL) != (scope_id is None):
        return MandateRefusal.WRONG_SCOPE
    return MandateRefusal.DATES if until is not None and until < since else None


def may_decide(
    *, state: MandateState, concerned: int, proposer: int | None, by: int, by_is_administrator: bool
) -> MandateRefusal | None:
    """Whether `by` may be the second person who confirms a proposed mandate."""
    if not by_is_administrator:
        return MandateRefusal.NOT_ADMINISTRATOR
    if state is not MandateState.PROPOSED:
        return MandateRefusal.NOT_PROPOSED
    if by == concerned:
        return MandateRefusal.CONCERNED
    return MandateRefusal.PROPOSER if by == proposer else None


def may_confirm_alone(
    *, state: MandateState, concerned: int, by: int, administrators: frozenset[int], reason: str
) -> MandateRefusal | None:
    """Whether `by` may confirm without a second person: only while no other administrator could, and in writing.
    The one concerned is no second person."""
    if by not in administrators:
        return MandateRefusal.NOT_ADMINISTRATOR
    if state is not MandateState.PROPOSED:
        return MandateRefusal.NOT_PROPOSED
    if by == concerned:
        return MandateRefusal.CONCERNED
    if administrators - {by, concerned}:
        return MandateRefusal.SECOND_EXISTS
    return MandateRefusal.REASON if len(reason.strip()) < SHORTEST_REASON else None


def may_hand_over(
    *,
    state: MandateState,
    until: dt.date | None,
    holder: int,
    successor: int | None,
    by: int,
    by_is_administrator: bool,
    waiting: bool,
    today: dt.date,
) -> MandateRefusal | None:
    """Whether `by` may propose that `successor`, or somebody (None), takes a mandate over: its holder or an
    administrator; `waiting` says whether a successor is proposed already."""
    if by != holder and not by_is_administrator:
        return MandateRefusal.NOT_HOLDER
    if state is not MandateState.IN_FORCE or (until is not None and until < today):
        return MandateRefusal.NOT_IN_FORCE
    if successor == holder:
        return MandateRefusal.SAME_PERSON
    if successor == by:
        return MandateRefusal.CONCERNED
    return MandateRefusal.WAITING if waiting else None


def waits(until: dt.date | None, today: dt.date) -> bool:
    """Whether a proposal can still be confirmed: it lapses with the last day of what is proposed."""
    return until is None or today <= until


def succession_refusal(until: dt.date | None, then: dt.date | None, today: dt.date) -> MandateRefusal | None:
    """Whether a successor may hold until `then` what is held until `until`: no longer, or for a year from today."""
    if until is None:
        return None
    longest = max(until, a_year_from(today))
    return MandateRefusal.TOO_LONG if then is None or then > longest else None


def may_decline(*, state: MandateState, by_is_administrator: bool) -> MandateRefusal | None:
    """Whether a proposed mandate may be turned down: by any administrator, its proposer included."""
    if not by_is_administrator:
        return MandateRefusal.NOT_ADMINISTRATOR
    return None if state is MandateState.PROPOSED else MandateRefusal.NOT_PROPOSED


def may_end(
    *, role: Role, state: MandateState, concerned: int, by: int, administrators: frozenset[int]
) -> MandateRefusal | None:
    """Whether `by` may end a mandate: an administrator, or whoever holds it; the last administrator stays."""
    if by not in administrators and by != concerned:
        return MandateRefusal.NOT_ADMINISTRATOR
    if state is not MandateState.IN_FORCE:
        return MandateRefusal.NOT_IN_FORCE
    last = role is Role.ADMINISTRATOR and not administrators - {concerned}
    return MandateRefusal.LAST if last else None
