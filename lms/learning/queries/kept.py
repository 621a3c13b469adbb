"""What was kept of one enrolment: private texts and receipts."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import Unsealable, unseal
from lms.kernel.values import dataclass
from lms.learning.models import (
    Receipt,
    Reflection,
)
from lms.learning.rules.scores import Scores, read_back
from lms.people.sealing import private_key_of

from .standing import OwnEnrolment


def reflection_place(enrolment_id: int, unit_id: int) -> str:
    """Where what somebody wrote on a unit belongs, sealed."""
    return f"reflection:{enrolment_id}:{unit_id}"


@dataclass(frozen=True, slots=True)
class Written:
    """A private text as its writer sees it."""

    text: str
    scores: Scores
    at: dt.datetime


def reflection(session: Session, own: OwnEnrolment, unit_id: int, receipt_id: int | None = None) -> Written | None:
    """What the holder of an enrolment wrote last on a unit, or under one receipt; for the writer alone."""
    found = select(Reflection.sealed, Reflection.at).where(
        Reflection.enrolment_id == own.id, Reflection.unit_id == unit_id
    )
    if receipt_id is not None:
        found = found.where(Reflection.receipt_id == receipt_id)
    row = session.execute(found.order_by(Reflection.id.desc()).limit(1)).first()
    if row is None:
        return None
    try:
        kept = unseal(private_key_of(session, own.person_id), row.sealed, reflection_place(own.id, unit_id)).decode()
    except Unsealable:  # written under an entry that was joined, whose address they have not proved yet
        return None
    return Written(*read_back(kept), row.at)


# Built once: every page of a text that was begun asks it.
_written = Reflection.__table__
_WRITTEN = (
    select(_written.c.id)
    .where(_written.c.enrolment_id == bindparam("enrolment_id"), _written.c.unit_id == bindparam("unit_id"))
    .limit(1)
)


def has_written(session: Session, enrolment_id: int, unit_id: int) -> bool:
    """Whether there is a private text on a unit, without opening it."""
    return session.execute(_WRITTEN, {"enrolment_id": enrolment_id, "unit_id": unit_id}).first() is not None


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt; `fresh` says that it was given just now and not for an earlier sending of the same."""

    id: int
    at: dt.datetime
    fresh: bool


def receipt(session: Session, enrolment_id: int, client_key: str) -> Any:
    """The receipt that this enrolment was given for a key."""
    return session.execute(
        select(Receipt.id, Receipt.body_hash, Receipt.action, Receipt.body, Receipt.at).where(
            Receipt.enrolment_id == enrolment_id, Receipt.client_key == client_key
        )
    ).one()
