"""Records of what was completed before this system: two officers attest them, nobody computes them. They stand in the
ledger like any other, and say so; they get no code, no credential and no certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.kernel import audit, outbox
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.people.models import Institution
from lms.people.queries.persons import full_names_of
from lms.people.sealing import keys_of
from lms.records.events import RecordsIssued
from lms.records.models import LedgerEntry, RecordAct, RecordSubject
from lms.records.queries import without_record
from lms.records.queries.held import seal_shown
from lms.records.rules.before import NO_VERSION
from lms.records.rules.ledger import Entry, commit_to
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage
from lms.seminars.services import reach_all

from .entries import row_of
from .issuing import plain, subjects_for


def attest_before(
    session: Session, *, edition: Edition, places: Collection[int], at: dt.datetime, by: str
) -> list[str]:
    """Write a record for each of these places of an edition; gives the ids of the records. A place that is not merely
    nominated, that has a record already, or whose holder is erased is left out. `by` is the second officer."""
    wanted = (
        select(Enrolment, Institution.name)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.id.in_(places), Enrolment.edition_id == edition.id)
        .where(Enrolment.state == EnrolmentState.NOMINATED, without_record())
        .order_by(Enrolment.id)
    )
    rows = session.execute(wanted.with_for_update(of=Enrolment)).all()
    people = {place.person_id for place, _institution in rows}
    names, keys, subjects = full_names_of(session, people), keys_of(session, people), subjects_for(session, people)
    entries: list[dict[str, Any]] = []
    holders: list[dict[str, Any]] = []
    for place, institution in rows:
        if place.person_id not in names:
            continue
        record, salt, name = new_token(), new_token(), plain(names[place.person_id])
        subject = subjects.setdefault(place.person_id, new_token())
        entries.append(row_of(_entry(edition, record, subject, commit_to(name, salt), at)))
        shown = {"name": name, "institution": institution, "state": place.state_code, "salt": salt}
        sealed = seal_shown(keys[place.person_id], shown, record)
        holders.append({
            "record": record, "subject": subject, "person_id": place.person_id, "enrolment_id": place.id,
            "correction": 0, "sealed_name": sealed, "issued_at": at,
        })  # fmt: skip
    if not entries:
        return []
    session.execute(insert(LedgerEntry), entries)
    session.execute(insert(RecordSubject), holders)
    reach_all(session, enrolment_ids=[holder["enrolment_id"] for holder in holders], stage=Stage.RECORDED, at=at)
    records = [str(holder["record"]) for holder in holders]
    audit.record_all(session, at=at, actor=by, act="record.attested-before", about=records)
    publish(session, RecordsIssued(tuple(sorted({holder["person_id"] for holder in holders})), at))
    outbox.enqueue(session, "records.seal", key="records.seal")
    return records


def _entry(edition: Edition, record: str, subject: str, commitment: str, at: dt.datetime) -> Entry:
    return Entry(
        id=0,
        record=record,
        act=RecordAct.ISSUED,
        subject=subject,
        edition=edition.public_id,
        version_hash=NO_VERSION,
        dated=edition.ends_on,
        commitment=commitment,
        facts={
            "before": True,
            "edition": {
                "kind": str(edition.kind),
                "title": edition.title,
                "place": edition.place,
                "starts_on": edition.starts_on.isoformat(),
                "ends_on": edition.ends_on.isoformat(),
            },
        },
        created_at=at,
        mark="",
    )
