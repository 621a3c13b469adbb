"""That the ledger is as it was written, that it and its holders belong together, and that nobody waits for a record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from lms.kernel.checks import Finding, check
from lms.kernel.clock import now

from . import anchors, queries
from .ledger_keys import ledger_keys
from .models import LedgerEntry, RecordAct, RecordSubject
from .queries.held import is_theirs, keys_of_holders
from .queries.life import Happening
from .rules.before import NO_VERSION, from_before
from .rules.ledger import breaks, genuine
from .rules.public import drawn_for
from .words import missing

SOON = dt.timedelta(minutes=2)
"""How long an entry may wait for its seal, and a seal for being noted outside the database."""


@check("records.ledger")
def ledger(session: Session) -> Iterable[Finding]:
    """Walk the chain, then look at what has no seal and at the heads noted outside."""
    noted = anchors.read()
    for broken in breaks(ledger_keys(), queries.chain(session), noted.heads):
        yield Finding(f"ledger {broken.sequence}", broken.problem)
    yield from _unsealed(session)
    yield from _noted(session, noted)


def _unsealed(session: Session) -> Iterator[Finding]:
    keys, moment = ledger_keys(), now()
    for entry in queries.unsealed(session):
        if not genuine(keys, entry):
            yield Finding(f"ledger entry {entry.id}", "was not written by this system; it will not be sealed")
        elif moment - entry.created_at > SOON:
            since = f"{entry.created_at:%Y-%m-%d %H:%M}"
            yield Finding(f"ledger entry {entry.id}", f"has waited for its seal since {since}")


def _noted(session: Session, noted: anchors.Anchors) -> Iterator[Finding]:
    for line in noted.unreadable:
        yield Finding(f"anchors line {line}", "cannot be read")
    for line in noted.contradicting:
        yield Finding(f"anchors line {line}", "gives another seal for a number that was noted before")
    head, last = queries.head(session), max(noted.heads, default=0)
    if head.sealed_at and head.sequence > last and now() - head.sealed_at > SOON:
        yield Finding(f"ledger {head.sequence}", f"only {last} was noted outside the database")


@check("records.holders")
def holders(session: Session) -> Iterable[Finding]:
    """Every record has a holder, and every holder a record, under one subject."""
    issued = select(LedgerEntry.record, LedgerEntry.subject).where(LedgerEntry.act == RecordAct.ISSUED)
    entries = {row.record: row.subject for row in session.execute(issued)}
    held = {row.record: row.subject for row in session.execute(select(RecordSubject.record, RecordSubject.subject))}
    for record in sorted(entries.keys() - held.keys()):
        yield Finding(f"record {record}", "is in the ledger, but nobody holds it")
    for record in sorted(held.keys() - entries.keys()):
        yield Finding(f"record {record}", "is held by somebody, but is not in the ledger")
    for record in sorted(record for record in entries.keys() & held.keys() if entries[record] != held[record]):
        yield Finding(f"record {record}", "is held under another subject than the ledger says")


@check("records.public")
def publics(session: Session) -> Iterable[Finding]:
    """Every record has what the public may know it by, just as the ledger says, and nothing else has."""
    facts = select(LedgerEntry.record, LedgerEntry.facts).where(LedgerEntry.act == RecordAct.ISSUED)
    said = {row.record: row.facts.get("public") for row in session.execute(facts) if not from_before(row.facts)}
    rows = queries.every_public(session)
    for record in sorted(said.keys() - rows.keys()):
        yield Finding(f"record {record}", "is in the ledger, but has no code, credential or place in a status list")
    for record in sorted(rows.keys() - said.keys()):
        yield Finding(f"record {record}", "has a code, but is not in the ledger")
    for record in sorted(rows.keys() & said.keys()):
        if not drawn_for(said[record], rows[record]):
            yield Finding(f"record {record}", "has another code, credential or place than the ledger committed to")


@check("records.names")
def names(session: Session) -> Iterable[Finding]:
    """Each holder's own copy of the name opens under their key, and is what the ledger committed to."""
    rows = session.execute(
        select(RecordSubject.record, RecordSubject.person_id, RecordSubject.sealed_name, LedgerEntry.commitment)
        .join(LedgerEntry, LedgerEntry.record == RecordSubject.record)
        .where(LedgerEntry.act == RecordAct.ISSUED)
        .order_by(LedgerEntry.id)
    ).all()
    # Who was erased has no key any more; their record stands without a name.
    keys = keys_of_holders(session, {row.person_id for row in rows})
    for row in rows:
        if not is_theirs(keys.get(row.person_id), row.sealed_name, row.record, row.commitment):
            yield Finding(f"record {row.record}", "does not fit the name that its holder keeps, or is held by another")


@check("records.life")
def lives(session: Session) -> Iterable[Finding]:
    """Every record has ended at most once, and each end is what the rest of the system says of it."""
    endings, foreign = queries.endings(session)
    for record in foreign:
        yield Finding(f"record {record}", "has an end in the ledger that this system did not write; it ends nothing")
    for record in sorted(record for record, said in endings.items() if len(said) > 1):
        yield Finding(f"record {record}", "has ended more than once")
    ended = {record: said[-1] for record, said in endings.items()}
    yield from _successions(session, ended)
    confirmed = queries.confirmed_causes(session)
    for record, said in sorted(ended.items()):
        if said.act is RecordAct.REVOKED and said.cause not in confirmed.get(record, ()):
            yield Finding(f"record {record}", "is revoked, but no two officers decided it for this cause")
    for record in sorted(confirmed.keys() - {r for r, said in ended.items() if said.act is RecordAct.REVOKED}):
        yield Finding(f"record {record}", "was to be revoked by two officers, but is not")


def _successions(session: Session, ended: Mapping[str, Happening]) -> Iterator[Finding]:
    said = {record: one.successor for record, one in ended.items() if one.act is RecordAct.CORRECTED}
    kept = {row.replaces: row.record for row in queries.every_public(session).values() if row.replaces}
    for record in sorted(said.keys() | kept.keys()):
        if said.get(record) != kept.get(record):
            there, here = said.get(record), kept.get(record)
            yield Finding(f"record {record}", f"was corrected by {there}, but {here} says that it takes its place")


@check("records.issuing")
def issuing(session: Session) -> Iterable[Finding]:
    """Nobody meets the rule and has no record; nobody has a record and does not meet the rule."""
    attested = set(session.scalars(select(LedgerEntry.record).where(LedgerEntry.version_hash == NO_VERSION)))
    busy = queries.being_issued(session)
    for place in queries.standings(session):
        if place.verdict.met and place.record is None and place.edition_id not in busy:
            yield Finding(f"enrolment {place.enrolment}", "meets the rule, but has no record")
        if place.record is not None and place.record not in attested and not place.verdict.met:
            yield Finding(f"record {place.record}", f"was issued without: {' '.join(missing(place.verdict))}")


@check("records.before")
def before(session: Session) -> Iterable[Finding]:
    """An edition is from before this system, or its records follow from what was read and attended here: never both.
    What has ended says nothing any more."""
    end = aliased(LedgerEntry)
    ended = exists().where(end.record == LedgerEntry.record, end.act != RecordAct.ISSUED)
    issued = select(LedgerEntry.edition).where(LedgerEntry.act == RecordAct.ISSUED, ~ended)
    ours = issued.where(LedgerEntry.version_hash != NO_VERSION)
    both = issued.where(LedgerEntry.version_hash == NO_VERSION, LedgerEntry.edition.in_(ours)).distinct()
    for edition in sorted(session.scalars(both)):
        yield Finding(f"edition {edition}", "has records from before this system beside records of this system")
