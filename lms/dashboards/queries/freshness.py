"""What tells whether anything has changed that the desk shows: counts and highest ids, in one statement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from lms.kernel.models import Job, JobState
from lms.learning.models import EnrolmentProgress
from lms.people.models import MailedToken, Person
from lms.people.rules import Scope
from lms.seminars.models import (
    AttendanceMark,
    ContactNote,
    Enrolment,
    EnrolmentEvent,
    Extension,
    ParticipantRequest,
    StageReached,
)
from lms.seminars.queries import visible_to


def freshness(session: Session, edition_ids: Collection[int], scope: Scope, at: dt.datetime) -> tuple[object, ...]:
    """Plain facts of which at least one changes when anything does that a coordinator is shown of these editions'
    people. Rows are only ever added to most of the tables, so a count tells of every new one, whichever transaction
    was first."""
    people = _people(edition_ids, scope, at).subquery()
    beside = [
        _appended(model, edition_ids, scope).scalar_subquery()
        for model in (EnrolmentEvent, StageReached, Extension, ContactNote, AttendanceMark)
    ]
    asked = _appended(ParticipantRequest, edition_ids, scope).scalar_subquery()
    answered = _appended(ParticipantRequest, edition_ids, scope).where(ParticipantRequest.answered_at.is_not(None))
    failed = select(func.sum(Job.id)).where(Job.kind == "mail.send", Job.state == JobState.DEAD).scalar_subquery()
    # Where a letter failed, a later code to somebody may take its place.
    codes = case((failed.is_not(None), select(func.max(MailedToken.id)).scalar_subquery()))
    row = session.execute(
        select(*people.c, *beside, asked, answered.scalar_subquery(), failed, codes).select_from(people)
    ).one()
    return tuple(row)


def _people(edition_ids: Collection[int], scope: Scope, at: dt.datetime) -> Select[*tuple[Any, ...]]:
    """Of everybody: what they have finished, by whom; whether they were here, are due, have confirmed their name."""
    done = func.coalesce(EnrolmentProgress.units_done, 0)
    return (
        select(
            func.count(Enrolment.id).label("people"),
            func.sum(Enrolment.id * (done + 1)).label("done"),
            func.max(EnrolmentProgress.completed_at).label("completed"),
            func.count(EnrolmentProgress.started_at).label("started"),
            func.max(Enrolment.first_seen_at).label("seen"),
            func.max(Enrolment.invited_at).label("invited"),
            func.sum(case((Enrolment.due_at < at, Enrolment.id), else_=0)).label("overdue"),
            func.max(Person.name_confirmed_at).label("confirmed"),
            func.count(Person.name_confirmed_at).label("names"),
            func.count(Person.erased_at).label("erased"),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(Enrolment.edition_id.in_(edition_ids), visible_to(scope))
    )


def _appended(model: Any, edition_ids: Collection[int], scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(func.count(model.enrolment_id))
        .join(Enrolment, Enrolment.id == model.enrolment_id)
        .where(Enrolment.edition_id.in_(edition_ids), visible_to(scope))
    )
