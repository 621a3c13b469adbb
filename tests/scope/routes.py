"""Every route of the url map with every id there is. A route whose arguments are not known here stops the test that
walks, and is named: whoever adds one says in SOURCES where its ids come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import cycle, islice

from flask import Flask
from sqlalchemy import Table, select
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from lms.authoring.models import Draft, DraftComment, DraftSave
from lms.catalogue.models import Course
from lms.kernel.db import Model
from lms.learning.models import QuizTry, TermProposal, TextReport
from lms.people.models import IdentityKind, IdentityRow, Institution, MailChoice, Mandate, Person, SignInSession
from lms.records.models import PublicRecord, RecordSubject
from lms.reminders.models import ReminderSending
from lms.seminars.imports.models import Import
from lms.seminars.models import Edition, Enrolment, Nomination, ParticipantRequest

Values = list[dict[str, str]]
NOBODY = "AAAAAAAAAAAAAAAAAAAAAA"
WIDEST = 24
"""More combinations than this are thinned out: then every id stands in one of them, but not with every other."""
FOR_MACHINES = frozenset({"web.static_file", "health.healthz", "health.readyz"})
"""What is the same for everybody: files on the disk, and whether the machine is well."""

SOURCES: Mapping[str, object] = {
    "edition": select(Edition.public_id),
    "enrolment": select(Enrolment.public_id),
    "request": select(ParticipantRequest.public_id),
    "listing": select(Import.public_id),
    "sending": select(ReminderSending.public_id),
    "nomination": select(Nomination.public_id),
    "record": select(RecordSubject.record),
    "credential": select(PublicRecord.credential),
    "code": select(PublicRecord.code),
    "mandate": select(Mandate.public_id),
    "institution": select(Institution.public_id),
    "person": select(Person.subject),
    "other": select(Person.subject),
    "tried": select(QuizTry.public_id),
    "sign_in": select(SignInSession.public_id),
    "address": select(IdentityRow.place).where(IdentityRow.kind == IdentityKind.ADDRESS),
    "slug": select(Course.slug),
    "draft": select(Draft.public_id),
    "save": select(DraftSave.id),
    "remark": select(DraftComment.public_id),
    "proposal": select(TermProposal.public_id),
    "report": select(TextReport.public_id),
    "module": ("words", "cases"),
    "unit": ("first", "asked", "thought"),
    "term": ("state",),
    "source": ("S001",),
    "number": ("1.0",),
    "medium": ("court",),
    "sha256": ("0" * 64,),
    "name": ("480.webp",),
    "link": (NOBODY,),
    "handle": select(MailChoice.handle),
    "language": ("en",),
    "token": (),
}
BELONGING: Mapping[str, object] = {
    "request": select(
        ParticipantRequest.public_id, Enrolment.public_id.label("enrolment"), Edition.public_id.label("edition")
    )
    .join(Enrolment, Enrolment.id == ParticipantRequest.enrolment_id)
    .join(Edition, Edition.id == Enrolment.edition_id),
    "enrolment": select(Enrolment.public_id, Edition.public_id.label("edition")).join(
        Edition, Edition.id == Enrolment.edition_id
    ),
    "sending": select(ReminderSending.public_id, Edition.public_id.label("edition")).join(
        Edition, Edition.id == ReminderSending.edition_id
    ),
    "record": select(RecordSubject.record, Edition.public_id.label("edition"))
    .join(Enrolment, Enrolment.id == RecordSubject.enrolment_id)
    .join(Edition, Edition.id == Enrolment.edition_id),
}
"""What an id belongs to, so that it is asked for where it is, and then where it is not; what belongs to another one of
these before that."""


class CannotWalk(AssertionError):
    """A route has an argument of which this walk knows no value; the message names both."""


@dataclass(frozen=True)
class Ids:
    """Every id of the world, by the name of the argument that stands for it."""

    by_name: Mapping[str, list[str]]
    belonging: Mapping[str, Values]

    def values(self, rule: Rule) -> Values:
        """What to put into a route's arguments; raises CannotWalk."""
        names = sorted(asked_of(rule))
        for name in names:
            if not self.by_name.get(name):
                raise CannotWalk(f"{rule.rule}: nothing is known for <{name}>; add it to SOURCES in {__name__}")
        bound = next(
            (name for name in ("request", "enrolment", "record", "sending") if {name, "edition"} <= {*names}), None
        )
        if bound is None:
            return _combined([{}], names, self.by_name)
        rows = [{key: value for key, value in row.items() if key in names} for row in self.belonging[bound]]
        mixed = [{**row, "edition": other["edition"]} for row, other in zip(rows, rows[::-1], strict=True)]
        return _combined(rows + mixed[:2], [name for name in names if name not in rows[0]], self.by_name)


def _combined(rows: Values, names: list[str], known: Mapping[str, list[str]]) -> Values:
    for name in names:
        values = known[name]
        wide = len(rows) * len(values)
        if wide <= WIDEST:
            rows = [{**row, name: value} for row in rows for value in values]
        else:
            length = max(len(rows), len(values))
            rows = [
                {**row, name: value}
                for row, value in zip(islice(cycle(rows), length), islice(cycle(values), length), strict=True)
            ]
    return rows


def ids_of(session: Session, secrets: Mapping[str, list[str]]) -> Ids:
    """Every id there is: of the arguments named above, and of every table whose rows have a public id; and `secrets`,
    of which only digests are kept."""
    known = {name: _known(session, source) for name, source in SOURCES.items()}
    belonging = {name: _belonging(session, name, found) for name, found in BELONGING.items()}
    return Ids(_public_ids(session) | known | dict(secrets), belonging)


def _belonging(session: Session, name: str, found: object) -> Values:
    column = found.selected_columns[0]  # type: ignore[attr-defined]
    rows = session.execute(found.order_by(*column.table.primary_key)).mappings()  # type: ignore[attr-defined]
    return [{name if key == column.key else str(key): str(value) for key, value in row.items()} for row in rows]


def _known(session: Session, source: object) -> list[str]:
    if isinstance(source, tuple):
        return list(source)
    # In the order in which they were made: the ids themselves are drawn anew each time.
    found = source.order_by(*source.selected_columns[0].table.primary_key)  # type: ignore[attr-defined]
    return [str(value) for value in session.scalars(found)]


def _public_ids(session: Session) -> dict[str, list[str]]:
    return {
        name: [str(value) for value in session.scalars(select(table.c.public_id).order_by(*table.primary_key))]
        for name, table in _tables().items()
    }


def _tables() -> dict[str, Table]:
    """The tables whose rows have a public id, by what an argument would call one."""
    tables = Model.metadata.sorted_tables
    return {table.name.removeprefix("lms_"): table for table in tables if "public_id" in table.c}


def asked_of(rule: Rule) -> set[str]:
    """The arguments that an address of this route has to say."""
    return set(rule.arguments) - set(rule.defaults or ())


def unknown_arguments(app: Flask) -> list[str]:
    """The routes with an argument of which nothing is known here."""
    known = SOURCES.keys() | _tables().keys()
    rules = (rule for rule in app.url_map.iter_rules() if rule.endpoint not in FOR_MACHINES)
    return sorted(f"{rule.rule}: <{name}>" for rule in rules for name in asked_of(rule) - known)


def routes(app: Flask, method: str) -> Iterator[Rule]:
    """Every route that is asked for with this method, in a steady order."""
    rules = sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
    return (rule for rule in rules if method in (rule.methods or ()) and rule.endpoint not in FOR_MACHINES)
