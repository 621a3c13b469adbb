"""The records of an edition, as its coordinators see them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
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
from lms.records.rules.ledger import Entry
from lms.seminars.models import Enrolment
from lms.seminars.queries import visible_to

from .ours import OURS, ours, with_public
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
    ours: bool = True
    """Whether the ledger says of it what we wrote; of another one nothing is known."""


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
    proposed = (Revocation.record == RecordSubject.record) & (Revocation.state == ProposalState.PROPOSED)
    asked = (Correction.record == RecordSubject.record) & (Correction.state == RequestState.ASKED)
    found = (
        select(
            RecordSubject.record.label("held"),
            Enrolment.public_id.label("enrolment"),
            RecordSubject.person_id,
            Enrolment.state_code,
            Institution.name.label("institution"),
            RecordSubject.correction,
            Revocation.id.label("proposal"),
            Correction.id.label("request"),
            *OURS,
        )
        .join(Enrolment, Enrolment.id == RecordSubject.enrolment_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .join(LedgerEntry, LedgerEntry.record == RecordSubject.record)
        .outerjoin(PublicRecord, with_public)
        .outerjoin(Revocation, proposed)
        .outerjoin(Correction, asked)
        .where(*conditions)
        .order_by(RecordSubject.record, LedgerEntry.id)
    )
    rows = session.execute(found).all()
    said, of = ours(rows), {row.held: row for row in rows}
    return [_record(row, said.get(record)) for record, row in of.items()]


def _record(row: Row[Any], said: list[Entry] | None) -> EditionRecord:
    issue, last = (said[0], said[-1]) if said else (None, None)
    ended = last if last is not issue else None
    return EditionRecord(
        record=row.held,
        enrolment=row.enrolment,
        person_id=row.person_id,
        state_code=row.state_code,
        institution=row.institution,
        correction=row.correction,
        code=row.code or "",
        dated=issue.dated if issue else None,
        ended=RecordAct(ended.act) if ended else None,
        ended_on=ended.dated if ended else None,
        revocation=row.proposal is not None,
        asked=row.request is not None,
        ours=issue is not None,
    )
