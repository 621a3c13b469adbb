"""Whatever is sent, the answer is a page of ours, and nobody learns who is here."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lms.kernel.clock import frozen
from lms.kernel.unit_of_work import unit_of_work
from lms.people import passwords, services
from lms.people.models import IdentityRow, MailedToken, Person, SignInSession
from lms.people.queries import addresses_of
from lms.people.rules import Role
from lms.people.rules.codes import Outcome, TokenPurpose
from tests.conftest import NOW, statements
from tests.people.makers import give_mandate, make_person, password_of, signed_in_client, start_session
from tests.people.test_rules import LEAVES
from tests.people.test_views import GOOD, with_password, work

OPEN = ("/sign-in", "/forgot", "/invitation/x", "/reset/x")
OWN = (
    *("/welcome", "/account/language", "/account/name", "/account/password", "/account/ministry", "/account/addresses"),
    *("/account/addresses/x/primary", "/account/addresses/x/remove", "/account/sessions/x/end", "/address/x"),
)
MANDATES = ("/mandates/new", *(f"/mandates/x/{verb}" for verb in ("confirm", "confirm-alone", "decline", "end")))
FIELDS = (
    *("address", "password", "current", "next", "code", "full", "latin", "order", "called", "for_lists", "locale"),
    *("zone", "function", "institution", "state", "other", "sector", "on", "name", "role", "reach", "since", "until"),
)
JUNK = (
    "",
    "\x00",
    "\ud7ff" * 3,
    "x" * 3000,
    "-1",
    "NaN",
    "[]",
    '{"a": 1}',
    "' OR 1=1 --",
    "<script>",
    "2027-13-45",
    "\u202e",
)


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_junk_is_answered_in_words(app: Flask, junk: str) -> None:
    person = make_person()
    give_mandate(person, Role.ADMINISTRATOR)
    member, visitor = signed_in_client(app, person), app.test_client()
    data = dict.fromkeys(FIELDS, junk)
    found = {path: visitor.post(path, data=data).status_code for path in OPEN}
    found |= {path: member.post(path, data=data).status_code for path in (*OWN, *MANDATES)}
    assert {path: status for path, status in found.items() if status not in (200, 303, 400, 404, 422)} == {}
    assert member.get("/account").status_code == 200


def test_a_reason_with_hidden_characters_is_refused(app: Flask) -> None:
    person = make_person()
    give_mandate(person, Role.ADMINISTRATOR)
    given = give_mandate(make_person(), Role.TRAINER).public_id
    client = signed_in_client(app, person)
    assert client.post(f"/mandates/{given}/end", data={"reason": "a\x00b"}).status_code == 422
    assert client.post(f"/mandates/{given}/end", data={"reason": "a\r\nsecond line"}).status_code == 303


@pytest.mark.parametrize("path", ["/mandates/%00", "/invitation/%00"])
def test_a_path_that_no_database_can_hold_does_not_exist(app: Flask, path: str) -> None:
    person = make_person()
    give_mandate(person, Role.ADMINISTRATOR)
    assert signed_in_client(app, person).get(path).status_code in (400, 404)


def test_nothing_is_changed_by_fields_that_are_not_asked_for(app: Flask) -> None:
    person = make_person(welcomed=False)
    client = signed_in_client(app, person)
    form = {"full": "Amina Mfano", "order": "as-written", "locale": "en", "zone": "UTC", "password": GOOD}
    client.post("/welcome", data={**form, "id": "9", "subject": "mine", "role": "administrator", "erased_at": "now"})
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        assert row.welcomed_at == NOW
        assert (row.subject, row.erased_at) == (person.subject, None)
    assert client.get("/mandates").status_code == 404


@pytest.mark.parametrize("path", [*OWN, *MANDATES])
def test_a_visitor_changes_nothing(sqlite_app: Flask, path: str) -> None:
    assert sqlite_app.test_client().post(path, data={}).status_code == 401


def test_signing_in_never_leads_away(sqlite_app: Flask) -> None:
    with_password()
    places = set()
    for number, away in enumerate(LEAVES):
        with frozen(NOW + dt.timedelta(minutes=10 * number)):
            client = sqlite_app.test_client()
            form = {"address": "amina@example.org", "password": GOOD, "next": away}
            places.add(client.post("/sign-in", data=form).location)
    assert places == {"/"}


def test_the_same_work_is_done_for_an_address_that_is_not_here(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with_password()
    hashed: list[str] = []
    verify = passwords.HASHER.verify

    class Counting:
        def verify(self, kept: str, given: str) -> bool:
            hashed.append(kept)
            return bool(verify(kept, given))

    monkeypatch.setattr(passwords, "HASHER", Counting())
    for path, form in (("/sign-in", {"password": "wrong wrong wrong"}), ("/forgot", {})):
        sent = []
        for address in ("amina@example.org", "nobody@example.org"):
            with statements(app) as seen:
                app.test_client().post(path, data={**form, "address": address})
            sent.append([statement.split("WHERE")[0] for statement in seen])
        assert sent[0] == sent[1], path
    assert len(hashed) == 2


def test_the_dummy_takes_as_long_as_a_real_password() -> None:
    assert not passwords.is_outdated(passwords.DUMMY)
    assert not passwords.matches(None, "")


def test_success_of_many_at_one_network_does_not_lock_the_next_out(sqlite_app: Flask) -> None:
    with_password()
    form = {"address": "amina@example.org", "password": GOOD}
    statuses = [sqlite_app.test_client().post("/sign-in", data=form).status_code for _ in range(15)]
    assert set(statuses) == {303}


def test_guesses_at_many_accounts_from_one_network_are_held_up(client: FlaskClient) -> None:
    statuses = [
        client.post("/sign-in", data={"address": f"a{number}@example.org", "password": "x" * 12}).status_code
        for number in range(12)
    ]
    assert statuses == [422] * 10 + [429] * 2


def test_a_link_in_a_letter_has_the_configured_host(app: Flask) -> None:
    with_password()
    answer = app.test_client().post(
        "/forgot", data={"address": "amina@example.org"}, headers={"X-Forwarded-Host": "evil.example"}
    )
    assert "evil.example" not in answer.text


def test_the_account_page_takes_few_statements(app: Flask) -> None:
    client = signed_in_client(app, make_person())
    with statements(app) as sent:
        assert client.get("/account").status_code == 200
    assert len([statement for statement in sent if statement.startswith("SELECT")]) <= 8


def test_the_list_of_mandates_takes_as_many_statements_for_one_as_for_thirty(app: Flask) -> None:
    person = make_person()
    give_mandate(person, Role.ADMINISTRATOR)
    counts = []
    for more in (0, 30):
        for _ in range(more):
            give_mandate(make_person(), Role.TRAINER)
        client = signed_in_client(app, person)
        with statements(app) as sent:
            assert client.get("/mandates").status_code == 200
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12


def test_what_nobody_needs_any_more_goes(app: Flask) -> None:
    person = make_person()
    start_session(person)
    with unit_of_work() as session:
        address = services.primary_address(session, person.id) or 0
        purpose = TokenPurpose.RESET
        services.make_code(session, purpose=purpose, person_id=person.id, identity_id=address, at=NOW)
    tables = (SignInSession, MailedToken)
    for days, left in ((10, [1, 1]), (40, [0, 0])):
        with unit_of_work() as session:
            services.tidy(session, {}, NOW + dt.timedelta(days=days))
            found = [session.scalar(select(func.count()).select_from(table)) for table in tables]
        assert found == left
    with unit_of_work() as session:
        assert session.scalar(select(func.count(IdentityRow.id))) == 2


def test_a_password_changed_while_it_is_compared_lets_nobody_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    person, compare = with_password(), passwords.matches
    changed = passwords.hash_password("seven brown otters asleep")

    def slowly(kept: str | None, given: str) -> bool:
        with unit_of_work() as session:
            services.change_password(session, person=session.get_one(Person, person.id), hashed=changed, at=NOW)
        return compare(kept, given)

    monkeypatch.setattr(passwords, "matches", slowly)
    monkeypatch.setattr(passwords, "is_outdated", lambda _kept: True)
    answer = app.test_client().post("/sign-in", data={"address": "amina@example.org", "password": GOOD})
    assert answer.status_code == 422
    assert password_of(person) == changed
    with unit_of_work() as session:
        live = select(func.count(SignInSession.id)).where(SignInSession.ended_at.is_(None))
        assert session.scalar(live) == 0


def test_guesses_at_the_present_password_are_held_up(app: Flask) -> None:
    client = signed_in_client(app, with_password())
    form = {"current": "wrong wrong wrong", "password": "seven brown otters asleep"}
    statuses = [client.post("/account/password", data=form).status_code for _ in range(12)]
    assert statuses == [422] * 10 + [429] * 2


def test_the_limit_of_addresses_does_not_tell_which_are_somebody_elses(app: Flask) -> None:
    make_person("Neema Mfano", "neema@example.org")
    pages = []
    for others in (["neema@example.org"] * 5, [f"free{number}@example.org" for number in range(5)]):
        person = make_person()
        for address in others:
            with unit_of_work() as session:
                row = session.get_one(Person, person.id)
                services.ask_for_address(session, person=row, address=address, at=NOW)
            work()
        with unit_of_work() as session:
            pages.append(len(addresses_of(session, person.id)))
            services.ask_for_address(session, person=session.get_one(Person, person.id), address="a@b.example", at=NOW)
    assert pages == [1, 1]


def test_a_letter_asked_for_before_the_password_was_changed_opens_nothing(app: Flask) -> None:
    person, hashed, purpose = make_person(), passwords.hash_password(GOOD), TokenPurpose.RESET
    with unit_of_work() as session:
        address = services.primary_address(session, person.id) or 0
        made = services.make_code(session, purpose=purpose, person_id=person.id, identity_id=address, at=NOW)
        services.change_password(session, person=session.get_one(Person, person.id), hashed=hashed, at=NOW)
        tried = services.try_code(session, purpose=purpose, link=made.link, code=made.code, at=NOW)
    assert tried.outcome is Outcome.OVER
