"""Who could be reminded, what reminders say, and what was sent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import standings, standings_in
from lms.people.models import IdentityKind, IdentityRow, Institution, MailChoice, Person, SentLetter
from lms.people.queries.mail import stopped
from lms.people.rules import Scope
from lms.seminars.models import Edition, Enrolment
from lms.seminars.queries import version_in_force, visible_to

from .models import ReminderSending, ReminderText
from .rules import Candidate, Text
from .wording import house_text

FEW = 500
"""So many ids fit into a statement; for more the whole edition is read."""


def candidates(session: Session, edition: Edition, scope: Scope, enrolments: Collection[int]) -> list[Candidate]:
    """These people of an edition, as far as the scope shows them, in the order in which they came; one statement."""
    found = _candidates().where(Enrolment.edition_id == edition.id, visible_to(scope))
    if len(enrolments) <= FEW:
        found = found.where(Enrolment.id.in_(enrolments))
    wanted = frozenset(enrolments)
    rows = session.execute(found.order_by(Enrolment.id))
    return [_candidate(row) for row in rows if row.id in wanted]


def _candidates() -> Select[*tuple[Any, ...]]:
    last = select(func.max(SentLetter.at)).where(
        SentLetter.person_id == Person.id, SentLetter.digest, SentLetter.withheld_at.is_(None)
    )
    mine = and_(IdentityRow.person_id == Person.id, IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.primary)
    return (
        select(
            Enrolment.id, Enrolment.public_id, Enrolment.state, Enrolment.due_at,
            Person.id.label("person_id"), Person.subject, Person.locale, Person.zone, Person.welcomed_at,
            Person.disabled_at, Institution.zone.label("institution_zone"),
            EnrolmentProgress.completed_at, IdentityRow.id.label("identity_id"),
            stopped(IdentityRow.id).label("bounced"), MailChoice.stopped_at,
            last.correlate(Person).scalar_subquery().label("last_at"),
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Person, Person.id == Enrolment.person_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .outerjoin(IdentityRow, mine)
        .outerjoin(MailChoice, MailChoice.person_id == Person.id)
    )  # fmt: skip


def _candidate(row: Any) -> Candidate:
    return Candidate(
        enrolment_id=row.id,
        public_id=row.public_id,
        person_id=row.person_id,
        subject=row.subject,
        state=row.state,
        erased=row.disabled_at is not None,
        finished=row.completed_at is not None,
        welcomed=row.welcomed_at is not None,
        identity_id=row.identity_id,
        bounced=bool(row.bounced),
        stopped=row.stopped_at is not None,
        last_at=row.last_at,
        deadline=row.due_at,
        locale=row.locale or "en",
        zone=row.zone or row.institution_zone,
    )


def units_left(session: Session, edition_id: int, enrolments: Collection[int]) -> dict[int, int]:
    """How many texts each of these enrolments still has to read; three statements."""
    if not enrolments:
        return {}
    course, ids = outline(session, version_in_force(session, edition_id)), list(enrolments)
    found = standings(session, ids, course) if len(ids) <= FEW else standings_in(session, edition_id, course, ids)
    return {number: standing.total - standing.done for number, standing in found.items()}


def texts_in_force(session: Session, edition_id: int, languages: Collection[str]) -> dict[str, Text]:
    """What reminders of an edition say in each of these languages: a coordinator's text, else the house's."""
    newest = select(func.max(ReminderText.id)).where(ReminderText.edition_id == edition_id)
    rows = session.scalars(select(ReminderText).where(ReminderText.id.in_(newest.group_by(ReminderText.language))))
    own = {row.language: Text(row.subject, row.body) for row in rows if row.body}
    return {language: own.get(language) or house_text(language) for language in languages}


@dataclass(frozen=True)
class Sending:
    """That reminders were sent: when, how many, by whom."""

    at: dt.datetime
    letters: int
    by: str


def sendings_of(session: Session, edition_id: int) -> list[Sending]:
    """Every sending of an edition whose door was passed before, the latest first."""
    rows = select(ReminderSending.at, ReminderSending.letters, ReminderSending.by)
    found = session.execute(rows.where(ReminderSending.edition_id == edition_id).order_by(ReminderSending.id.desc()))
    return [Sending(*row) for row in found]


def sent_before(session: Session, edition_id: int, client_key: str) -> int | None:
    """How many letters this very page sent already; None where it has sent none."""
    found = select(ReminderSending.letters).where(
        ReminderSending.edition_id == edition_id, ReminderSending.client_key == client_key
    )
    return session.scalar(found)


@dataclass(frozen=True)
class TextChange:
    """That a coordinator wrote a text of reminders, or went back to the house's."""

    language: str
    at: dt.datetime
    by: str
    back: bool


def text_changes(session: Session, edition_id: int) -> list[TextChange]:
    """Every change to the texts of an edition whose door was passed before, the latest first."""
    rows = select(ReminderText.language, ReminderText.at, ReminderText.by, (ReminderText.body == "").label("back"))
    found = session.execute(rows.where(ReminderText.edition_id == edition_id).order_by(ReminderText.id.desc()))
    return [TextChange(*row) for row in found]
