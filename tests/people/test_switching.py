"""Another language on every page: the same page comes back with its query, whoever reads it and however."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.mount import LMS
from lms.people.models import Person
from tests.conftest import DATABASES, fresh_database, settings
from tests.languages import spoken, translated
from tests.learning.makers import Reader, make_reader, publish
from tests.mount.unfriendly import host_db, make_host, member_of_host
from tests.people.makers import make_person, signed_in_client

QUERY = "page=2&word=%C3%A9t%C3%A9&empty="
MACHINES = {"health.healthz", "health.readyz", "web.static_file", "feed.events", "feed.openapi"}
BUTTON = re.compile(r'<form class="langs"[^>]*action="([^"]+)".*?name="back" value="([^"]*)"', re.S)


@pytest.fixture(autouse=True)
def catalogues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with spoken(tmp_path_factory.mktemp("catalogues")):
        yield


@pytest.fixture
def reader(catalogues: None, app: Flask, tmp_path: Path) -> Reader:
    publish(tmp_path, **translated())
    return make_reader(app)


def press(client: FlaskClient, page: str, language: str = "es", **more: str) -> TestResponse:
    """Press the button of a language at the foot of a page."""
    found = BUTTON.search(page)
    assert found, "the page offers no language"
    assert f'name="language" value="{language}"' in page
    return client.post(found[1], data={"back": unescape(found[2]), "language": language, **more})


def own_path(reader: Reader, rule: Rule) -> str:
    """An address of this rule: one's own edition and texts where it names them, else what nobody has."""
    own = {"edition": reader.edition, "unit": "first", "module": "words", "slug": "tiny"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: own.get(part[1], "nobody-knows"), rule.rule)


def test_every_page_comes_back_in_the_other_language_with_its_query(reader: Reader) -> None:
    languages, walked = ("es", "fr"), 0
    for rule in reader.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint in MACHINES:
            continue
        path, language = own_path(reader, rule), languages[walked % 2]
        page = reader.client.get(f"{path}?{QUERY}&lang=en&original=1", follow_redirects=True)
        # Where a page leads on to another one, it is that one that comes back.
        expected = page.request.path if page.history else f"{path}?{QUERY}"
        answer = press(reader.client, page.text, language)
        assert answer.status_code == 303
        assert (answer.location.split("?")[0] if page.history else answer.location) == expected
        again = reader.client.get(answer.location)
        assert again.status_code == page.status_code
        assert f'<html lang="{language}"' in again.text, rule.rule
        walked += 1
    assert walked > 30


def test_the_choice_is_kept_with_the_account_and_goes_along_to_another_device(reader: Reader, app: Flask) -> None:
    press(reader.client, reader.get("first"), "fr")
    with unit_of_work() as session:
        person = session.get_one(Person, reader.person_id)
        assert person.locale == "fr"
    other = signed_in_client(app, person)
    assert '<html lang="fr"' in other.get("/account").text
    assert '<option selected value="fr">' in other.get("/account").text


def test_whoever_is_not_signed_in_keeps_the_choice_in_the_browser(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/help").text
    answer = press(client, client.get("/help?lang=fr").text)
    assert answer.location == "/help"
    assert '<html lang="es" dir="ltr">' in client.get("/help").text
    assert "Entrar" in client.get("/sign-in", headers={"Accept-Language": "fr"}).text


def test_somebody_who_has_not_been_welcomed_yet_can_choose_too(app: Flask) -> None:
    person = make_person(welcomed=False, locale=None)
    client = signed_in_client(app, person)
    answer = press(client, client.get("/welcome").text)
    assert answer.location == "/welcome"
    page = client.get("/welcome").text
    assert '<html lang="es"' in page
    assert '<option selected value="es">' in page


def test_a_page_that_answers_a_form_leads_back_to_the_page_it_stood_on(reader: Reader) -> None:
    tried = reader.begin()
    for page, expected in (
        (reader.check(tried), reader.url("asked")),
        (reader.post("first", "report", wrong=""), reader.url("first", "report")),
        (reader.post("thought", "reflection", text="Early."), reader.url("thought")),
        (reader.client.post("/account/language", data={"locale": "xx"}), "/account"),
    ):
        assert page.status_code == 422
        assert press(reader.client, page.text, "fr").location == expected
        reader.client.post("/language", data={"language": "en"})


def test_a_refused_form_keeps_the_query_of_the_page_it_stood_on(client: FlaskClient) -> None:
    refused = client.post(
        "/sign-in",
        data={"address": "nobody@example.org", "password": "not the right one"},
        headers={"Referer": "http://localhost/sign-in?next=/account&lang=fr"},
    )
    assert refused.status_code == 422
    assert press(client, refused.text).location == "/sign-in?next=%2Faccount"
    elsewhere = client.post("/sign-in", data={}, headers={"Referer": "http://elsewhere.example/sign-in?next=/account"})
    assert press(client, elsewhere.text, "en").location == "/sign-in"


def test_a_page_that_is_not_there_speaks_the_other_language_too(reader: Reader) -> None:
    missing = reader.client.get("/no/such/page?a=1")
    assert missing.status_code == 404
    answer = press(reader.client, missing.text)
    assert answer.location == "/no/such/page?a=1"
    assert '<html lang="es"' in reader.client.get(answer.location).text


@pytest.mark.parametrize(
    "back",
    [
        "", "//elsewhere.example/", "https://elsewhere.example/", "\\\\elsewhere.example", "/\\elsewhere.example",
        "/%2F/elsewhere.example", "/%5Celsewhere.example", "javascript:alert(1)", "help", "/help\r\nX: y",
        "/\t/elsewhere.example", "/" + "a" * 600,
    ],
)  # fmt: skip
def test_nobody_is_sent_anywhere_else(client: FlaskClient, back: str) -> None:
    answer = client.post("/language", data={"language": "es", "back": back})
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        ("end", "/help#end"),
        ("", "/help"),
        ("a b", "/help"),
        ('"><script>', "/help"),
        ("x" * 81, "/help"),
        ("1st", "/help"),
    ],
)
def test_the_heading_that_was_read_comes_back_with_the_page(client: FlaskClient, anchor: str, expected: str) -> None:
    sent = {"language": "es", "back": "/help#elsewhere", "anchor": anchor}
    assert client.post("/language", data=sent).location == expected


@pytest.mark.parametrize("language", ["", "xx", "x-rtl", "../../etc", "EN"])
def test_a_language_that_is_not_offered_is_refused_in_words(client: FlaskClient, language: str) -> None:
    answer = client.post("/language", data={"language": language, "back": "/help"})
    assert answer.status_code == 422
    assert "Choose a language from the list." in answer.text
    assert '<html lang="en"' in client.get("/help").text


def test_nobody_else_can_change_ones_language(catalogues: None, reader: Reader) -> None:
    reader.app.config["WTF_CSRF_ENABLED"] = True
    answer = reader.client.post("/language", data={"language": "es", "back": "/help"})
    assert answer.status_code == 400
    with unit_of_work() as session:
        assert session.get_one(Person, reader.person_id).locale != "es"


def test_where_there_is_one_language_nothing_is_offered(sqlite_app: Flask) -> None:
    sqlite_app.extensions["lms.languages"] = ("en", "x-rtl")
    page = sqlite_app.test_client().get("/sign-in").text
    assert "data-langs" not in page
    assert "languages" not in page


@pytest.mark.parametrize("kind", DATABASES)
def test_under_a_hosts_prefix_the_host_s_member_comes_back_to_the_same_page(
    kind: str, catalogues: None, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with fresh_database(kind, request, tmp_path) as url:
        host = make_host(url)
        lms = LMS(host, url_prefix="/seminar", identity=member_of_host, settings=settings(url, tmp_path))
        browser = host.test_client()
        browser.get("/login?as=amina")
        page = browser.get("/seminar/welcome").text
        found = BUTTON.search(page)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert found
        assert token
        assert found[1] == "/seminar/language"
        sent = {"back": unescape(found[2]), "language": "es", "anchor": "name", "csrf_token": token[1]}
        answer = browser.post("/seminar/language", data=sent)
        assert answer.location == "/seminar/welcome#name"
        assert '<html lang="es"' in browser.get("/seminar/welcome").text
        with lms.app.app_context(), unit_of_work() as session:
            assert session.query(Person).one().locale == "es"
        for made, database in ((lms.app, db), (host, host_db)):
            with made.app_context():
                database.session.remove()
                database.engine.dispose()
