"""Letters sent, what came back, and what people want of letters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.kernel.values import dataclass
from lms.people.models import FailureKind, IdentityKind, IdentityRow, MailChoice, MailFailure, Person, SentLetter

from .persons import names_of


@dataclass(frozen=True)
class LetterRow:
    """A letter as the page of a person shows it."""

    template: str
    by: str | None
    at: dt.datetime
    sent_at: dt.datetime | None
    withheld_at: dt.datetime | None
    failed: FailureKind | None
    failed_on: dt.date | None


def letters_about(session: Session, person_id: int, edition: str) -> list[LetterRow]:
    """What was written to a person about an edition, whose door was passed before; the latest first."""
    columns = (SentLetter.template, SentLetter.by, SentLetter.at, SentLetter.sent_at, SentLetter.withheld_at)
    rows = session.execute(
        select(*columns, MailFailure.kind, MailFailure.day)
        .outerjoin(MailFailure, MailFailure.letter_id == SentLetter.id)
        .where(SentLetter.person_id == person_id, SentLetter.about == edition)
        .order_by(SentLetter.id.desc(), MailFailure.kind)
    )
    return [LetterRow(*row) for row in rows]


def names_by_subject(session: Session, subjects: set[str]) -> dict[str, str]:
    """What those who asked for letters are called, by their subjects; for pages of those who work with them."""
    if not subjects:
        return {}
    found = session.execute(select(Person.id, Person.subject).where(Person.subject.in_(subjects))).all()
    names = names_of(session, [row.id for row in found])
    return {row.subject: names[row.id] for row in found}


def stopped(identity_id: ColumnElement[int] | InstrumentedAttribute[int] | int) -> ColumnElement[bool]:
    """The condition that nothing is sent to an address any more, because letters to it came back for good."""
    return exists().where(
        MailFailure.identity_id == identity_id,
        MailFailure.kind == FailureKind.PERMANENT,
        MailFailure.over_at.is_(None),
    )


@dataclass(frozen=True)
class Failure:
    """That letters to the address in use came back, the latest of them on `day`."""

    kind: FailureKind
    status: str
    day: dt.date


DELAYED = dt.timedelta(days=7)
"""A mail server goes on trying for some days; then a delay is over, one way or the other."""


def failures_of(session: Session, person_ids: Iterable[int], today: dt.date) -> dict[int, Failure]:
    """Whose letters come back at present, by person, the gravest for each; one statement. For lists and pages."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = session.execute(
        select(IdentityRow.person_id, MailFailure.kind, MailFailure.status, MailFailure.day)
        .join(MailFailure, MailFailure.identity_id == IdentityRow.id)
        .where(IdentityRow.person_id.in_(wanted), failing(today))
        # "permanent" comes before "temporary", so that it is written last and stays.
        .order_by(MailFailure.kind.desc(), MailFailure.day)
    )
    return {row.person_id: Failure(row.kind, row.status, row.day) for row in rows}


def failing(today: dt.date) -> ColumnElement[bool]:
    """The condition over IdentityRow and MailFailure that a failure still counts, for the address letters go to."""
    counts = or_(MailFailure.kind == FailureKind.PERMANENT, MailFailure.day > today - DELAYED)
    address = and_(IdentityRow.kind == IdentityKind.ADDRESS, IdentityRow.primary)
    return and_(address, MailFailure.over_at.is_(None), counts)


@dataclass(frozen=True)
class Choices:
    """What a person wants of letters."""

    says_little: bool = False
    stopped_at: dt.datetime | None = None


def mail_choices(session: Session, person_id: int) -> Choices:
    """A person's own choices, or what holds for whoever has made none."""
    chosen = select(MailChoice.says_little, MailChoice.stopped_at).where(MailChoice.person_id == person_id)
    row = session.execute(chosen).first()
    return Choices(*row) if row else Choices()
