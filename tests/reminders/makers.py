"""An edition with people to be reminded, for tests."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.models import Job
from lms.kernel.unit_of_work import unit_of_work
from lms.learning.models import EnrolmentProgress
from lms.people.letters import Letter, letter_for
from lms.people.models import IdentityKind, IdentityRow, MailFailure, Person, SentLetter
from lms.people.rules.letters import FailureKind
from lms.seminars.models import Edition, EnrolmentState
from tests.conftest import NOW
from tests.people.makers import make_person
from tests.seminars.makers import enrol_person, make_edition


class Held(NamedTuple):
    """An edition."""

    id: int
    public_id: str

    def row(self, session: Session) -> Edition:
        """The edition itself."""
        return session.get_one(Edition, self.id)


class Placed(NamedTuple):
    """A place in an edition."""

    id: int
    public_id: str
    person_id: int


def edition(**more: Any) -> Held:
    """An edition whose pre-reading is due on 23 April 2027, 16:00 UTC."""
    with unit_of_work() as session:
        made = make_edition(session, **more)
        return Held(made.id, made.public_id)


def reader(
    held: Held,
    name: str,
    address: str | None = "",
    *,
    becomes: EnrolmentState = EnrolmentState.ACCEPTED,
    **more: Any,
) -> Placed:
    """Somebody in the edition who has accepted and not finished."""
    person = make_person(name, address, **more)
    with unit_of_work() as session:
        made = enrol_person(session, held.row(session), person=session.get_one(Person, person.id), becomes=becomes)
        return Placed(made.id, made.public_id, made.person_id)


def finish(session: Session, enrolment_id: int) -> None:
    """The pre-reading is complete."""
    session.add(EnrolmentProgress(enrolment_id=enrolment_id, started_at=NOW, completed_at=NOW, late=False))


def fail(person_id: int, kind: FailureKind = FailureKind.PERMANENT) -> None:
    """A letter to this person came back."""
    with unit_of_work() as session:
        identity = session.scalars(
            select(IdentityRow.id).where(IdentityRow.person_id == person_id, IdentityRow.kind == IdentityKind.ADDRESS)
        ).one()
        letter = SentLetter(public_id=f"letter-{person_id}-{kind}", person_id=person_id, identity_id=identity,
                            template="people/invitation", digest=False)  # fmt: skip
        session.add(letter)
        session.flush()
        session.add(
            MailFailure(
                letter_id=letter.id, identity_id=identity, kind=kind, status="5.1.1", day=NOW.date(), noted_at=NOW
            )
        )


def letters() -> list[Letter]:
    """What waits to be sent, as it would be sent."""
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))
        return [made for job in jobs if (made := letter_for(session, job.payload))]


def rows() -> list[SentLetter]:
    """The letters asked for."""
    with unit_of_work() as session:
        return list(session.scalars(select(SentLetter).order_by(SentLetter.id)))
