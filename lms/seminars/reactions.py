"""What we do when a lower context says that something happened, and what the worker does for us."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from lms.catalogue.events import CourseVersionPublished
from lms.catalogue.models import CourseVersion
from lms.kernel import outbox, scrubbing
from lms.kernel.events import on
from lms.people.events import InvitationDeclined, NameConfirmed, PersonErased, PersonsJoined, PersonWelcomed, SignedIn
from lms.people.queries.persons import blinds_of

from . import services
from .imports import rehearsing
from .imports.models import ImportRow
from .models import Nomination
from .nominating import services as nominating


@on(PersonWelcomed)
def welcomed(session: Session, event: PersonWelcomed) -> None:
    """The first sign-in takes the places a person was invited to."""
    services.came_back(session, person_id=event.person_id, at=event.at)


@on(SignedIn)
def signed_in(session: Session, event: SignedIn) -> None:
    """Somebody known from an earlier edition takes a new place by signing in."""
    services.came_back(session, person_id=event.person_id, at=event.at)


@on(NameConfirmed)
def name_confirmed(session: Session, event: NameConfirmed) -> None:
    """Nobody waits for this name any more."""
    services.name_confirmed(session, person_id=event.person_id)


@on(PersonsJoined)
def joined(session: Session, event: PersonsJoined) -> None:
    """The places that moved wait for the name of whose they are now, and no others."""
    services.name_confirmed(session, person_id=event.person_id)


@on(InvitationDeclined)
def declined(session: Session, event: InvitationDeclined) -> None:
    """Whoever declines on the page of the invitation gives up what is offered, without an account."""
    services.decline_all(session, person_id=event.person_id, at=event.at)


@on(PersonErased)
def erased(session: Session, event: PersonErased) -> None:
    """What others wrote down about them goes, also where it waits under a key of its own."""
    blinds = blinds_of(session, event.person_id)
    nominating.forget(session, person_id=event.person_id, blinds=blinds, at=event.at)
    rehearsing.forget(session, event.person_id, blinds)
    scrubbing.ask(session, (Nomination.__tablename__, ImportRow.__tablename__))


@on(CourseVersionPublished)
def published(session: Session, event: CourseVersionPublished) -> None:
    """An editorial version reaches the editions that read this major by itself."""
    at = session.get_one(CourseVersion, event.version_id).published_at
    services.follow_editorial(session, course_id=event.course_id, version_id=event.version_id, at=at)


@outbox.database("seminars.fold_tallies", every=20)
def fold_tallies(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Keep the deltas few, so that reading the numbers stays quick."""
    services.fold_tallies(session)
