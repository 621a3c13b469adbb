"""Where one enrolment stands: its steps, stages and requests. Whoever asks has passed the enrolment's door before."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import case, or_, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.rules import Scope
from lms.people.sealing import keys_of, open_if_there
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent, ParticipantRequest, StageReached
from lms.seminars.rules import EnrolmentState, Link, RequestKind, Stage, answer_place, message_place, step_place

from .enrolments import visible_to


@dataclass(frozen=True)
class Step:
    """One step of an enrolment, its reason unsealed; empty once the person is erased."""

    state: EnrolmentState
    at: dt.datetime
    reason: str
    by: str | None
    """The subject of whoever did it."""


def history(session: Session, enrolment_id: int, person_id: int) -> list[Step]:
    """Every step of the holder's enrolment, whose door was passed before, in order."""
    steps = select(EnrolmentEvent).where(EnrolmentEvent.enrolment_id == enrolment_id)
    rows = session.scalars(steps.order_by(EnrolmentEvent.id)).all()
    key = keys_of(session, [person_id]).get(person_id) if any(row.sealed_reason for row in rows) else None
    return [
        Step(
            row.state,
            row.at,
            open_if_there(key, row.sealed_reason, step_place(enrolment_id, row.state, row.at)),
            row.by,
        )
        for row in rows
    ]


@dataclass(frozen=True)
class LinkedPlace:
    """Another place that hangs together with one: by ids of edition and place, with the edition's title."""

    kind: Link
    edition: str
    public_id: str
    title: str


def linked_places(session: Session, enrolment_id: int, scope: Scope) -> list[LinkedPlace]:
    """The places before and after this one that a deferral or a replacement made, as far as the scope shows them."""
    here = aliased(Enrolment)
    ways = {
        Link.DEFERRED_FROM: Enrolment.id == here.deferred_from_id,
        Link.DEFERRED_TO: Enrolment.deferred_from_id == here.id,
        Link.REPLACED_BY: Enrolment.id == here.replaced_by_id,
        Link.REPLACES: Enrolment.replaced_by_id == here.id,
    }
    kind = case(*((condition, kind.value) for kind, condition in ways.items()))
    found = (
        select(kind, Edition.public_id, Enrolment.public_id, Edition.title)
        .join(here, or_(*ways.values()))
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(here.id == enrolment_id, visible_to(scope))
        .order_by(Enrolment.id)
    )
    return [LinkedPlace(Link(kind), *rest) for kind, *rest in session.execute(found)]


@dataclass(frozen=True)
class RequestRow:
    """What a participant asked for, with the words unsealed; empty once the person is erased."""

    public_id: str
    kind: RequestKind
    message: str
    at: dt.datetime
    answered_at: dt.datetime | None
    granted: bool | None
    answer: str


def requests_of(session: Session, enrolment_id: int, person_id: int) -> list[RequestRow]:
    """What the holder of an enrolment, whose door was passed before, asked for; the latest first."""
    asked = select(ParticipantRequest).where(ParticipantRequest.enrolment_id == enrolment_id)
    rows = session.scalars(asked.order_by(ParticipantRequest.id.desc())).all()
    key = keys_of(session, [person_id]).get(person_id) if rows else None
    return [
        RequestRow(
            public_id=row.public_id,
            kind=row.kind,
            message=open_if_there(key, row.sealed_message, message_place(row.public_id)),
            at=row.at,
            answered_at=row.answered_at,
            granted=row.granted,
            answer=open_if_there(key, row.sealed_answer, answer_place(row.public_id)),
        )
        for row in rows
    ]


def request_in(session: Session, enrolment_id: int, public_id: str) -> ParticipantRequest:
    """A request of this enrolment, to be answered; raises NotFound."""
    found = select(ParticipantRequest).where(
        ParticipantRequest.public_id == public_id, ParticipantRequest.enrolment_id == enrolment_id
    )
    request = session.scalar(found)
    if request is None:
        raise NotFound
    return request


def stages_of(session: Session, enrolment_id: int) -> dict[Stage, dt.datetime]:
    """Which stages an enrolment has reached, and when."""
    rows = select(StageReached.stage, StageReached.at).where(StageReached.enrolment_id == enrolment_id)
    return {row.stage: row.at for row in session.execute(rows.order_by(StageReached.at))}
