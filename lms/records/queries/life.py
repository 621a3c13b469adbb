"""What has happened to a record, what is proposed or asked of it, and who its holder is."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.values import dataclass
from lms.people.models import Person
from lms.people.proposals.queries import open_ones
from lms.people.proposals.rules import PROPOSAL_LASTS, ProposalState, has_lapsed
from lms.people.rules.names import PersonName
from lms.people.sealing import key_of, keys_of, open_if_there
from lms.records.models import (
    Cause,
    Correction,
    LedgerEntry,
    RecordAct,
    RecordSubject,
    RequestState,
    Revocation,
)
from lms.records.signatories.rules import Signatory, signed_by

from .held import name_in, open_shown
from .ours import said_of, sorted_out


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry of the ledger about a record, in words' reach: what, when, and what it points to."""

    act: RecordAct
    at: dt.datetime
    corrects: str | None = None
    successor: str | None = None
    cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class Holding:
    """Whose record it is; `subject` is the person's public id."""

    record: str
    person_id: int
    subject: str
    enrolment_id: int
    correction: int
    sealed_name: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands on a record: kept sealed under the holder's key."""

    name: PersonName
    institution: str
    state_code: str
    salt: str
    signatories: tuple[Signatory, ...]
    """Who signs the certificate."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a holder asks to have on the record instead, and why."""

    name: PersonName
    institution: str
    words: str

    def to_json(self) -> str:
        """The form that is sealed."""
        said = {"name": json.loads(self.name.to_json()), "institution": self.institution, "words": self.words}
        return json.dumps(said, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Wish:
        """The wish that was sealed."""
        said = json.loads(text)
        return cls(PersonName.from_json(json.dumps(said["name"])), said["institution"], said["words"])


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal to revoke that waits for a second officer; `words` are empty once the holder is erased."""

    public_id: str
    cause: Cause
    words: str
    by: str
    at: dt.datetime
    until: dt.datetime
    lapsed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A holder's request and what became of it."""

    public_id: str
    state: RequestState
    wish: Wish
    at: dt.datetime
    decided_at: dt.datetime | None
    answer: str


def history(session: Session, record: str) -> list[Happening]:
    """Everything we have said of a record, in the order of the ledger; one statement."""
    return [_happening(entry) for entry in said_of(session, [record]).get(record, ())]


def endings(session: Session) -> tuple[dict[str, list[Happening]], list[str]]:
    """The entries by which we have ended records, by record; and the records that somebody else wrote an end of. One
    statement."""
    ours, foreign = sorted_out(session, LedgerEntry.act != RecordAct.ISSUED)
    found: dict[str, list[Happening]] = {}
    for entry in ours:
        found.setdefault(entry.record, []).append(_happening(entry))
    return found, sorted({entry.record for entry in foreign})


def confirmed_causes(session: Session) -> dict[str, set[Cause]]:
    """For which causes two officers have revoked which records."""
    found: dict[str, set[Cause]] = {}
    decided = select(Revocation.record, Revocation.cause).where(Revocation.state == ProposalState.CONFIRMED)
    for row in session.execute(decided):
        found.setdefault(row.record, set()).add(row.cause)
    return found


def _happening(row: Any) -> Happening:
    return Happening(
        act=row.act,
        at=row.created_at,
        corrects=row.facts.get("corrects"),
        successor=row.facts.get("successor"),
        cause=Cause(row.facts["reason"]) if row.facts.get("reason") else None,
    )


def holding(session: Session, record: str, *, held: bool = False) -> Holding | None:
    """Whose record it is; with `held` nobody else changes anything about it until the transaction ends."""
    found = (
        select(
            RecordSubject.record,
            RecordSubject.person_id,
            Person.subject,
            RecordSubject.enrolment_id,
            RecordSubject.correction,
            RecordSubject.sealed_name,
        )
        .join(Person, Person.id == RecordSubject.person_id)
        .where(RecordSubject.record == record)
    )
    row = session.execute(found.with_for_update(of=RecordSubject) if held else found).first()
    return Holding(*row) if row else None


def shown_on(session: Session, found: Holding) -> Shown:
    """What stands on the record; raises NotFound once its holder is erased."""
    said = open_shown(key_of(session, found.person_id), found.sealed_name, found.record)
    return Shown(name_in(said), said["institution"], said["state"], said["salt"], signed_by(said))


def words_place(public_id: str) -> str:
    """Where the words of a proposal belong."""
    return f"lms_record_revocation:words:{public_id}"


def wanted_place(public_id: str) -> str:
    """Where a wish belongs."""
    return f"lms_record_correction:wanted:{public_id}"


def answer_place(public_id: str) -> str:
    """Where the answer to a wish belongs."""
    return f"lms_record_correction:answer:{public_id}"


def proposal_row(session: Session, record: str) -> Revocation | None:
    """The open proposal to revoke this record."""
    found: Revocation | None = session.scalar(open_ones(Revocation).where(Revocation.record == record))
    return found


def proposal_on(session: Session, found: Holding, at: dt.datetime) -> Proposal | None:
    """The open proposal to revoke this record, readable."""
    row = proposal_row(session, found.record)
    if row is None:
        return None
    key = keys_of(session, [found.person_id]).get(found.person_id)
    return Proposal(
        public_id=row.public_id,
        cause=row.cause,
        words=open_if_there(key, row.sealed_words, words_place(row.public_id)),
        by=row.proposed_by,
        at=row.proposed_at,
        until=row.proposed_at + PROPOSAL_LASTS,
        lapsed=has_lapsed(row.proposed_at, at),
    )


def request_row(session: Session, record: str) -> Correction | None:
    """The holder's open request about this record."""
    return session.scalar(select(Correction).where(Correction.record == record, Correction.state == RequestState.ASKED))


def requests_on(session: Session, found: Holding) -> list[Asked]:
    """The holder's requests about this record, the last first; raises NotFound once they are erased."""
    rows = session.scalars(
        select(Correction).where(Correction.record == found.record).order_by(Correction.id.desc())
    ).all()
    if not rows:
        return []
    key = key_of(session, found.person_id)
    return [
        Asked(
            public_id=row.public_id,
            state=row.state,
            wish=Wish.from_json(open_if_there(key, row.sealed_wanted, wanted_place(row.public_id))),
            at=row.asked_at,
            decided_at=row.decided_at,
            answer=open_if_there(key, row.sealed_answer, answer_place(row.public_id)),
        )
        for row in rows
    ]
