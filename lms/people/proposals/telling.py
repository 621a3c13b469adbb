"""Letters to those who may be the second officer: one for all that is new, and one a day at most."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.clock import now
from lms.people.letters import Draft, Reader, absolute_url, letter, looks_again
from lms.people.models import SentLetter
from lms.people.queries import mandates_in_force, subjects_of
from lms.people.rules import Grant, Role, scope_of
from lms.people.services import write_to
from lms.web.languages import ngettext

from .waiting import Officer, everything_waiting, kinds, may_decide

TEMPLATE = "people/second-officer"
EVERY = 1800.0
AGAIN = dt.timedelta(hours=20)
"""How long nobody gets another letter of this kind."""


@letter(TEMPLATE, called=_l("What waits for a second officer"))
def second_officer(_reader: Reader, facts: Mapping[str, Any]) -> Draft:
    """How much waits, of which kind; nothing about whom."""
    numbers: Mapping[str, int] = facts["numbers"]
    total = sum(numbers.values())
    first = ngettext(
        "%(num)s proposal of another officer waits for a second one. You may be that one.",
        "%(num)s proposals of other officers wait for a second one. You may be that one.",
        total,
    )
    lines = [_("%(what)s: %(number)s", what=kinds[name].called, number=number) for name, number in numbers.items()]
    way = _("Look at what is proposed, and confirm it or turn it down, on this page:")
    stay = _("Most proposals end by themselves after seven days. There is one letter a day at most.")
    page = absolute_url("people.decisions")
    return Draft(
        _("Raphael Lemkin Seminar: something waits for you"), (first, "\n".join(lines), f"{way}\n{page}", stay)
    )


@looks_again(TEMPLATE)
def what_waits_now(session: Session, person_id: int, facts: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Only what still waits, and for whoever may still decide on it."""
    at = now()
    officer = officers_at(session, at).get(person_id)
    if officer is None:
        return None
    numbers = Counter(name for name, one in everything_waiting(session, at) if may_decide(one, officer))
    return {**facts, "numbers": dict(numbers)} if numbers else None


@outbox.database("people.second-officer", every=EVERY)
def tell(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Write to whoever may decide on something that was proposed since their last letter."""
    waiting = everything_waiting(session, at)
    if not waiting:
        return
    officers = officers_at(session, at)
    last = _told(session, officers)
    for person_id, officer in sorted(officers.items()):
        mine = [(name, one) for name, one in waiting if may_decide(one, officer)]
        told = last.get(person_id)
        if any(told is None or one.at > told for _name, one in mine) and (told is None or told <= at - AGAIN):
            numbers = dict(Counter(name for name, _one in mine))
            write_to(session, person_id=person_id, template=TEMPLATE, context={"numbers": numbers})


def officers_at(session: Session, at: dt.datetime) -> dict[int, Officer]:
    """Everybody who coordinates or administers at that instant."""
    grants: dict[int, list[Grant]] = defaultdict(list)
    for one in mandates_in_force(session, at):
        if one.role in (Role.COORDINATOR, Role.ADMINISTRATOR):
            grants[one.person_id].append(Grant(one.role, one.scope, one.scope_id))
    subjects = subjects_of(session, list(grants))
    return {
        person_id: Officer(
            subjects[person_id], scope_of(person_id, held), any(grant.role is Role.ADMINISTRATOR for grant in held)
        )
        for person_id, held in grants.items()
        if person_id in subjects
    }


def _told(session: Session, officers: Mapping[int, Officer]) -> dict[int, dt.datetime]:
    last = select(SentLetter.person_id, func.max(SentLetter.at).label("at")).where(
        SentLetter.template == TEMPLATE, SentLetter.person_id.in_(officers)
    )
    return {row.person_id: row.at for row in session.execute(last.group_by(SentLetter.person_id))}
