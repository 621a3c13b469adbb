"""Every page of this context opens, without JavaScript, and says what it should."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.kernel.clock import now
from lms.kernel.models import Job, JobState
from lms.kernel.outbox import database_handlers
from lms.kernel.unit_of_work import unit_of_work
from lms.people import passwords, services
from lms.people.letters import Letter, letter_for
from lms.people.models import Affiliation, Person
from lms.people.rules import Role
from lms.people.rules.codes import TokenPurpose
from tests.people.makers import give_mandate, make_institution, make_person, signed_in_client

GOOD = "three grey herons at dawn"
WELCOME = {"full": "Amina Mfano", "order": "as-written", "locale": "en", "zone": "Africa/Dar_es_Salaam"}


def letters() -> list[Letter]:
    """The letters that wait to be sent, oldest first."""
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
        found = [letter_for(session, job.payload) for job in jobs]
    return [letter for letter in found if letter]


def link_and_code(letter: Letter) -> tuple[str, str]:
    """The path of the page and the code, as a reader takes them from a letter."""
    url = next(word for word in letter.body_text.split() if word.startswith("http"))
    code = letter.body_text.split("Type this code there: ")[1][:9]
    return "/" + url.split("/", 3)[3], code


def work() -> None:
    """Let the worker do what it has to look up; the mail stays where it is."""
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind.startswith("people."), Job.state == JobState.WAITING)).all()
        for job in jobs:
            job.state = JobState.DONE
            database_handlers[job.kind](session, job.payload, now())


def without_token(page: str, address: str) -> str:
    """A page without the token of its form and what was typed into it."""
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", page).replace(address, "-")


def invited(address: str = "amina@example.org") -> Person:
    person = make_person("Amina Mfano", address, welcomed=False, locale=None, zone=None)
    with unit_of_work() as session:
        services.invite(session, person=session.get_one(Person, person.id), by=None, at=now())
    return person


def with_password(address: str = "amina@example.org") -> Person:
    person = invited(address)
    link, code = link_and_code(letters()[-1])
    hashed = passwords.hash_password(GOOD)
    with unit_of_work() as session:
        services.try_code(session, purpose=TokenPurpose.INVITATION, link=link.split("/")[-1], code=code, at=now())
        row = session.get_one(Person, person.id)
        row.welcomed_at = row.name_confirmed_at = now()
        row.locale, row.zone = "en", "UTC"
        services.keep_password(session, person_id=row.id, hashed=hashed, at=now())
    return person


def test_from_the_invitation_to_the_account(app: Flask, client: FlaskClient) -> None:
    person = invited()
    ministry = make_institution()
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.affiliate(session, person=row, institution=session.merge(ministry), since=now().date())
    link, code = link_and_code(letters()[-1])
    for _look in range(3):
        assert client.get(link).status_code == 200
    answer = client.post(link, data={"code": code.lower()})
    assert (answer.status_code, answer.location) == (303, "/welcome")
    assert client.get("/").location == "/welcome"
    page = client.get("/welcome").text
    assert "Amina Mfano" in page
    assert re.search(r'<option selected[^>]* value="Africa/Dar_es_Salaam"', page)
    assert client.post("/welcome", data={**WELCOME, "password": "short"}).status_code == 422
    done = client.post("/welcome", data={**WELCOME, "password": GOOD, "function": "Legal adviser"})
    assert (done.status_code, done.location) == (303, "/")
    account = client.get("/account").text
    assert "Amina Mfano" in account
    assert "Legal adviser" in account
    assert "amina@example.org" in account
    assert client.get("/welcome").location == "/"
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        assert row.welcomed_at == row.name_confirmed_at == now()


def test_a_used_link_opens_nothing(client: FlaskClient) -> None:
    invited()
    link, code = link_and_code(letters()[-1])
    assert client.post(link, data={"code": code}).status_code == 303
    assert client.get(link).status_code == 400
    assert client.post(link, data={"code": code}).status_code == 400
    assert client.get("/invitation/unknown").status_code == 400


def test_the_fifth_wrong_code_closes_the_link_and_a_new_one_can_be_had(client: FlaskClient) -> None:
    invited()
    link, code = link_and_code(letters()[-1])
    statuses = [client.post(link, data={"code": "WRONG234"}).status_code for _ in range(5)]
    assert statuses == [422, 422, 422, 422, 400]
    assert client.post(link, data={"code": code}).status_code == 400
    assert client.post("/forgot", data={"address": "Amina@Example.org "}).status_code == 200
    work()
    fresh, code = link_and_code(letters()[-1])
    assert fresh != link
    assert client.post(fresh, data={"code": code}).status_code == 303


def test_signing_in_takes_a_new_token_and_leads_to_the_page_asked_for(client: FlaskClient) -> None:
    with_password()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "chosen by somebody else"
    answer = client.post("/sign-in", data={"address": "amina@example.org", "password": GOOD, "next": "/account/name"})
    assert (answer.status_code, answer.location) == (303, "/account/name")
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "chosen by somebody else"
        assert cookie["_id"] is None, "the cookie tells nothing of the address and the browser"
    assert client.get("/account").status_code == 200


def test_signing_out_ends_the_session_everywhere(app: Flask, client: FlaskClient) -> None:
    with_password()
    client.post("/sign-in", data={"address": "amina@example.org", "password": GOOD})
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    answer = client.post("/sign-out")
    assert answer.status_code == 303
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    copy = app.test_client()
    with copy.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert copy.get("/account").status_code == 303
    assert copy.post("/account/language").status_code == 401


@pytest.mark.parametrize("address", ["amina@example.org", "nobody@example.org", "not an address", "a" * 200])
def test_a_wrong_sign_in_says_the_same_for_every_address(client: FlaskClient, address: str) -> None:
    with_password()
    answer = client.post("/sign-in", data={"address": address, "password": "wrong wrong wrong"})
    other = client.post("/sign-in", data={"address": "else@example.org", "password": "wrong wrong wrong"})
    assert answer.status_code == other.status_code == 422
    assert without_token(answer.text, address) == without_token(other.text, "else@example.org")


def test_a_reset_changes_the_password_and_ends_every_sign_in(app: Flask, client: FlaskClient) -> None:
    person = with_password()
    elsewhere = signed_in_client(app, person)
    known = client.post("/forgot", data={"address": "amina@example.org"})
    unknown = client.post("/forgot", data={"address": "nobody@example.org"})
    assert without_token(known.text, "amina@example.org") == without_token(unknown.text, "nobody@example.org")
    work()
    link, code = link_and_code(letters()[-1])
    assert link.startswith("/reset/")
    other = "seven blue doors in the rain"
    weak = client.post(link, data={"code": code, "password": "passwordpassword1"})
    assert weak.status_code == 422
    assert client.post(link, data={"code": code, "password": other}).status_code == 303
    assert elsewhere.get("/account").status_code == 303
    assert client.post("/sign-in", data={"address": "amina@example.org", "password": GOOD}).status_code == 422
    assert client.post("/sign-in", data={"address": "amina@example.org", "password": other}).status_code == 303
    assert any("was changed" in letter.body_text for letter in letters())


def test_a_hundred_resets_are_one_letter(client: FlaskClient) -> None:
    with_password()
    before = len(letters())
    statuses = {client.post("/forgot", data={"address": "amina@example.org"}).status_code for _ in range(12)}
    assert statuses == {200, 429}
    work()
    assert len(letters()) == before + 1


def test_the_eleventh_try_waits(client: FlaskClient) -> None:
    with_password()
    wrong = {"address": "amina@example.org", "password": "wrong wrong wrong"}
    statuses = [client.post("/sign-in", data=wrong).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]
    right = {"address": "amina@example.org", "password": GOOD}
    assert client.post("/sign-in", data=right).status_code == 429


def test_a_second_address_opens_the_account_too(app: Flask, client: FlaskClient) -> None:
    with_password()
    client.post("/sign-in", data={"address": "amina@example.org", "password": GOOD})
    asked = {"address": "own@example.net", "current": GOOD}
    assert client.post("/account/addresses", data={**asked, "current": "not my password"}).status_code == 422
    assert client.post("/account/addresses", data=asked).status_code == 303
    work()
    letter = letters()[-1]
    assert letter.to_address == "own@example.net"
    link, code = link_and_code(letter)
    assert "own@example.net" not in client.get("/account").text
    stranger = signed_in_client(app, make_person())
    assert stranger.get(link).status_code == 400
    assert stranger.post(link, data={"code": code}).status_code == 400
    assert client.post(link, data={"code": code}).status_code == 303
    assert "own@example.net" in client.get("/account").text
    client.post("/sign-out")
    assert client.post("/sign-in", data={"address": "OWN@example.net", "password": GOOD}).status_code == 303


def test_an_address_of_somebody_else_gets_the_same_answer_and_no_letter(client: FlaskClient) -> None:
    make_person(address="taken@example.org")
    with_password()
    client.post("/sign-in", data={"address": "amina@example.org", "password": GOOD})
    taken = client.post("/account/addresses", data={"address": "taken@example.org", "current": GOOD})
    free = client.post("/account/addresses", data={"address": "free@example.org", "current": GOOD})
    assert (taken.status_code, taken.location) == (free.status_code, free.location)
    work()
    assert "taken@example.org" not in {letter.to_address for letter in letters()}


def test_a_new_ministry_ends_the_old_one_the_day_before(app: Flask) -> None:
    person, old = make_person(), make_institution()
    with unit_of_work() as session:
        row = session.get_one(Person, person.id)
        services.affiliate(session, person=row, institution=session.merge(old), since=now().date().replace(year=2020))
    client = signed_in_client(app, person)
    form = {"institution": "", "state": "KE", "other": "Ministry of Mfano", "sector": "justice"}
    sent = {**form, "zone": "Africa/Nairobi", "function": "Director", "on": "2027-04-12"}
    assert client.post("/account/ministry", data={**sent, "other": ""}).status_code == 422
    assert client.post("/account/ministry", data=sent).status_code == 303
    assert client.post("/account/ministry", data=sent).status_code == 422
    with unit_of_work() as session:
        ends = [str(row) for row in session.scalars(select(Affiliation.until).order_by(Affiliation.id))]
    assert ends == ["2027-04-11", "None"]
    assert "Ministry of Mfano" in client.get("/account").text


def test_sessions_are_listed_and_ended(app: Flask) -> None:
    person = make_person()
    here, there = signed_in_client(app, person), signed_in_client(app, person)
    page = here.get("/account").text
    assert "This device" in page
    ending = page.split("/account/sessions/")[1].split('"')[0]
    stranger = signed_in_client(app, make_person())
    stranger.post(f"/account/sessions/{ending}")
    assert there.get("/account").status_code == 200
    here.post(f"/account/sessions/{ending}")
    assert there.get("/account").status_code == 303
    assert here.get("/account").status_code == 200


def test_a_mandate_takes_two_administrators(app: Flask) -> None:
    first, second = make_person("First Mfano"), make_person("Second Mfano")
    for person in (first, second):
        give_mandate(person, Role.ADMINISTRATOR)
    one, two = signed_in_client(app, first), signed_in_client(app, second)
    form = {"address": "new@example.org", "name": "Third Mfano", "role": "focal-point", "reach": "state:KE"}
    form["until"] = "2028-04-11"
    assert one.get("/mandates/new").status_code == 200
    refused = one.post("/mandates/new", data={**form, "role": "administrator", "since": "2027-04-12"})
    assert refused.status_code == 422
    made = one.post("/mandates/new", data={**form, "since": "2027-04-12"})
    assert made.status_code == 303
    assert "Another administrator confirms it" in one.get(made.location).text
    assert one.post(f"{made.location}/confirm", data={}).status_code == 422
    assert one.post(f"{made.location}/confirm-alone", data={"reason": "x" * 30}).status_code == 422
    assert two.post(f"{made.location}/confirm", data={}).status_code == 303
    assert two.post(f"{made.location}/confirm", data={}).status_code == 303, "a click made twice"
    assert two.post(f"{made.location}/confirm", data={"reason": "Again."}).status_code == 409
    assert "Third Mfano" in two.get("/mandates").text
    assert letters()[-1].to_address == "new@example.org"
    outsider = signed_in_client(app, make_person())
    assert outsider.get("/mandates").status_code == 404
    assert outsider.post(f"{made.location}/end", data={}).status_code == 404


def test_pages_open(app: Flask) -> None:
    client = signed_in_client(app, make_person())
    pages = ("/account", "/account/name", "/account/password", "/account/ministry")
    assert [client.get(path).status_code for path in pages] == [200] * 4
    visitor = app.test_client()
    assert [visitor.get(path).status_code for path in ("/sign-in", "/forgot")] == [200, 200]
    assert visitor.get("/account").location == "/sign-in?next=/account"
