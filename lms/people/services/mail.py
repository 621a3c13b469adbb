"""What people want of letters, what became of letters, and addresses that are tried again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.settings import keyring
from lms.people.models import FailureKind, IdentityRow, MailChoice, MailFailure, Person, SentLetter


def give_handles(session: Session, subjects: Iterable[tuple[int, str]]) -> None:
    """Make the links work by which these people (id and subject) stop digests; who has one keeps it."""
    # In one order always, so that two changes never wait for each other.
    rows = [{"person_id": number, "handle": keyring().handle(subject)} for number, subject in sorted(subjects)]
    if rows:
        session.execute(dialect_insert(session)(MailChoice).on_conflict_do_nothing(), rows)


def hold_digests(session: Session, subjects: Mapping[int, str]) -> dict[int, dt.datetime]:
    """Let nobody else write a digest to these people (subjects by id) until the change is done, and say when each was
    last sent one: two who write for two editions at once must not both take the one that a person gets a week."""
    give_handles(session, subjects.items())
    held = select(MailChoice.person_id).where(MailChoice.person_id.in_(subjects)).order_by(MailChoice.person_id)
    session.execute(held.with_for_update())
    last = select(SentLetter.person_id, func.max(SentLetter.at)).where(
        SentLetter.person_id.in_(subjects), SentLetter.digest, SentLetter.withheld_at.is_(None)
    )
    return {row[0]: row[1] for row in session.execute(last.group_by(SentLetter.person_id))}


def stop_digests(session: Session, *, handle: str, at: dt.datetime) -> bool:
    """Whoever has this link gets no digests from now on; says whether that is news."""
    row = session.execute(
        update(MailChoice)
        .where(MailChoice.handle == handle, MailChoice.stopped_at.is_(None))
        .values(stopped_at=at)
        .returning(MailChoice.person_id)
    ).first()
    if row is None:
        return False
    subject = session.scalar(select(Person.subject).where(Person.id == row.person_id))
    audit.record(session, at=at, actor=subject, act="digests.stopped", about=subject)
    return True


def choose_mail(session: Session, *, person: Person, says_little: bool, digests: bool, at: dt.datetime) -> None:
    """What a person wants of letters, by their own word."""
    give_handles(session, [(person.id, person.subject)])
    row = session.get_one(MailChoice, person.id, with_for_update=True)
    row.says_little = says_little
    row.stopped_at = None if digests else row.stopped_at or at
    audit.record(
        session, at=at, actor=person.subject, act="mail.chosen", about=person.subject, little=says_little,
        digests=digests,
    )  # fmt: skip


def note_sent(session: Session, *, letter: str, at: dt.datetime) -> None:
    """The mail server has taken the letter with this public id."""
    _became(session, letter, sent_at=at)


def note_withheld(session: Session, *, letter: str, at: dt.datetime) -> None:
    """The letter with this public id was not sent, since its reason was gone."""
    _became(session, letter, withheld_at=at)


def _became(session: Session, letter: str, **values: Any) -> None:
    session.execute(update(SentLetter).where(SentLetter.public_id == letter).values(values))


def note_failure(
    session: Session, *, letter: str, kind: FailureKind, status: str, day: dt.date, at: dt.datetime
) -> bool | None:
    """The letter with this public id came back; says whether that is news, and None for a letter we never sent."""
    row = session.execute(select(SentLetter.id, SentLetter.identity_id).where(SentLetter.public_id == letter)).first()
    if row is None:
        return None
    failure = dialect_insert(session)(MailFailure).values(
        letter_id=row.id, identity_id=row.identity_id, kind=kind, status=status, day=day, noted_at=at
    )
    return session.scalar(failure.on_conflict_do_nothing().returning(MailFailure.id)) is not None


def try_again(session: Session, *, person_id: int, at: dt.datetime, by: str, about: str) -> bool:
    """Somebody says that the addresses of a person are right after all; says whether mail to one was stopped."""
    theirs = select(IdentityRow.id).where(IdentityRow.person_id == person_id)
    found = forget_failures(session, list(session.scalars(theirs)), at=at, by=by)
    if found:
        audit.record(session, at=at, actor=by, act="address.tried-again", about=about)
    return found


def forget_failures(session: Session, identity_ids: list[int], *, at: dt.datetime, by: str | None = None) -> bool:
    """Letters that came back do not count any more for these addresses; says whether there were any."""
    ours = update(MailFailure).where(MailFailure.identity_id.in_(identity_ids), MailFailure.over_at.is_(None))
    return bool(session.scalars(ours.values(over_at=at, over_by=by).returning(MailFailure.id)).all())
