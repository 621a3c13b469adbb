"""Certificates that were asked for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.secrets import unseal
from lms.kernel.values import dataclass
from lms.people.sealing import key_of
from lms.records.models import RecordSubject

from .models import Certificate, CertificateState

KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A certificate in one language, as its holder's page shows it."""

    language: str
    state: CertificateState
    script: str | None
    until: dt.datetime


def certificate_place(record: str, language: str) -> str:
    """Where a sealed certificate belongs."""
    return f"lms_certificate:sealed:{record}:{language}"


def asked_for(session: Session, record: str, at: dt.datetime) -> list[Asked]:
    """The certificates of a record that are kept or being made, by language."""
    rows = session.execute(
        select(Certificate.language, Certificate.state, Certificate.script, Certificate.asked_at)
        .where(Certificate.record == record, Certificate.asked_at > at - KEPT)
        .order_by(Certificate.language)
    )
    return [Asked(row.language, row.state, row.script, row.asked_at + KEPT) for row in rows]


def certificate_of(session: Session, record: str, language: str, person_id: int, at: dt.datetime) -> bytes:
    """The PDF, for its holder; raises NotFound for everybody else, and where there is none (any more)."""
    sealed = session.scalar(
        select(Certificate.sealed)
        .join(RecordSubject, RecordSubject.record == Certificate.record)
        .where(Certificate.record == record, Certificate.language == language, Certificate.asked_at > at - KEPT)
        .where(RecordSubject.person_id == person_id)
    )
    if sealed is None:
        raise NotFound
    return unseal(key_of(session, person_id), sealed, certificate_place(record, language))


def lacking(session: Session) -> Mapping[str, int]:
    """The scripts whose letters are missing here, and how many certificates wait for them."""
    found: dict[str, int] = {}
    waiting = select(Certificate.script).where(Certificate.state == CertificateState.LACKING)
    for script in session.scalars(waiting):
        found[script or ""] = found.get(script or "", 0) + 1
    return found
