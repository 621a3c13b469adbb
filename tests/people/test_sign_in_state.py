"""Who is signed in, and for how long."""

from __future__ import annotations

import datetime as dt

from flask import Flask
from sqlalchemy import select

from lms.kernel.clock import frozen, now
from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.models import SignInSession
from lms.people.queries import names_of, viewer_for_token
from lms.people.rules import Role
from tests.conftest import NOW, statements
from tests.people.makers import give_mandate, make_person, signed_in_client, start_session


def test_a_signed_in_person_is_found_in_two_statements(app: Flask) -> None:
    person = make_person("Amina Mfano")
    token = start_session(person)
    with statements(app) as sent:
        found = viewer_for_token(db.session(), token, NOW)
    assert found is not None
    assert (found.name, found.person_id) == ("Amina Mfano", person.id)
    assert len(sent) <= 2 + 1  # the third begins the transaction


def test_a_session_ended_elsewhere_is_over_at_the_next_request(app: Flask) -> None:
    person = make_person()
    client = signed_in_client(app, person)
    assert client.get("/who-sees-what").status_code == 200
    with unit_of_work() as session:
        services.end_other_sessions(session, person_id=person.id, at=now())
    assert client.get("/who-sees-what").status_code == 303
    assert client.post("/mandates/x/end").status_code in (401, 404)


def test_use_is_noted_at_most_every_five_minutes(app: Flask) -> None:
    client = signed_in_client(app, make_person())
    seen = []
    for minutes in (1, 4, 6, 7):
        with frozen(NOW + dt.timedelta(minutes=minutes)):
            client.get("/who-sees-what")
        with unit_of_work() as session:
            at = session.scalars(select(SignInSession.seen_at)).one()
            seen.append((at - NOW) // dt.timedelta(minutes=1))
    assert seen == [0, 0, 6, 6]


def test_a_mandate_shortens_a_session_that_is_open(app: Flask) -> None:
    person = make_person()
    token = start_session(person)
    later = NOW + dt.timedelta(hours=1)
    assert viewer_for_token(db.session(), token, later) is not None
    give_mandate(person, Role.TRAINER)
    assert viewer_for_token(db.session(), token, later) is None


def test_names_come_in_one_statement(app: Flask) -> None:
    people = [make_person(f"Mfano {number}").id for number in range(5)]
    with statements(app) as sent:
        found = names_of(db.session(), people)
    assert sorted(found.values()) == [f"Mfano {number}" for number in range(5)]
    assert len([s for s in sent if s.startswith("SELECT")]) == 1
