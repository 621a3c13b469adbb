"""Issuing: in the transaction that meets the last condition, once for each place, and never without all of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.kernel import audit, outbox
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.events import publish
from lms.kernel.secrets import new_token, seal
from lms.learning import services as learning_services
from lms.people.models import Institution
from lms.people.queries.persons import full_names_of
from lms.people.rules import Scope
from lms.people.rules.names import PersonName
from lms.people.sealing import keys_of
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage
from lms.seminars.services import NotNewer as NotNewer
from lms.seminars.services import reach_all

from .events import RecordEnded, RecordIssued, RecordsIssued
from .models import LedgerEntry, RecordAct, RecordSubject
from .queries import Standing, forecast, standings, without_record
from .queries.held import sealed_place
from .queries.ledger import ENTRY, entry_of
from .rules.ledger import Entry, commit_to, mark
from .rules.moving import Forecast
from .sealing import ledger_keys

_UNNUMBERED = 0


def consider(session: Session, *, enrolment_id: int, at: dt.datetime) -> list[str]:
    """Issue this place's record if its rule is met now; gives the ids of what was issued."""
    return _consider(session, Enrolment.id == enrolment_id, at)


def consider_edition(session: Session, *, edition_id: int, at: dt.datetime) -> list[str]:
    """Issue every record of an edition whose rule is met now."""
    return _consider(session, Enrolment.edition_id == edition_id, at)


def consider_person(session: Session, *, person_id: int, at: dt.datetime) -> list[str]:
    """Issue every record of a person whose rule is met now."""
    return _consider(session, Enrolment.person_id == person_id, at)


class ForecastChanged(Conflict):
    """What the coordinator was shown would not come true any more; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            _("Something has changed since you opened this page. Nothing was done. Look at it again before you decide.")
        )


def move_edition(
    session: Session, *, edition: Edition, version_id: int, shown: str, scope: Scope, at: dt.datetime, by: str
) -> Forecast:
    """Let an edition read another version, with exactly the effects that were shown (the forecast's fingerprint).

    Raises NotNewer for a version that the edition reads already or has left behind, ForecastChanged when the effects
    would be others.
    """
    seminar_services.hold_version(session, edition=edition)
    learning_services.hold_reading(session, edition_id=edition.id)
    found = forecast(session, edition, version_id, scope, at)
    if found.present_id != version_id and found.fingerprint != shown:
        raise ForecastChanged
    seminar_services.use_version(session, edition=edition, version_id=version_id, at=at, by=by)
    return found


def end(session: Session, *, record: str, act: RecordAct, at: dt.datetime) -> None:
    """Say that a record is not valid any more. Raises NotFound for an unknown one, Refused for one that has ended."""
    holder = select(RecordSubject.person_id).where(RecordSubject.record == record).with_for_update()
    person_id = session.scalar(holder)
    entries = [entry_of(row) for row in session.execute(select(*ENTRY).where(LedgerEntry.record == record))]
    if person_id is None or not entries:
        raise NotFound
    if len(entries) > 1 or act is RecordAct.ISSUED:
        raise Refused(_("This record is not in force any more."))
    ended = replace(entries[0], act=act, facts={}, dated=at.astimezone(dt.UTC).date(), created_at=at)
    session.execute(insert(LedgerEntry), [_row(ended)])
    audit.record(session, at=at, actor=None, act=f"record.{act}", about=record)
    publish(session, RecordEnded(record, person_id, str(act), at))
    outbox.enqueue(session, "records.seal", key="records.seal")


def _consider(session: Session, places: ColumnElement[bool], at: dt.datetime) -> list[str]:
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


def _issue(session: Session, met: Sequence[Standing], at: dt.datetime) -> list[str]:
    new = _prepare(session, met, at)
    if not new:
        return []
    session.execute(insert(LedgerEntry), [_row(record.entry) for record in new])
    session.execute(insert(RecordSubject), [record.subject for record in new])
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


def _prepare(session: Session, places: Sequence[Standing], at: dt.datetime) -> list[_New]:
    people = {place.person_id for place in places}
    names, keys, subjects = full_names_of(session, people), keys_of(session, people), _subjects(session, people)
    editions = _by_id(session, Edition, {place.edition_id for place in places})
    institutions = _by_id(session, Institution, {place.institution_id for place in places})
    new = []
    for place in places:
        if place.person_id not in names:
            # Erased: nobody is left to hold a record.
            continue
        record, salt = new_token(), new_token()
        name = _plain(names[place.person_id])
        subject = subjects.setdefault(place.person_id, new_token())
        entry = _issued(session, place, editions[place.edition_id], at)
        entry = replace(entry, record=record, subject=subject, commitment=commit_to(name, salt))
        shown = {"name": name, "institution": institutions[place.institution_id].name, "state": place.state_code}
        sealed = seal(keys[place.person_id], json.dumps({**shown, "salt": salt}).encode(), sealed_place(record))
        new.append(_New(place, entry, _holder(place, record, subject, sealed, at)))
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


def _row(entry: Entry) -> dict[str, Any]:
    marked = asdict(replace(entry, mark=mark(ledger_keys().marking, entry)))
    del marked["id"]
    return marked


def _holder(place: Standing, record: str, subject: str, sealed: bytes, at: dt.datetime) -> dict[str, Any]:
    return {
        "record": record,
        "subject": subject,
        "person_id": place.person_id,
        "enrolment_id": place.enrolment_id,
        "sealed_name": sealed,
        "issued_at": at,
    }


def _plain(name: PersonName) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(name.to_json())
    return plain


def _subjects(session: Session, people: set[int]) -> dict[int, str]:
    """One random id for each holder over all their records, so that a ledger alone can say which belong together."""
    known = select(RecordSubject.person_id, RecordSubject.subject).where(RecordSubject.person_id.in_(people))
    return {row.person_id: row.subject for row in session.execute(known.order_by(RecordSubject.issued_at.desc()))}


def _by_id(session: Session, model: Any, ids: set[int]) -> Mapping[int, Any]:
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(ids)))}
