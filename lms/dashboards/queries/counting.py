"""The numbers of an edition, and the conditions that stand behind them and behind their lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from sqlalchemy import ColumnElement, Table, bindparam, distinct, exists, func, select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Awaiting, Numbers, Sight
from lms.people.models import Person
from lms.seminars import queries as seminars
from lms.seminars.models import Enrolment, ParticipantRequest, StageReached
from lms.seminars.queries import visible_to
from lms.seminars.rules import COUNTED, Stage

from .looks import Look


def numbers(session: Session, seen: Look) -> Numbers:
    """The numbers that this look shows, in one statement: from the tallies, or for a focal point from the people."""
    if seen.sight is not Sight.COMPLETION:
        return Numbers(seminars.counts(session, seen.edition.id))
    grouped = (
        select(Enrolment.state_code, Enrolment.sector, StageReached.stage, func.count())
        .join(StageReached, StageReached.enrolment_id == Enrolment.id)
        .where(Enrolment.edition_id == seen.edition.id, Enrolment.state.in_(COUNTED), visible_to(seen.scope))
        .group_by(Enrolment.state_code, Enrolment.sector, StageReached.stage)
    )
    return Numbers({(state, sector, stage): count for state, sector, stage, count in session.execute(grouped)})


_person, _enrolment, _request = (cast(Table, model.__table__) for model in (Person, Enrolment, ParticipantRequest))
_COUNTED_HERE = (_enrolment.c.edition_id == bindparam("edition_id"), _enrolment.c.state.in_(sorted(COUNTED)))
# From the few requests that are open to their people, rather than from everybody in the edition to their requests.
_ANSWERS = (
    select(func.count(distinct(_request.c.enrolment_id)))
    .where(_request.c.answered_at.is_(None))
    .where(exists().where(_enrolment.c.id == _request.c.enrolment_id, *_COUNTED_HERE))
)
_NAMES = select(func.count()).where(
    *_COUNTED_HERE,
    _enrolment.c.first_seen_at.is_not(None),
    exists().where(_person.c.id == _enrolment.c.person_id, _person.c.name_confirmed_at.is_(None)),
)
_WAITING = select(_ANSWERS.scalar_subquery(), _NAMES.scalar_subquery())


def waiting_numbers(session: Session, seen: Look, known: Numbers) -> Mapping[Awaiting, int]:
    """How many people are awaited for each reason, in one statement; nobody where the look does not show it."""
    if seen.sight is not Sight.EVERYTHING:
        return {}
    # Who was invited and has not signed in stands in the tallies already.
    unseen = known.reached(Stage.INVITED) - known.reached(Stage.SIGNED_IN)
    session.flush()  # a statement sent past the session does not see by itself what is not written yet
    answers, names = session.connection().execute(_WAITING, {"edition_id": seen.edition.id}).one()
    return {Awaiting.SIGN_IN: unseen, Awaiting.ANSWER: answers, Awaiting.NAME: names}


def awaited(seen: Look, what: Awaiting) -> list[ColumnElement[bool]]:
    """The condition over Enrolment behind the list of people awaited, whose length is the number."""
    here = [Enrolment.edition_id == seen.edition.id, Enrolment.state.in_(COUNTED)]
    if what is Awaiting.ANSWER:
        open_requests = select(ParticipantRequest.enrolment_id).where(ParticipantRequest.answered_at.is_(None))
        return [*here, Enrolment.id.in_(open_requests)]
    if what is Awaiting.NAME:
        nameless = exists().where(Person.id == Enrolment.person_id, Person.name_confirmed_at.is_(None))
        return [*here, Enrolment.first_seen_at.is_not(None), nameless]
    return [*here, _reached(Stage.INVITED), ~_reached(Stage.SIGNED_IN)]


def _reached(stage: Stage) -> ColumnElement[bool]:
    return exists().where(StageReached.enrolment_id == Enrolment.id, StageReached.stage == stage)
