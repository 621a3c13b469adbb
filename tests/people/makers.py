"""People, institutions, mandates and signed-in browsers for tests; each call is a change of its own."""

from __future__ import annotations

import datetime as dt
from itertools import count

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.models import Institution, Mandate, Password, Person, Sector
from lms.people.rules import PersonName, Role, ScopeKind

_numbers = count(1)
REASON = "Given in a test, where no second administrator exists."


def make_person(
    name: str | PersonName = "",
    address: str | None = "",
    *,
    welcomed: bool = True,
    locale: str | None = "en",
    zone: str | None = "UTC",
) -> Person:
    """Somebody with a name and an address of their own; `address=None` for nobody's mailbox."""
    number = next(_numbers)
    address = f"person{number}@example.org" if address == "" else address
    at = now()
    with unit_of_work() as session:
        made = services.create_person(
            session, name=name or f"Amina Mfano {number}", address=address, at=at, locale=locale, zone=zone
        )
        if welcomed:
            made.welcomed_at = made.name_confirmed_at = at
    return made


def make_institution(
    state_code: str = "TZ", sector: Sector = Sector.JUSTICE, name: str = "", zone: str = "Africa/Dar_es_Salaam"
) -> Institution:
    """A ministry of a state."""
    name = name or f"Ministry {next(_numbers)}"
    with unit_of_work() as session:
        return services.create_institution(
            session, state_code=state_code, sector=sector, name=name, zone=zone, at=now(), by=None
        )


def give_mandate(
    person: Person,
    role: Role,
    scope: ScopeKind = ScopeKind.ALL,
    scope_id: str | None = None,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
) -> Mandate:
    """A mandate in force from today, or from `since`."""
    at = now()
    with unit_of_work() as session:
        return services.grant_by_operator(
            session,
            person=person,
            role=role,
            scope=scope,
            scope_id=scope_id,
            since=since or at.date(),
            until=until,
            reason=REASON,
            at=at,
        )


def start_session(person: Person, *, keep: bool = False) -> str:
    """The token of a fresh sign-in."""
    with unit_of_work() as session:
        return services.start_session(session, person_id=person.id, at=now(), keep=keep)


def signed_in_client(app: Flask, person: Person, *, keep: bool = False) -> FlaskClient:
    """A browser in which the person has just signed in."""
    client = app.test_client()
    token = start_session(person, keep=keep)
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
    return client


def password_of(person: Person) -> str | None:
    """The hash that is kept of a person's password."""
    with unit_of_work() as session:
        return session.scalar(select(Password.hash).where(Password.person_id == person.id))
