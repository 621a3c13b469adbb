"""Letters that did not reach the people they were written to."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from lms.kernel.models import Job, JobState
from lms.people.models import FailureKind, IdentityRow, MailFailure, SentLetter


class Undelivered(NamedTuple):
    """When the letter was asked for, and whether it was sent and came back."""

    at: dt.datetime
    came_back: bool

    def still(self, first_seen_at: dt.datetime | None) -> bool:
        """Whether it is to be told of somebody: not where it could not be sent and they found the way without it."""
        return self.came_back or first_seen_at is None or first_seen_at <= self.at


def undelivered(session: Session) -> dict[int, Undelivered]:
    """When a letter was asked for that could not be sent in any of its tries, or that came back for good from the
    address that letters go to, by the person it was for; two statements.

    A later letter takes the place of one that could not be sent. One that came back counts until its failure is over.
    """
    failed = _never_sent(session)
    later = select(SentLetter.person_id, func.max(SentLetter.at).label("at"), literal(False).label("back"))
    again = later.where(SentLetter.person_id.in_(failed)).group_by(SentLetter.person_id)
    newest: dict[int, dt.datetime] = {}
    found: dict[int, dt.datetime] = {}
    for whose, at, back in session.execute(union_all(again, _came_back())):
        (found if back else newest)[whose] = at
    waiting = {whose: at for whose, at in failed.items() if whose not in newest or newest[whose] <= at}
    return {whose: Undelivered(at, whose in found) for whose, at in (waiting | found).items()}


def _never_sent(session: Session) -> dict[int, dt.datetime]:
    dead = select(Job.payload, Job.created_at).where(Job.kind == "mail.send", Job.state == JobState.DEAD)
    failed: dict[int, dt.datetime] = {}
    for payload, at in session.execute(dead):
        whose = payload.get("person_id")
        if whose is not None:
            failed[whose] = max(at, failed.get(whose, at))
    return failed


def _came_back() -> Select[int, dt.datetime, bool]:
    return (
        select(SentLetter.person_id, func.max(SentLetter.at), literal(True))
        .join(MailFailure, MailFailure.letter_id == SentLetter.id)
        .join(IdentityRow, IdentityRow.id == MailFailure.identity_id)
        .where(MailFailure.kind == FailureKind.PERMANENT, MailFailure.over_at.is_(None), IdentityRow.primary)
        .group_by(SentLetter.person_id)
    )
