"""The yearly question to members, its answer by one click, and hiding those who did not answer twice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniStatus, Member, MembershipAsk
from lms.alumni.rules.yearly import YEAR, Next, next_step
from lms.kernel import outbox
from lms.kernel.secrets import digest, new_token
from lms.people.letters import looks_again
from lms.people.models import Person
from lms.people.services.letters import write_to

from .membership import confirm, hide

DAY = 86_400.0


@outbox.database("alumni.yearly", every=DAY)
def ask_yearly(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Ask every member whose last word is a year old, and hide those who were asked twice in vain."""
    members = (
        select(Member)
        .join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
        .join(Person, Person.id == Member.person_id)
        .where(Member.confirmed_at <= at - YEAR, Member.hidden_at.is_(None))
        .where(Person.erased_at.is_(None), Person.disabled_at.is_(None))
        .order_by(Member.person_id)
    )
    found = session.scalars(members.with_for_update(of=Member, skip_locked=True)).all()
    asked: dict[int, list[dt.datetime]] = {}
    asks = select(MembershipAsk).where(MembershipAsk.step_id.in_([one.step_id for one in found]))
    for row in session.scalars(asks):
        asked.setdefault(row.person_id, []).append(row.at)
    for one in found:
        since = [moment for moment in asked.get(one.person_id, ()) if moment > one.confirmed_at]
        due = next_step(one.confirmed_at, since, at)
        if due is Next.ASK:
            _ask(session, one, at)
        elif due is Next.HIDE:
            hide(session, person_id=one.person_id, at=at)


def _ask(session: Session, member: Member, at: dt.datetime) -> None:
    token = new_token()
    session.add(MembershipAsk(person_id=member.person_id, step_id=member.step_id, digest=digest(token), at=at))
    write_to(session, person_id=member.person_id, template="alumni/yearly", secret={"token": token})


def _asked(session: Session, token: str) -> MembershipAsk | None:
    """The question of this link, if it is one to a present membership."""
    ask: MembershipAsk | None = session.scalar(
        select(MembershipAsk)
        .join(Member, Member.step_id == MembershipAsk.step_id)
        .where(MembershipAsk.digest == digest(token))
    )
    return ask


@looks_again("alumni/yearly")
def still_a_member(session: Session, _person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Whoever has left meanwhile is not asked."""
    return facts if _asked(session, facts["token"]) else None


def answer(session: Session, *, token: str, at: dt.datetime) -> bool:
    """The link of a letter was answered; says whether it is one of a present membership. Twice is once, and a letter
    answers for its own year alone."""
    ask = _asked(session, token)
    if ask is None:
        return False
    member = session.get(Member, ask.person_id, with_for_update=True)
    if member is not None and member.confirmed_at < ask.at:
        confirm(session, person_id=ask.person_id, at=at)
    return True
