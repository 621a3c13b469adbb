"""What changed in editions since a coordinator said that they had seen it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import CompoundSelect, String, and_, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from lms.kernel.db import UtcDateTime
from lms.people.rules import Scope
from lms.seminars.models import EditionSeen, Enrolment, EnrolmentEvent, ParticipantRequest, StageReached
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


def _happened() -> CompoundSelect[tuple[int, str, dt.datetime]]:
    reached, asked, ended = StageReached, ParticipantRequest, EnrolmentEvent
    return union_all(
        select(reached.enrolment_id, type_coerce(reached.stage, String).label("what"), reached.at).where(
            reached.stage.in_((Stage.SIGNED_IN, Stage.PRE_READING))
        ),
        select(asked.enrolment_id, literal(Happened.ASKED.value, String), asked.at),
        select(ended.enrolment_id, type_coerce(ended.state, String), ended.at).where(ended.state.in_(ENDED)),
    )


def changes(session: Session, edition_ids: Collection[int], scope: Scope, at: dt.datetime) -> list[Change]:
    """What happened in these editions since whoever asks has seen them, the latest first, without names; one
    statement. Nobody is told twice of the same kind of change."""
    found, seen = _happened().subquery(), EditionSeen
    since = func.coalesce(seen.at, literal(at - FIRST_LOOK, UtcDateTime()))
    last = (
        select(
            Enrolment.edition_id, found.c.what, Enrolment.public_id, Enrolment.person_id,
            func.max(found.c.at, type_=UtcDateTime()).label("at"),
        )
        .join(Enrolment, Enrolment.id == found.c.enrolment_id)
        .outerjoin(seen, and_(seen.edition_id == Enrolment.edition_id, seen.person_id == scope.person_id))
        .where(Enrolment.edition_id.in_(edition_ids), visible_to(scope), found.c.at > since)
        .group_by(Enrolment.edition_id, found.c.what, Enrolment.public_id, Enrolment.person_id)
        .subquery()
    )  # fmt: skip
    kind = (last.c.edition_id, last.c.what)
    numbered = select(
        last.c.edition_id, last.c.what, func.count().over(partition_by=kind).label("number"),
        last.c.public_id, last.c.person_id, last.c.at,
        func.row_number().over(partition_by=kind, order_by=last.c.at.desc()).label("place"),
    ).subquery()  # fmt: skip
    named = select(*list(numbered.c)[:6]).where(numbered.c.place <= NAMED)
    rows = session.execute(named.order_by(numbered.c.at.desc(), numbered.c.public_id))
    return [Change(row[0], Happened(row[1]), *row[2:]) for row in rows]
