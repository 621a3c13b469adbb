"""Asking for a certificate, and what the worker makes of it."""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Collection
from typing import Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.errors import NotFound
from lms.kernel.secrets import seal
from lms.people.sealing import keys_of
from lms.records.credentials.holding import how_it_stands, short_form
from lms.records.models import RecordSubject
from lms.records.queries import my_record, public_of, state_of
from lms.web.languages import speaking

from .faces import package_for
from .models import Certificate, CertificateState
from .queries import KEPT, certificate_place
from .sheet import Missing, Sheet
from .wording import sheet_of

MAKE = "records.certificate"
SIGNED_WITHIN = dt.timedelta(minutes=2)
"""For so long a certificate waits for what its square code is to hold; longer, and it is made without."""
log = structlog.get_logger("lms.records")


def ask(session: Session, *, record: str, person_id: int, language: str, at: dt.datetime, by: str) -> None:
    """Ask for the certificate of one's own record in a language; once for a day, however often it is asked.

    Raises NotFound for a record that is not this person's."""
    held = select(RecordSubject.record).where(RecordSubject.record == record, RecordSubject.person_id == person_id)
    if session.scalar(held.with_for_update()) is None:
        raise NotFound
    found = _row(session, record, language)
    if found is not None and found.state is not CertificateState.LACKING and found.asked_at > at - KEPT:
        return
    if found is None:
        found = Certificate(record=record, language=language)
        session.add(found)
    found.state, found.asked_at, found.sealed, found.script = CertificateState.WAITING, at, None, None
    audit.record(session, at=at, actor=by, act="certificate.asked", about=record, language=language)
    _ask_to_make(session, record, language)


def make_again(session: Session, *, records: Collection[str]) -> None:
    """What was made of these records before they were signed lacks the short form in its square code: once more."""
    made = update(Certificate).where(Certificate.record.in_(records), Certificate.state == CertificateState.READY)
    waits = made.values(state=CertificateState.WAITING, sealed=None).returning(Certificate.record, Certificate.language)
    for record, language in session.execute(waits, execution_options={"synchronize_session": False}).all():
        _ask_to_make(session, record, language)


def _ask_to_make(session: Session, record: str, language: str) -> None:
    outbox.enqueue(session, MAKE, {"record": record, "language": language}, key=f"{MAKE}:{record}:{language}")


def forget(session: Session, *, record: str) -> None:
    """Let go of what was made of a record: something of it is not true any more."""
    session.execute(delete(Certificate).where(Certificate.record == record))


def forget_of(session: Session, *, person_id: int) -> None:
    """Let go of what was made for somebody who is erased; what waits for letters would wait for ever."""
    theirs = select(RecordSubject.record).where(RecordSubject.person_id == person_id)
    session.execute(
        delete(Certificate).where(Certificate.record.in_(theirs)), execution_options={"synchronize_session": False}
    )


def forget_all(session: Session) -> None:
    """Let go of all that is kept: what their square codes hold is not believed any more."""
    session.execute(delete(Certificate))


@outbox.database(MAKE)
def make(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Set the certificate and seal it under its holder's key; whoever was erased meanwhile gets none."""
    found = _row(session, payload["record"], payload["language"])
    if found is None:
        return
    person_id = session.scalars(select(RecordSubject.person_id).where(RecordSubject.record == found.record)).one()
    key = keys_of(session, [person_id]).get(person_id)
    if key is None:
        session.delete(found)
        return
    signing = how_it_stands(session, found.record)
    if signing == "soon" and at < found.asked_at + SIGNED_WITHIN:
        # The square code is to hold the signed short form.
        outbox.enqueue(session, MAKE, payload, at=at + dt.timedelta(seconds=2))
        return
    try:
        pdf = _setting().pdf_of(_sheet(session, found.record, person_id, found.language))
    except Missing as missing:
        found.state, found.script = CertificateState.LACKING, missing.script
        log.error("certificate.letters_missing", script=missing.script, install=package_for(missing.script))
        return
    found.sealed = seal(key, pdf, certificate_place(found.record, found.language))
    found.state, found.script = CertificateState.READY, None


def pdf_of(session: Session, *, record: str, language: str) -> bytes:
    """The certificate of a record as it would be made now, for the worker and the command line.

    Raises Missing for a name that this machine has no letters for, NotFound where nobody holds the record any more."""
    person_id = session.scalars(select(RecordSubject.person_id).where(RecordSubject.record == record)).one()
    made: bytes = _setting().pdf_of(_sheet(session, record, person_id, language))
    return made


def _setting() -> Any:
    """typst makes a process heavier; so whoever answers requests never has it."""
    return importlib.import_module("lms.records.certificates.setting")


def _sheet(session: Session, record: str, person_id: int, language: str) -> Sheet:
    page, state = my_record(session, record, person_id), state_of(session, record)
    if state is None:
        raise NotFound
    with speaking(language):
        return sheet_of(page, public_of(session, [record])[record], state, short_form(session, record) or "")


def _row(session: Session, record: str, language: str) -> Certificate | None:
    wanted = select(Certificate).where(Certificate.record == record, Certificate.language == language)
    return session.scalar(wanted)


@outbox.database("records.certificates_tidy", every=3600.0)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """A certificate is kept for a day; what waits for letters stays, so that the check goes on naming it."""
    old = (Certificate.asked_at < at - KEPT, Certificate.state != CertificateState.LACKING)
    session.execute(delete(Certificate).where(*old))
