"""A person's rows and the lines of the audit about them, as plain data without what only serves the machine."""

from __future__ import annotations

import datetime as dt
import enum
import json
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lms.alumni.queries import past
from lms.catalogue.models import Unit
from lms.kernel.db import Base
from lms.kernel.models import AuditEntry
from lms.people.models import Institution, Person
from lms.people.proposals.rules import ProposalState
from lms.records.models import RecordSubject, Revocation
from lms.seminars.models import Edition, Enrolment

from .opening import Keys, keys_for, opened
from .walking import Found, Row, walk

# What opens something, finds somebody, or means nothing outside this database.
SECRET = re.compile(
    r"digest|blind|wrapped|^hash$|body_hash|^handle$|client_key|^seed$|knot|^withheld$|"
    r"lms_identity\.place|lms_ledger_entry\.(mark|commitment)"
)
WITHOUT = frozenset(
    {"lms_person_key", "lms_former_key", "lms_password", "lms_certificate", "lms_own_copy", "lms_name_awaited"}
)
"""Tables that hold nothing but keys, a password, or what is here already."""
BY = frozenset({"by", "over_by", "decided_by", "proposed_by", "confirmed_by", "answered_by", "handled_by"})
"""Columns that say who did something, by a random id; whose it is, is not said."""
_NAMED = {"edition_id": (Edition, "title"), "institution_id": (Institution, "name"), "unit_id": (Unit, "key")}
OF_SEVERAL = "left out, since it was written of several people at once and may name them: ask the coordinators"
NOT_KEPT = "no longer kept"
Copy = dict[str, list[dict[str, Any]]]


def gather(session: Session, person_id: int) -> Copy:
    """Everything, by table; raises NotFound for whoever was erased."""
    found = walk(session, person_id)
    keys, names = keys_for(session, person_id, found), _names(session, found)
    copy = {
        table.removeprefix("lms_"): [
            _plain(table, row, found, keys, names) for row in rows if not _under_decision(table, row)
        ]
        for table, rows in sorted(found.rows.items())
        if table not in WITHOUT
    }
    copy |= _attested(session, found.rows.get("lms_past_place", []))
    return {**copy, "noted": _noted(session, person_id)}


def _attested(session: Session, places: list[Row]) -> Copy:
    """What officers said of a place from before this system, which hangs on their proposal and not on the person."""
    said = past.attested(session, {row["attestation_id"] for row in places})
    told = [_of_place(said[row["attestation_id"]]) for row in places]
    return {"past_place": told} if told else {}


def _of_place(one: past.Attested) -> dict[str, Any]:
    known = one.source or (NOT_KEPT if one.people == 1 else OF_SEVERAL)
    times = {"proposed_at": _value(one.proposed_at)} | (
        {"decided_at": _value(one.decided_at)} if one.decided_at else {}
    )
    return {**times, "state": one.state, "people": one.people, "source": known}


def _under_decision(table: str, row: Row) -> bool:
    """What officers have not decided on yet: whoever read it here could act before they do. It is in the next copy."""
    return table == "lms_record_revocation" and row["state"] == ProposalState.PROPOSED


def _names(session: Session, found: Found) -> Mapping[str, Mapping[int, str]]:
    """The names of what rows point to, beside the person."""
    named: dict[str, Mapping[int, str]] = {}
    for column, (model, attribute) in _NAMED.items():
        ids = {row[column] for rows in found.rows.values() for row in rows if row.get(column)}
        pairs = session.execute(select(model.id, getattr(model, attribute)).where(model.id.in_(ids)))  # type: ignore[attr-defined]
        named[column] = {row[0]: row[1] for row in pairs}
    return named


def _plain(table: str, row: Row, found: Found, keys: Keys, names: Mapping[str, Mapping[int, str]]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for column in Base.metadata.tables[table].columns:
        name, value = column.name, row[column.name]
        if (
            value is None
            or SECRET.search(name)
            or SECRET.search(f"{table}.{name}")
            or _kept_from_the_asker(table, name, row, found)
        ):
            continue
        if name.startswith("sealed"):
            words = opened(table, name, row, found, keys)
            said |= {name.removeprefix("sealed").strip("_") or "content": _structured(words)} if words else {}
        elif name in names and value in names[name]:
            said[name.removesuffix("_id")] = names[name][value]
        elif name in BY:
            said[name] = "yourself" if value == found.rows["lms_person"][0]["subject"] else "somebody else"
        elif not (name == "id" or name.endswith("_id")) or name == "public_id":
            said |= {} if isinstance(value, bytes) else {name: _value(value)}
    return said


def _kept_from_the_asker(table: str, column: str, row: Row, found: Found) -> bool:
    """A no to an introduction looks like no answer for whoever asked."""
    [person] = found.rows["lms_person"]
    asked = table == "lms_introduction" and row["asker_id"] == person["id"] and not row["accepted"]
    return asked and column in ("answered_at", "accepted")


def _structured(words: str) -> Any:
    """What is kept as JSON, taken apart."""
    if not words.startswith(("{", "[")):
        return words
    try:
        return json.loads(words)
    except ValueError:
        return words


def _value(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return value.value if isinstance(value, enum.Enum) else value


def _noted(session: Session, person_id: int) -> list[dict[str, Any]]:
    """What was noted in the audit about this person, their places and their records, and what they did: when and what,
    and whether it was themselves; of others neither who they are nor what else they did."""
    subject = session.scalars(select(Person.subject).where(Person.id == person_id)).one()
    places = set(session.scalars(select(Enrolment.public_id).where(Enrolment.person_id == person_id)))
    records = set(session.scalars(select(RecordSubject.record).where(RecordSubject.person_id == person_id)))
    about = {subject, *places, *records}
    undecided = select(Revocation.record).where(Revocation.state == ProposalState.PROPOSED)
    open_ones = AuditEntry.act.like("revocation.%") & AuditEntry.about.in_(undecided)
    theirs = or_(AuditEntry.about.in_(about) & ~open_ones, AuditEntry.actor == subject)
    rows = session.execute(
        select(AuditEntry.at, AuditEntry.act, AuditEntry.actor, AuditEntry.about).where(theirs).order_by(AuditEntry.id)
    )
    return [
        {
            "at": _value(row.at),
            "act": row.act,
            "by_yourself": row.actor == subject,
            "about_you": row.about in about,
        }
        for row in rows
    ]
