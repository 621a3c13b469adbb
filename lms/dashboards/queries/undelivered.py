"""Letters that did not reach the people they were written to."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.models import Job, JobState
from lms.people.models import MailedToken


def undelivered(session: Session) -> dict[int, dt.datetime]:
    """When a letter was asked for that could not be sent in any of its tries, by the person it was for.

    A later invitation or code takes its place. One statement, and one more where there are such letters.
    """
    dead = select(Job.payload, Job.created_at).where(Job.kind == "mail.send", Job.state == JobState.DEAD)
    failed: dict[int, dt.datetime] = {}
    for payload, at in session.execute(dead):
        whose = payload.get("person_id")
        if whose is not None:
            failed[whose] = max(at, failed.get(whose, at))
    if not failed:
        return {}
    later = select(MailedToken.person_id, func.max(MailedToken.created_at)).group_by(MailedToken.person_id)
    theirs = later.where(MailedToken.person_id.in_(failed), MailedToken.void_at.is_(None))
    again = {row[0]: row[1] for row in session.execute(theirs)}
    return {whose: at for whose, at in failed.items() if whose not in again or again[whose] <= at}
