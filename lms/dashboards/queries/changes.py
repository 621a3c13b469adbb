"""What changed in editions since a coordinator said that they had seen it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping

from sqlalchemy import Select, String, and_, func, literal, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session

from lms.kernel.db import UtcDateTime
from lms.kernel.values import dataclass
from lms.people.rules import Scope
from lms.seminars.models import Enrolment, EnrolmentEvent, ParticipantRequest, StageReached
from lms.seminars.queries import visible_to
from lms.seminars.rules import ENDED, EnrolmentState, Stage

FIRST_LOOK = dt.timedelta(days=7)
"""How far back it is told for whoever has never said so."""
NAMED = 10
"""The latest people of each kind of change are named, the others counted."""


class Happened(enum.StrEnum):
    """What happened, by the words that are kept of it."""

    SIGNED_IN = Stage.SIGNED_IN.value
    FINISHED = Stage.PRE_READING.value
    ASKED = "asked"
    DECLINED = EnrolmentState.DECLINED.value
    WITHDREW = EnrolmentState.WITHDRAWN.value
    REPLACED = EnrolmentState.REPLACED.value
    DEFERRED = EnrolmentState.DEFERRED.value


@dataclass(frozen=True, slots=True)
class Change:
    """That something happened to somebody; `number` is to how many people of the edition it happened."""

    edition_id: int
    what: Happened
    number: int
    public_id: str
    person_id: int
    at: dt.datetime
    name: str = ""


def changes(session: Session, seen: Mapping[int, dt.datetime | None], scope: Scope, at: dt.datetime) -> list[Change]:
    """What happened in editions since whoever asks has seen them, as `seen` says of each, the latest first, without
    names; one statement. Nobody is told twice of the same kind of change."""
    if not seen:
        return []
    since = {edition: moment or at - FIRST_LOOK for edition, moment in seen.items()}
    stages = (_came_to(edition, stage, moment) for edition, moment in since.items() for stage in _STAGES)
    found = union_all(*stages, _by_hand(since)).subquery()
    rows = session.execute(
        select(found.c.edition_id, found.c.what, found.c.number, Enrolment.public_id, Enrolment.person_id, found.c.at)
        .join(Enrolment, Enrolment.id == found.c.enrolment_id)
        .where(visible_to(scope))
        .order_by(found.c.at.desc(), Enrolment.public_id)
    )
    return [Change(row[0], Happened(row[1]), *row[2:]) for row in rows]


Found = Select[int, str, int, int, dt.datetime]
"""An edition, what happened, to how many people, and one of the latest of them with the moment."""
_STAGES = (Stage.SIGNED_IN, Stage.PRE_READING)


def _came_to(edition: int, stage: Stage, since: dt.datetime) -> Found:
    """From the end of an index, and counted in it: very many may have come as far."""
    reached = StageReached
    mine = (reached.edition_id == edition, reached.stage == stage, reached.at > since)
    number = select(func.count()).select_from(reached).where(*mine).scalar_subquery()
    what = type_coerce(reached.stage, String).label("what")
    latest = select(reached.edition_id, what, number.label("number"), reached.enrolment_id, reached.at).where(*mine)
    return select(latest.order_by(reached.at.desc(), reached.enrolment_id.desc()).limit(NAMED).subquery())


def _by_hand(since: Mapping[int, dt.datetime]) -> Found:
    """What people asked for, and who left: from these, which are few, to their editions."""
    asked, ended, first = ParticipantRequest, EnrolmentEvent, min(since.values())
    few = union_all(
        select(asked.enrolment_id, literal(Happened.ASKED.value, String).label("what"), asked.at).where(
            asked.at > first
        ),
        select(ended.enrolment_id, type_coerce(ended.state, String), ended.at).where(
            ended.state.in_(ENDED), ended.at > first
        ),
    ).subquery()
    edition = Enrolment.edition_id + 0  # a sum is in no index, so that nobody begins with everybody in an edition
    here = or_(
        *(and_(edition == number, few.c.at > literal(moment, UtcDateTime())) for number, moment in since.items())
    )
    last = (
        select(
            Enrolment.edition_id, few.c.what, few.c.enrolment_id, func.max(few.c.at, type_=UtcDateTime()).label("at")
        )
        .join(Enrolment, Enrolment.id == few.c.enrolment_id)
        .where(here)
        .group_by(Enrolment.edition_id, few.c.what, few.c.enrolment_id)
        .subquery()
    )
    kind = (last.c.edition_id, last.c.what)
    numbered = select(
        last.c.edition_id, last.c.what, func.count().over(partition_by=kind).label("number"),
        last.c.enrolment_id, last.c.at,
        func.row_number().over(partition_by=kind, order_by=last.c.at.desc()).label("place"),
    ).subquery()  # fmt: skip
    return select(*list(numbered.c)[:5]).where(numbered.c.place <= NAMED)
