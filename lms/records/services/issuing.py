"""Issuing: in the transaction that meets the last condition, once for each place, and never without all of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.kernel import audit, outbox
from lms.kernel.events import publish
from lms.kernel.secrets import new_token
from lms.kernel.values import dataclass
from lms.people.models import Institution
from lms.people.queries.persons import full_names_of
from lms.people.rules.names import PersonName
from lms.people.sealing import keys_of
from lms.records.events import RecordIssued, RecordsIssued
from lms.records.models import LedgerEntry, PublicRecord, RecordAct, RecordSubject
from lms.records.queries import Standing, standings, without_record
from lms.records.queries.held import seal_shown
from lms.records.rules.ledger import Entry, commit_to
from lms.records.rules.public import Public, commitment_of
from lms.records.signatories.queries import lines_for
from lms.records.signatories.rules import plain as signatures
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage
from lms.seminars.services import reach_all

from .entries import row_of
from .public import Wanted, draw

_UNNUMBERED = 0


def consider(session: Session, *, enrolment_id: int, at: dt.datetime) -> list[str]:
    """Issue this place's record if its rule is met now; gives the ids of what was issued."""
    return issue_to(session, Enrolment.id == enrolment_id, at)


def consider_person(session: Session, *, person_id: int, at: dt.datetime) -> list[str]:
    """Issue every record of a person whose rule is met now."""
    return issue_to(session, Enrolment.person_id == person_id, at)


def issue_to(session: Session, places: ColumnElement[bool], at: dt.datetime) -> list[str]:
    """Issue the records of those of these places whose rule is met; gives the ids of what was issued."""
    # Two conditions may be met at the same moment, each in a transaction that cannot see the other. Whoever holds the
    # places second waits here, and then reads what the first one has written.
    held = select(Enrolment.id).where(places, Enrolment.state == EnrolmentState.ACCEPTED).order_by(Enrolment.id)
    session.execute(held.with_for_update(key_share=True))
    met = [place for place in standings(session, places, without_record()) if place.verdict.met]
    return _issue(session, met, at) if met else []


@dataclass(frozen=True, slots=True)
class _New:
    """A record about to be issued, with everything that is written of it."""

    place: Standing
    entry: Entry
    subject: dict[str, Any]
    public: Public


def _issue(session: Session, met: Sequence[Standing], at: dt.datetime) -> list[str]:
    new = _prepare(session, met, at)
    if not new:
        return []
    session.execute(insert(LedgerEntry), [row_of(record.entry) for record in new])
    session.execute(insert(RecordSubject), [record.subject for record in new])
    session.execute(insert(PublicRecord), [asdict(record.public) for record in new])
    places = [record.place.enrolment_id for record in new]
    reach_all(session, enrolment_ids=places, stage=Stage.RECORDED, at=at)
    for record in new:
        place, entry = record.place, record.entry
        audit.record(session, at=at, actor=None, act="record.issued", about=entry.record, edition=entry.edition)
        issued = RecordIssued(entry.record, place.person_id, place.enrolment_id, place.edition_id, entry.dated, at)
        publish(session, issued)
    publish(session, RecordsIssued(tuple(sorted({record.place.person_id for record in new})), at))
    outbox.enqueue(session, "records.seal", key="records.seal")
    return [record.entry.record for record in new]


def _prepare(session: Session, met: Sequence[Standing], at: dt.datetime) -> list[_New]:
    people = {place.person_id for place in met}
    names, keys, subjects = full_names_of(session, people), keys_of(session, people), subjects_for(session, people)
    editions = _by_id(session, Edition, {place.edition_id for place in met})
    institutions = _by_id(session, Institution, {place.institution_id for place in met})
    lines = lines_for(session, {edition.public_id for edition in editions.values()})
    # Who was erased is left out: nobody is left to hold a record.
    places = {new_token(): place for place in met if place.person_id in names}
    publics = draw(session, [Wanted(record, at) for record in places])
    new = []
    for record, place in places.items():
        name, salt, public = plain(names[place.person_id]), new_token(), publics[record]
        subject = subjects.setdefault(place.person_id, new_token())
        edition = editions[place.edition_id]
        entry = _issued(session, place, edition, at)
        facts = {**entry.facts, "public": commitment_of(public)}
        entry = replace(entry, record=record, subject=subject, commitment=commit_to(name, salt), facts=facts)
        shown = {"name": name, "institution": institutions[place.institution_id].name, "state": place.state_code}
        shown |= {"salt": salt, "signed_by": signatures(lines[edition.public_id])}
        sealed = seal_shown(keys[place.person_id], shown, record)
        new.append(_New(place, entry, _holder(place, record, subject, sealed, at), public))
    return new


def _issued(session: Session, place: Standing, edition: Edition, at: dt.datetime) -> Entry:
    course = outline(session, place.version_id)
    figures = {str(condition.key): dict(condition.figures) for condition in place.verdict.conditions}
    facts = {
        "course": course.slug,
        "version": course.number,
        "rule": {**asdict(course.rule), "modules": list(course.rule.modules)},
        "met": json.loads(json.dumps(figures)),
        "edition": {
            "kind": str(edition.kind),
            "title": edition.title,
            "place": edition.place,
            "starts_on": edition.starts_on.isoformat(),
            "ends_on": edition.ends_on.isoformat(),
        },
    }
    return Entry(
        id=_UNNUMBERED,
        record="",
        act=RecordAct.ISSUED,
        subject="",
        edition=edition.public_id,
        version_hash=course.content_hash,
        dated=at.astimezone(ZoneInfo(edition.zone)).date(),
        commitment="",
        facts=facts,
        created_at=at,
        mark="",
    )


def _holder(place: Standing, record: str, subject: str, sealed: bytes, at: dt.datetime) -> dict[str, Any]:
    return {
        "record": record,
        "subject": subject,
        "person_id": place.person_id,
        "enrolment_id": place.enrolment_id,
        "correction": 0,
        "sealed_name": sealed,
        "issued_at": at,
    }


def plain(name: PersonName) -> dict[str, Any]:
    """A name as it is sealed and committed to."""
    said: dict[str, Any] = json.loads(name.to_json())
    return said


def subjects_for(session: Session, people: set[int]) -> dict[int, str]:
    """One random id for each holder over all their records, so that a ledger alone can say which belong together."""
    known = select(RecordSubject.person_id, RecordSubject.subject).where(RecordSubject.person_id.in_(people))
    return {row.person_id: row.subject for row in session.execute(known.order_by(RecordSubject.issued_at.desc()))}


def _by_id(session: Session, model: Any, ids: set[int]) -> Mapping[int, Any]:
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}
