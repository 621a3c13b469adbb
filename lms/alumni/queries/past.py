"""Editions that were over before this system, and who is said to have completed them; for officers whose mandate
reaches over everything, whom the caller checks."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.alumni.models import PastAttestation, PastPlace
from lms.alumni.sealing import source_place
from lms.kernel.values import dataclass
from lms.people.models import Institution, Person
from lms.people.proposals.queries import open_ones
from lms.people.proposals.rules import has_lapsed
from lms.people.queries import has_address, names_of
from lms.people.sealing import keys_of, open_if_there
from lms.records.models import LedgerEntry, RecordSubject
from lms.records.queries import without_record
from lms.records.queries.held import kept
from lms.records.rules.before import NO_VERSION
from lms.seminars.models import Edition, Enrolment, EnrolmentState


@dataclass(frozen=True, slots=True)
class PastEdition:
    """An edition that is over, with how many of its people wait for a record, and how many were attested one."""

    public_id: str
    title: str
    starts_on: dt.date
    waiting: int
    attested: int
    proposed: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody of such an edition."""

    enrolment_id: int
    enrolment: str
    person_id: int
    name: str
    institution: str
    state_code: str
    attested: bool
    welcomed: bool
    reachable: bool
    """Whether there is an address to write to."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """The open proposal for an edition."""

    public_id: str
    source: str
    proposed_by: str
    proposer: str
    proposed_at: dt.datetime
    places: frozenset[int]


def past_editions(session: Session, today: dt.date) -> list[PastEdition]:
    """Every edition that is over and has people who wait or were attested, the latest first; four statements."""
    waiting = select(Enrolment.edition_id, func.count()).where(
        Enrolment.state == EnrolmentState.NOMINATED, without_record()
    )
    waits = _by_edition(session, waiting)
    attested = Counter(one.issue.edition for one in kept(session, LedgerEntry.version_hash == NO_VERSION))
    open_now = {one.edition_id for one in session.scalars(open_ones(PastAttestation))}
    rows = session.scalars(select(Edition).where(Edition.ends_on < today).order_by(Edition.starts_on.desc()))
    return [
        PastEdition(
            public_id=row.public_id,
            title=row.title,
            starts_on=row.starts_on,
            waiting=waits.get(row.id, 0),
            attested=attested[row.public_id],
            proposed=row.id in open_now,
        )
        for row in rows
        if row.id in waits or row.public_id in attested
    ]


def _by_edition(session: Session, counted: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(counted.group_by(Enrolment.edition_id))}


def candidates(session: Session, edition_id: int) -> list[Candidate]:
    """Who of an edition is merely nominated, by name; two statements."""
    rows = session.execute(
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.person_id,
            Enrolment.state_code,
            Institution.name,
            RecordSubject.record,
            Person.welcomed_at,
            has_address().label("reachable"),
        )
        .join(Institution, Institution.id == Enrolment.institution_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(RecordSubject, (RecordSubject.enrolment_id == Enrolment.id) & (RecordSubject.correction == 0))
        .where(Enrolment.edition_id == edition_id, Enrolment.state == EnrolmentState.NOMINATED)
        .where(Person.erased_at.is_(None))
    ).all()
    names = names_of(session, [row.person_id for row in rows])
    found = [
        Candidate(
            enrolment_id=row.id,
            enrolment=row.public_id,
            person_id=row.person_id,
            name=names[row.person_id],
            institution=row.name,
            state_code=row.state_code,
            attested=row.record is not None,
            welcomed=row.welcomed_at is not None,
            reachable=row.reachable,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (one.attested, one.name.casefold(), one.enrolment))


def proposal_of(session: Session, edition_id: int, at: dt.datetime) -> Proposal | None:
    """The open proposal for an edition, if it has not lapsed."""
    row = session.scalar(_open(edition_id))
    if row is None or has_lapsed(row.proposed_at, at):
        return None
    places = places_of(session, row.id)
    proposer = session.scalar(select(Person.id).where(Person.subject == row.proposed_by)) or 0
    source = _source(row, keys_of(session, [proposer]).get(proposer))
    name = names_of(session, [proposer])[proposer]
    return Proposal(row.public_id, source, row.proposed_by, name, row.proposed_at, places)


@dataclass(frozen=True, slots=True)
class Attested:
    """What was proposed of a place, as its person may read it."""

    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    state: str
    people: int
    """Of how many the officer wrote at once."""
    source: str
    """From where it is known; empty where it was written of several, whom the words may name, or is no longer kept."""


def attested(session: Session, attestations: Collection[int]) -> dict[int, Attested]:
    """By the number of the proposal; three statements."""
    rows = session.scalars(select(PastAttestation).where(PastAttestation.id.in_(attestations))).all()
    number = select(PastPlace.attestation_id, func.count()).where(PastPlace.attestation_id.in_(attestations))
    people = {row[0]: row[1] for row in session.execute(number.group_by(PastPlace.attestation_id))}
    officers = select(Person.id, Person.subject).where(Person.subject.in_({row.proposed_by for row in rows}))
    ids = {row.subject: row.id for row in session.execute(officers)}
    keys = keys_of(session, ids.values())
    return {
        row.id: Attested(
            row.proposed_at,
            row.decided_at,
            row.state.value,
            people[row.id],
            _source(row, keys.get(ids.get(row.proposed_by, 0))) if people[row.id] == 1 else "",
        )
        for row in rows
    }


def _source(row: PastAttestation, key: bytes | None) -> str:
    return open_if_there(key, row.sealed_source, source_place(row.public_id))


def places_of(session: Session, attestation_id: int) -> frozenset[int]:
    """The places for which a proposal would write records."""
    found = select(PastPlace.enrolment_id).where(PastPlace.attestation_id == attestation_id)
    return frozenset(session.scalars(found))


def open_row(session: Session, edition_id: int) -> PastAttestation | None:
    """The row of the open proposal for an edition, held until the end of a change."""
    return session.scalar(_open(edition_id).with_for_update())


def _open(edition_id: int) -> Select[PastAttestation]:
    return open_ones(PastAttestation).where(PastAttestation.edition_id == edition_id)


def concerned(session: Session, subject: str, places: Collection[int]) -> bool:
    """Whether one of these places is this person's own."""
    mine = select(Enrolment.id).join(Person, Person.id == Enrolment.person_id).where(Person.subject == subject)
    return session.scalar(mine.where(Enrolment.id.in_(places)).limit(1)) is not None
