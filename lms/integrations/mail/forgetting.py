"""Letters that lie in the folder of a system without a mail server go: of whoever is erased, and after thirty days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.events import on
from lms.kernel.settings import present_settings
from lms.kernel.unit_of_work import reading
from lms.people.events import PersonErased
from lms.people.models import SentLetter

from . import mailbox

FORGET = "mail.forget"


@on(PersonErased)
def after_erasure(session: Session, event: PersonErased) -> None:
    """Files are no part of a transaction: they go after it."""
    outbox.enqueue(session, FORGET, {"person_id": event.person_id})


@outbox.effect(FORGET)
def forget(payload: dict[str, Any], _delivery: str) -> None:
    """Remove every letter to an erased person."""
    with reading() as session:
        theirs = select(SentLetter.public_id).where(SentLetter.person_id == payload["person_id"])
        letters = set(session.scalars(theirs))
    mailbox.forget(present_settings(), letters)


@outbox.database("mail.tidy", every=86_400.0)
def tidy(_session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Remove what nobody needs any more; removing twice does no harm."""
    mailbox.forget_older(present_settings(), at)
