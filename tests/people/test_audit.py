"""What is written down of signing in and out, and of institutions that are added."""

from __future__ import annotations

import ipaddress

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from structlog.testing import capture_logs

from lms.kernel.models import AuditEntry, Throttle
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import unit_of_work
from lms.people import passwords, services
from lms.people.models import IdentityRow, Institution, Person, Sector
from lms.people.rules.sessions import MOST_SESSIONS
from tests.conftest import NOW
from tests.people.makers import make_person, signed_in_client, start_session

GOOD = "three grey herons at dawn"


def lines(act: str) -> list[tuple[str | None, str | None]]:
    """Who did it and whom it concerned, for each line of this act."""
    with unit_of_work() as session:
        found = select(AuditEntry.actor, AuditEntry.about).where(AuditEntry.act == act).order_by(AuditEntry.id)
        return [(row.actor, row.about) for row in session.execute(found)]


@pytest.fixture
def person(app: Flask) -> Person:
    """Somebody with a proved address and a password."""
    made = make_person("Amina Mfano", "amina@example.org")
    with unit_of_work() as session:
        services.keep_password(session, person_id=made.id, hashed=passwords.hash_password(GOOD), at=NOW)
        session.scalars(select(IdentityRow).where(IdentityRow.blind_index.is_not(None))).one().verified_at = NOW
    return made


def test_signing_in_and_out_is_written_down_with_the_subject(client: FlaskClient, person: Person) -> None:
    client.post("/sign-in", data={"address": "amina@example.org", "password": GOOD})
    assert lines("sign-in") == [(person.subject, person.subject)]
    assert lines("sign-out") == []
    client.post("/sign-out")
    assert lines("sign-out") == [(person.subject, person.subject)]
    client.post("/sign-out")
    assert len(lines("sign-out")) == 1


def test_a_sign_in_that_fails_is_logged_with_neither_name_nor_address(client: FlaskClient, person: Person) -> None:
    with capture_logs() as logged:
        for address in ("amina@example.org", "Nobody@example.org"):
            client.post("/sign-in", data={"address": address, "password": "wrong"})
    failed = [line for line in logged if line["event"] == "sign-in.failed"]
    veiled = [keyring().veil("amina@example.org"), keyring().veil("nobody@example.org")]
    assert [line["address"] for line in failed] == veiled
    assert "example.org" not in str(logged)
    assert "Mfano" not in str(logged)
    assert lines("sign-in") == []


def test_every_session_that_ends_is_written_down(app: Flask, person: Person) -> None:
    here = signed_in_client(app, person)
    for _ in range(2):
        start_session(person)
    here.post("/account/sessions/end-others")
    assert lines("session.ended") == [(person.subject, person.subject)] * 2
    for _ in range(MOST_SESSIONS):
        start_session(person)
    assert len(lines("session.ended")) == 3


def test_an_institution_is_written_down_when_it_is_new_however_it_is_written(app: Flask, person: Person) -> None:
    client = signed_in_client(app, person)
    for number, name in enumerate(("Ministry of Justice", "MINISTRY  OF JUSTICE", "ministry of justice")):
        form = {"institution": "", "state": "TZ", "other": name, "sector": "justice", "zone": "Africa/Nairobi"}
        assert client.post("/account/ministry", data={**form, "on": f"2027-04-{12 + number}"}).status_code == 303
    with unit_of_work() as session:
        made = session.scalars(select(Institution)).one()
    assert made.name == "Ministry of Justice"
    assert lines("institution.added") == [(person.subject, made.public_id)]


@pytest.mark.parametrize("name", ["Ministère de la Justice", "MINISTÈRE DE LA JUSTICE", "Ministère\u00a0de la Justice"])
def test_one_name_in_two_writings_is_one_institution(app: Flask, name: str) -> None:
    def create(name: str) -> int:
        with unit_of_work() as session:
            return services.create_institution(
                session, state_code="RW", sector=Sector.JUSTICE, name=name, zone="UTC", at=NOW, by=None
            ).id

    assert create("Ministère de la Justice") == create(name)


def test_tries_from_one_network_of_ipv6_are_counted_together(client: FlaskClient, person: Person) -> None:
    first = int(ipaddress.IPv6Address("2001:db8:1:2::"))
    statuses = []
    for number in range(11):
        network = {"REMOTE_ADDR": str(ipaddress.IPv6Address(first + number))}
        form = {"address": f"nobody{number}@example.org", "password": "wrong"}
        statuses.append(client.post("/sign-in", data=form, environ_overrides=network).status_code)
    assert statuses == [422] * 10 + [429]
    with unit_of_work() as session:
        counted = select(Throttle.count).where(Throttle.key.startswith("sign-in.network:"))
        assert session.scalars(counted).all() == [11]
