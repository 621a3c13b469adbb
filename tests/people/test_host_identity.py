"""People whom a host application vouches for."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from lms.kernel.models import AuditEntry, Job
from lms.kernel.settings import keyring
from lms.kernel.unit_of_work import unit_of_work
from lms.people import queries, services
from lms.people.host import HOST_USER, HostUser
from lms.people.models import HostLink, IdentityRow, Person
from lms.people.services.invitations import send_reset
from tests.conftest import NOW
from tests.people.makers import make_person

USER = HostUser("u-1", "Amina Mfano", "amina@example.org")


def as_user(user: HostUser) -> dict[str, object]:
    return {HOST_USER: user}


def test_a_user_of_the_host_is_welcomed_without_a_password(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/account", environ_overrides=as_user(USER)).location == "/welcome"
    page = client.get("/welcome", environ_overrides=as_user(USER)).text
    assert "Amina Mfano" in page
    assert 'type="password"' not in page
    form = {"full": "Amina Mfano", "order": "as-written", "locale": "en", "zone": "UTC"}
    assert client.post("/welcome", data=form, environ_overrides=as_user(USER)).status_code == 303
    account = client.get("/account", environ_overrides=as_user(USER)).text
    assert "amina@example.org" in account
    assert "Where you are signed in" not in account
    assert client.get("/account").status_code == 303


def test_the_same_address_is_not_the_same_person(app: Flask) -> None:
    known = make_person("Amina Mfano", "amina@example.org")
    app.test_client().get("/account", environ_overrides=as_user(USER))
    with unit_of_work() as session:
        link = session.scalars(select(HostLink)).one()
        assert link.person_id != known.id
        assert queries.addresses_of(session, link.person_id) == []
        entry = session.scalars(select(AuditEntry).where(AuditEntry.act == "person.linked")).one()
        assert entry.details == {"address_known": True}


def test_the_subject_is_not_kept_in_clear_and_case_counts(app: Flask) -> None:
    client = app.test_client()
    for subject in ("subject-a", "SUBJECT-A", "subject-a"):
        client.get("/account", environ_overrides=as_user(HostUser(subject, "Amina Mfano")))
    with unit_of_work() as session:
        blind = session.scalars(select(HostLink.blind_subject)).all()
    assert len(blind) == 2
    assert not any("subject" in text.lower() for text in blind)


def test_a_name_that_cannot_be_is_asked_for(app: Flask) -> None:
    page = (
        app.test_client().get("/welcome", environ_overrides=as_user(HostUser("u-2", "\u202e", "not an address"))).text
    )
    assert "Not yet named" in page


def test_whoever_is_disabled_here_stays_out_and_is_not_made_anew(app: Flask) -> None:
    client = app.test_client()
    client.get("/account", environ_overrides=as_user(USER))
    with unit_of_work() as session:
        person = session.scalars(select(Person)).one()
        person.disabled_at = person.created_at
    for _ in range(2):
        assert client.get("/account", environ_overrides=as_user(USER)).status_code == 303
    with unit_of_work() as session:
        assert len(session.scalars(select(Person.id)).all()) == 1


def test_whoever_names_an_address_to_the_host_does_not_get_its_owners_invitation(app: Flask) -> None:
    app.test_client().get("/account", environ_overrides=as_user(USER))
    with unit_of_work() as session:
        impostor = session.scalars(select(HostLink.person_id)).one()
        assert queries.person_by_address(session, "amina@example.org") is None
        send_reset(session, {"blind": keyring().blind("amina@example.org")}, NOW)
        assert session.scalars(select(Job).where(Job.kind == "mail.send")).all() == []
    with unit_of_work() as session:
        invited = services.person_for_address(session, name="Amina Mfano", address="amina@example.org", at=NOW)
        services.invite(session, person=invited, by=None, at=NOW)
        assert invited.id != impostor
        assert queries.addresses_of(session, impostor) == []
    with unit_of_work() as session:
        again = services.person_for_address(session, name="Amina Mfano", address="amina@example.org", at=NOW)
        assert again.id == invited.id


def test_an_address_that_a_user_of_the_host_has_proved_is_theirs(app: Flask) -> None:
    app.test_client().get("/account", environ_overrides=as_user(USER))
    with unit_of_work() as session:
        person_id = session.scalars(select(HostLink.person_id)).one()
        session.scalars(select(IdentityRow).where(IdentityRow.blind_index.is_not(None))).one().verified_at = NOW
    with unit_of_work() as session:
        found = services.person_for_address(session, name="Amina Mfano", address="amina@example.org", at=NOW)
        assert found.id == person_id
