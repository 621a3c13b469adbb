"""What participants ask for, and the answers."""

from __future__ import annotations

import datetime as dt

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Conflict, Refused
from lms.kernel.secrets import new_token
from lms.people.sealing import seal_text
from lms.people.services import write_to
from lms.seminars.models import Edition, Enrolment, ParticipantRequest
from lms.seminars.rules import ENDED, RequestKind, answer_place, counted, message_place

from .deadlines import extend
from .enrolments import withdraw


def ask(session: Session, *, enrolment: Enrolment, kind: RequestKind, message: str, at: dt.datetime, by: str) -> str:
    """A participant asks for more time, or says that they cannot attend; gives the request's public id.

    Raises Refused while an earlier one of the same kind waits for its answer.
    """
    if not counted(enrolment.state):
        raise Refused(_("You have no place in this edition any more."))
    public_id = new_token()
    insert = dialect_insert(session)
    row = insert(ParticipantRequest).values(
        public_id=public_id,
        enrolment_id=enrolment.id,
        kind=kind,
        sealed_message=seal_text(session, enrolment.person_id, message, message_place(public_id)),
        at=at,
    )
    if session.scalar(row.on_conflict_do_nothing().returning(ParticipantRequest.id)) is None:
        raise Refused(_("You have asked this already. Your coordinator will answer you."))
    audit.record(session, at=at, actor=by, act=f"request.{kind}", about=enrolment.public_id)
    return public_id


def answer_request(
    session: Session,
    *,
    enrolment: Enrolment,
    request: ParticipantRequest,
    granted: bool,
    deadline_at: dt.datetime | None = None,
    deadline_on: dt.date | None = None,
    words: str = "",
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> None:
    """Answer once: more time (see `extend`), or the withdrawal confirmed, or neither; the person gets a letter.

    Raises Conflict when it was answered in the meantime or the deadline is another one than on the page with the marks
    `shown`, Refused for a deadline that gives no time.
    """
    session.refresh(request, with_for_update=True)
    if request.answered_at is not None:
        raise Conflict(_("This request has been answered in the meantime."))
    if granted and request.kind is RequestKind.MORE_TIME:
        if deadline_at is None:
            raise Refused(_("Choose until when the person has time."))
        extend(
            session, enrolment=enrolment, deadline_at=deadline_at, deadline_on=deadline_on, shown=shown, at=at, by=by
        )
    if granted and request.kind is RequestKind.CANNOT_ATTEND and enrolment.state not in ENDED:
        withdraw(session, enrolment=enrolment, at=at, by=by)
    request.answered_at, request.answered_by, request.granted = at, by, granted
    if words:
        place = answer_place(request.public_id)
        request.sealed_answer = seal_text(session, enrolment.person_id, words, place)
    audit.record(session, at=at, actor=by, act="request.answered", about=enrolment.public_id, granted=granted)
    _tell(session, enrolment, request, words, by)


def _tell(session: Session, enrolment: Enrolment, request: ParticipantRequest, words: str, by: str) -> None:
    edition = session.get_one(Edition, enrolment.edition_id)
    facts = {
        "kind": str(request.kind),
        "granted": request.granted,
        "edition_title": edition.title,
        "edition_zone": edition.zone,
        "until": enrolment.due_at.isoformat(),
    }
    write_to(
        session,
        person_id=enrolment.person_id,
        template="seminars/request-answered",
        context=facts,
        secret={"words": words} if words else None,
        about=edition.public_id,
        by=by,
    )
