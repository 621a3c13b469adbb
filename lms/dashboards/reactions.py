"""What the worker does for this context, and what it does when people come to stand otherwise."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.events import on
from lms.kernel.once import once
from lms.learning.events import PreReadingCompleted, Read
from lms.people.events import PersonErased
from lms.seminars.events import EditionLookedAtAnew, EnrolmentInvited, LookedAtAnew
from lms.seminars.models import Enrolment

from . import services


@outbox.database("dashboards.freeze", every=3600)
def freeze(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """The tables of the week that has begun, for all editions; nothing where they are there."""
    services.freeze(session, at=at)


@outbox.database("dashboards.fold_stands", every=20)
def fold_stands(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Keep the deltas few, so that reading the numbers stays quick."""
    services.fold_stands(session)


@on(Read)
def look_at_what_they_read(session: Session, event: Read) -> None:
    """How these stand now."""
    once(session, services.keep_stands, event.enrolment_ids)


@on(LookedAtAnew)
def look_at_them(session: Session, event: LookedAtAnew) -> None:
    """The same."""
    once(session, services.keep_stands, event.enrolment_ids)


@on(EnrolmentInvited)
def look_at_the_invited(session: Session, event: EnrolmentInvited) -> None:
    """From the invitation on it is waited for somebody."""
    once(session, services.keep_stands, [event.enrolment_id])


@on(PreReadingCompleted)
def look_at_the_complete(session: Session, event: PreReadingCompleted) -> None:
    """Nothing more is waited for but a name."""
    once(session, services.keep_stands, [event.enrolment_id])


@on(EditionLookedAtAnew)
def look_at_everybody(session: Session, event: EditionLookedAtAnew) -> None:
    """Another deadline, or days that are counted on another calendar, are everybody's."""
    once(session, services.keep_editions, [event.edition_id])


@on(PersonErased)
def look_no_more(session: Session, event: PersonErased) -> None:
    """Nobody is told of whoever is erased."""
    theirs = session.scalars(select(Enrolment.id).where(Enrolment.person_id == event.person_id)).all()
    once(session, services.keep_stands, theirs)
