"""Where one enrolment stands: its steps, stages and requests. Whoever asks has passed the enrolment's door before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.secrets import unseal
from lms.people.sealing import keys_of
from lms.seminars.models import EnrolmentEvent, ParticipantRequest, StageReached
from lms.seminars.rules import RequestKind, Stage, answer_place, message_place


def history(session: Session, enrolment_id: int) -> list[EnrolmentEvent]:
    """Every step of an enrolment whose door was passed before, in order."""
    steps = select(EnrolmentEvent).where(EnrolmentEvent.enrolment_id == enrolment_id)
    return list(session.scalars(steps.order_by(EnrolmentEvent.id)))


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
            message=_open(key, row.sealed_message, message_place(row.public_id)),
            at=row.at,
            answered_at=row.answered_at,
            granted=row.granted,
            answer=_open(key, row.sealed_answer, answer_place(row.public_id)),
        )
        for row in rows
    ]


def _open(key: bytes | None, sealed: bytes | None, place: str) -> str:
    return unseal(key, sealed, place).decode() if key and sealed else ""


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
