"""The records of an edition, as its coordinators see them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.errors import NotFound
from lms.people.models import Institution
from lms.people.proposals.rules import ProposalState
from lms.people.rules.mandates import Scope
from lms.records.models import (
    Correction,
    LedgerEntry,
    PublicRecord,
    RecordAct,
    RecordSubject,
    RequestState,
    Revocation,
)
from lms.records.rules.completion import Verdict
from lms.seminars.models import Enrolment
from lms.seminars.queries import visible_to

from .standing import standings, without_record


@dataclass(frozen=True, slots=True)
class EditionRecord:
    """A record of an edition, or a place that waits for one (`record` is None, and `verdict` says for what)."""

    record: str | None
    enrolment: str
    person_id: int
    state_code: str
    institution: str
    correction: int = 0
    code: str = ""
    dated: dt.date | None = None
    ended: RecordAct | None = None
    ended_on: dt.date | None = None
    revocation: bool = False
    """Whether it is proposed to revoke it."""
    asked: bool = False
    """Whether its holder asks for a correction."""
    verdict: Verdict | None = None


def records_of(session: Session, edition_id: int, scope: Scope) -> list[EditionRecord]:
    """Every record of an edition that this scope shows, corrected ones too; one statement."""
    return _records(session, Enrolment.edition_id == edition_id, visible_to(scope))


def record_in(session: Session, edition_id: int, record: str, scope: Scope) -> EditionRecord:
    """One record of an edition; raises NotFound for one that is not there or not shown."""
    here = (Enrolment.edition_id == edition_id, visible_to(scope), RecordSubject.record == record)
    found = _records(session, *here)
    if not found:
        raise NotFound
    return found[0]


def waiting_in(session: Session, edition_id: int, scope: Scope) -> list[EditionRecord]:
    """The places taken in an edition that have no record yet, each with the rule's verdict."""
    places = standings(session, Enrolment.edition_id == edition_id, visible_to(scope), without_record())
    numbers = {place.institution_id for place in places}
    named = session.execute(select(Institution.id, Institution.name).where(Institution.id.in_(numbers)))
    institutions = {row.id: row.name for row in named}
    return [
        EditionRecord(
            record=None,
            enrolment=place.enrolment,
            person_id=place.person_id,
            state_code=place.state_code,
            institution=institutions[place.institution_id],
            verdict=place.verdict,
        )
        for place in places
    ]


def _records(session: Session, *conditions: ColumnElement[bool]) -> list[EditionRecord]:
    ended = aliased(LedgerEntry)
    proposed = (Revocation.record == RecordSubject.record) & (Revocation.state == ProposalState.PROPOSED)
    asked = (Correction.record == RecordSubject.record) & (Correction.state == RequestState.ASKED)
    found = (
        select(
            RecordSubject.record,
            Enrolment.public_id,
            RecordSubject.person_id,
            Enrolment.state_code,
            Institution.name,
            RecordSubject.correction,
            func.coalesce(PublicRecord.code, ""),
            LedgerEntry.dated,
            ended.act,
            ended.dated.label("ended_on"),
            Revocation.id.label("proposal"),
            Correction.id.label("request"),
        )
        .join(Enrolment, Enrolment.id == RecordSubject.enrolment_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(PublicRecord, PublicRecord.record == RecordSubject.record)
        .join(LedgerEntry, (LedgerEntry.record == RecordSubject.record) & (LedgerEntry.act == RecordAct.ISSUED))
        .outerjoin(ended, (ended.record == RecordSubject.record) & (ended.act != RecordAct.ISSUED))
        .outerjoin(Revocation, proposed)
        .outerjoin(Correction, asked)
        .where(*conditions)
        .order_by(RecordSubject.record)
    )
    return [_record(tuple(row)) for row in session.execute(found)]


def _record(columns: tuple[Any, ...]) -> EditionRecord:
    *said, proposal, request = columns
    return replace(EditionRecord(*said), revocation=proposal is not None, asked=request is not None)
