"""Mandates: proposed by one administrator, confirmed by another, ended by either."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.secrets import new_token
from lms.people.models import Mandate, MandateAct, MandateSuccession, Person
from lms.people.queries.mandates import act_place, administrators, proposer_of, same_mandates
from lms.people.queries.persons import subjects_of
from lms.people.queries.successions import deciders, replaced_by, successors_proposed
from lms.people.rules import mandates as rules
from lms.people.rules.mandates import STATE_AFTER, MandateActKind, MandateRefusal, MandateState, Role, ScopeKind
from lms.people.rules.names import mistake_in_prose
from lms.people.sealing import seal_reason

from .invitations import invite
from .wording import refuse_mandate, refuse_text

LONGEST_REASON = 1000


def propose(
    session: Session,
    *,
    person: Person,
    role: Role,
    scope: ScopeKind,
    scope_id: str | None,
    since: dt.date,
    until: dt.date | None,
    by: int,
    at: dt.datetime,
) -> Mandate:
    """An administrator proposes a mandate for somebody else; twice is once. Raises Refused, also for what the other
    holds already."""
    refuse_mandate(
        rules.may_propose(
            role=role,
            scope=scope,
            scope_id=scope_id,
            since=since,
            until=until,
            concerned=person.id,
            by=by,
            by_is_administrator=by in administrators(session, at.date()),
        )
    )
    over, dates = (role, scope, scope_id), (since, until)
    same = same_mandates(session, person_id=person.id, over=over, dates=dates, day=at.date())
    again = next((one for one in same if _is_proposal(session, one, dates, by)), None)
    refuse_mandate(MandateRefusal.TWICE if same and again is None else None)
    return again or _proposed(session, person, over, dates, by, at)


def _is_proposal(session: Session, found: Mandate, dates: tuple[dt.date, dt.date | None], by: int) -> bool:
    """Whether it is what the same administrator has proposed in the same words."""
    proposed = found.state is MandateState.PROPOSED and (found.since, found.until) == dates
    return proposed and proposer_of(session, found.id) == by


def _proposed(
    session: Session,
    person: Person,
    over: tuple[Role, ScopeKind, str | None],
    dates: tuple[dt.date, dt.date | None],
    by: int,
    at: dt.datetime,
) -> Mandate:
    made = _add(session, person, *over, *dates)
    _act(session, made, MandateActKind.PROPOSED, by, at)
    return made


def hand_over(
    session: Session, *, mandate: Mandate, person: Person, until: dt.date | None, by: int, at: dt.datetime
) -> Mandate:
    """Propose that somebody else takes a mandate over: once a second person confirms, it is theirs and no longer its
    holder's, from one moment to the next. Raises Refused."""
    today = at.date()
    refuse_hand_over(session, mandate=mandate, successor=person.id, by=by, at=at)
    over = (mandate.role, mandate.scope, mandate.scope_id)
    refuse_mandate(rules.end_refusal(mandate.role, until) or rules.scope_refusal(*over, today, until))
    refuse_mandate(rules.succession_refusal(mandate.until, until, today))
    for lapsed in successors_proposed(session, mandate.id):
        _act(session, lapsed, MandateActKind.DECLINED, by, at)
    made = _proposed(session, person, over, (today, until), by, at)
    session.add(MandateSuccession(successor_id=made.id, replaced_id=mandate.id))
    return made


def refuse_hand_over(
    session: Session, *, mandate: Mandate, successor: int | None = None, by: int, at: dt.datetime
) -> None:
    """Raises Refused where `by` may not propose that this person, or without one anybody, takes a mandate over."""
    today = at.date()
    refuse_mandate(
        rules.may_hand_over(
            state=mandate.state,
            until=mandate.until,
            holder=mandate.person_id,
            successor=successor,
            by=by,
            by_is_administrator=by in administrators(session, today),
            waiting=any(rules.waits(one.until, today) for one in successors_proposed(session, mandate.id)),
            today=today,
        )
    )


def _add(
    session: Session,
    person: Person,
    role: Role,
    scope: ScopeKind,
    scope_id: str | None,
    since: dt.date,
    until: dt.date | None,
) -> Mandate:
    made = Mandate(
        public_id=new_token(),
        person_id=person.id,
        role=role,
        scope=scope,
        scope_id=scope_id,
        since=since,
        until=until,
    )
    session.add(made)
    session.flush()  # its id is what the acts refer to
    return made


def _act(
    session: Session, mandate: Mandate, kind: MandateActKind, by: int | None, at: dt.datetime, reason: str = ""
) -> None:
    """Write an act down, and the state that follows from it; raises Refused for a reason that cannot be kept."""
    refuse_text(mistake_in_prose(reason, LONGEST_REASON))
    sealed = seal_reason(session, mandate.person_id, reason, act_place(mandate.public_id, kind))
    made = MandateAct(mandate_id=mandate.id, kind=kind, by_person_id=by, at=at)
    made.sealed_reason, made.reason_length = sealed, len(reason)
    session.add(made)
    mandate.state = STATE_AFTER[kind]
    actor = subjects_of(session, [by]).get(by) if by else None
    audit.record(session, at=at, actor=actor, act=f"mandate.{kind.value}", about=mandate.public_id)


def confirm(session: Session, *, mandate: Mandate, by: int, at: dt.datetime) -> None:
    """A second administrator confirms; from then on the mandate is in force. Raises Refused."""
    refuse_mandate(
        rules.may_decide(
            state=mandate.state,
            concerned=mandate.person_id,
            proposer=proposer_of(session, mandate.id),
            by=by,
            by_is_administrator=by in deciders(session, mandate, at.date()),
        )
    )
    _bring_into_force(session, mandate, MandateActKind.CONFIRMED, by, at)


def _bring_into_force(
    session: Session, mandate: Mandate, how: MandateActKind, by: int, at: dt.datetime, reason: str = ""
) -> None:
    """It is in force, and the one it takes the place of is not; raises Refused when its last day has passed, when it
    reaches over what its role cannot, when the person holds the same already, and when the other one is over: what
    nobody holds is handed to nobody."""
    today = at.date()
    refuse_mandate(None if rules.waits(mandate.until, today) else MandateRefusal.OVER)
    over = (mandate.role, mandate.scope, mandate.scope_id)
    refuse_mandate(rules.scope_refusal(*over, mandate.since, mandate.until))
    dates = (mandate.since, mandate.until)
    same = same_mandates(session, person_id=mandate.person_id, over=over, dates=dates, day=today)
    refuse_mandate(MandateRefusal.TWICE if any(one.state is MandateState.IN_FORCE for one in same) else None)
    replaced = replaced_by(session, mandate.id)
    if replaced is not None:
        if not rules.in_force(replaced.state, replaced.since, replaced.until, today):
            refuse_mandate(MandateRefusal.PREDECESSOR_OVER)
        _act(session, replaced, MandateActKind.ENDED, by, at)
    _act(session, mandate, how, by, at, reason)
    _invite_newcomer(session, mandate, by, at)


def confirm_alone(session: Session, *, mandate: Mandate, by: int, reason: str, at: dt.datetime) -> None:
    """The written exception where no second administrator exists; raises Refused."""
    refuse_mandate(
        rules.may_confirm_alone(
            state=mandate.state,
            concerned=mandate.person_id,
            by=by,
            administrators=administrators(session, at.date()),
            reason=reason,
        )
    )
    _bring_into_force(session, mandate, MandateActKind.CONFIRMED_ALONE, by, at, reason.strip())


def _invite_newcomer(session: Session, mandate: Mandate, by: int, at: dt.datetime) -> None:
    """Whoever was never here needs a way in."""
    person = session.get_one(Person, mandate.person_id)
    if person.welcomed_at is None:
        invite(session, person=person, by=by, at=at)


def decline(session: Session, *, mandate: Mandate, by: int, at: dt.datetime, reason: str = "") -> None:
    """A proposed mandate is turned down or taken back; raises Refused."""
    allowed = by in deciders(session, mandate, at.date()) or by == proposer_of(session, mandate.id)
    refuse_mandate(rules.may_decline(state=mandate.state, by_is_administrator=allowed))
    _act(session, mandate, MandateActKind.DECLINED, by, at, reason.strip())


def take_successor_back(session: Session, *, mandate: Mandate, by: int, at: dt.datetime) -> None:
    """Nobody is proposed in the place of a mandate any more; twice is once. Raises Refused, and Overtaken where it has
    changed hands meanwhile."""
    refuse_mandate(None if mandate.state is MandateState.IN_FORCE else MandateRefusal.NOT_IN_FORCE)
    for waiting in successors_proposed(session, mandate.id):
        decline(session, mandate=waiting, by=by, at=at)


def end(session: Session, *, mandate: Mandate, by: int, at: dt.datetime, reason: str = "") -> None:
    """A mandate in force ends now, and with it what was proposed in its place; raises Refused."""
    refuse_mandate(
        rules.may_end(
            role=mandate.role,
            state=mandate.state,
            concerned=mandate.person_id,
            by=by,
            administrators=administrators(session, at.date()),
        )
    )
    _act(session, mandate, MandateActKind.ENDED, by, at, reason.strip())
    for waiting in successors_proposed(session, mandate.id):
        _act(session, waiting, MandateActKind.DECLINED, by, at)


def grant_by_operator(
    session: Session,
    *,
    person: Person,
    role: Role,
    scope: ScopeKind = ScopeKind.ALL,
    scope_id: str | None = None,
    since: dt.date,
    until: dt.date | None = None,
    reason: str,
    at: dt.datetime,
) -> Mandate:
    """A mandate given from the command line of the machine: the written exception, for a year where an end has to be
    said and is not; raises Refused."""
    until = rules.a_year_from(since) if rules.end_refusal(role, until) else until
    refuse_mandate(rules.scope_refusal(role, scope, scope_id, since, until))
    if len(reason.strip()) < rules.SHORTEST_REASON:
        refuse_mandate(MandateRefusal.REASON)
    made = _add(session, person, role, scope, scope_id, since, until)
    _act(session, made, MandateActKind.PROPOSED, None, at)
    _act(session, made, MandateActKind.CONFIRMED_ALONE, None, at, reason.strip())
    return made
