"""Mounted in a host with its own login, CSRF, Babel, database and a `_` of other meaning, each minds its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import inspect, select

from lms.kernel.db import db
from lms.kernel.errors import Misconfigured
from lms.kernel.unit_of_work import own_transaction
from lms.mount import LMS
from lms.people.models import HostLink, Person
from tests.conftest import DATABASES, fresh_database, settings
from tests.mount.unfriendly import host_db, make_host, member_of_host

PREFIX = "/seminar"


@pytest.fixture(params=DATABASES)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The host with us in it, both in one database."""
    with fresh_database(request.param, request, tmp_path) as url:
        made = make_host(url)
        lms = LMS(made, url_prefix=PREFIX, identity=member_of_host, settings=settings(url, tmp_path))
        yield made
        for ours_or_theirs, database in ((lms.app, db), (made, host_db)):
            with ours_or_theirs.app_context():
                database.session.remove()
                database.engine.dispose()


@pytest.fixture
def browser(host: Flask) -> FlaskClient:
    return host.test_client()


def lms_of(host: Flask) -> LMS:
    lms: LMS = host.extensions["lms"]
    return lms


def _paths(lms: LMS) -> Iterator[tuple[str, str]]:
    """A path for every rule and method of our url map, with stand-ins for its parts."""
    for rule in lms.app.url_map.iter_rules():
        path = re.sub(r"<[^>]*>", "nobody-knows", rule.rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, path


def test_every_route_answers_under_the_prefix_and_none_outside_it(host: Flask, browser: FlaskClient) -> None:
    walked = 0
    for method, path in _paths(lms_of(host)):
        answer = browser.open(PREFIX + path, method=method)
        # Not ready is an honest answer where no worker runs.
        assert answer.status_code < 500 or path == "/readyz", f"{method} {path}"
        assert b"host says" not in answer.data, f"{method} {path} fell through to the host"
        for link in re.findall(r'(?:href|src|action)="(/[^"]*)"', answer.text):
            assert link.startswith(PREFIX + "/"), f"{path} links to {link}"
        if answer.location:
            assert answer.location.startswith(PREFIX), f"{path} leads to {answer.location}"
        walked += 1
    assert walked > 20
    assert browser.get("/sign-in").status_code == 404


def test_a_member_of_the_host_is_our_person_without_signing_in_again(host: Flask, browser: FlaskClient) -> None:
    browser.get("/login?as=amina")
    page = browser.get(PREFIX + "/welcome")
    assert page.status_code == 200
    assert "Amina Mfano" in page.text
    again = browser.get(PREFIX + "/welcome")
    assert again.status_code == 200
    with lms_of(host).app.app_context(), own_transaction() as session:
        assert len(session.scalars(select(Person)).all()) == 1
        assert len(session.scalars(select(HostLink)).all()) == 1


def test_two_members_of_the_host_are_two_persons(host: Flask) -> None:
    for login in ("amina", "urs"):
        browser = host.test_client()
        browser.get(f"/login?as={login}")
        browser.get(PREFIX + "/welcome")
    with lms_of(host).app.app_context(), own_transaction() as session:
        assert len(session.scalars(select(Person)).all()) == 2


def test_a_client_cannot_say_who_the_host_user_is(browser: FlaskClient) -> None:
    answer = browser.get(PREFIX + "/welcome", headers={"lms.host_user": "member-1", "Lms-Host-User": "member-1"})
    assert answer.status_code == 303
    assert "/sign-in" in answer.location


def test_the_host_keeps_its_session_its_words_and_its_cookies(host: Flask, browser: FlaskClient) -> None:
    browser.get("/login?as=amina")
    browser.get(PREFIX + "/welcome")
    browser.get(PREFIX + "/sign-in")
    page = browser.get("/").text
    assert "host(hello)" in page
    assert "kept" in page
    assert "host viewer" in page
    ours = [cookie for cookie in browser._cookies.values() if cookie.key != "session"]
    assert ours, "we set a cookie of our own name"
    assert all(cookie.path == PREFIX for cookie in ours)
    assert host.extensions["seen"].before == 2, "the host's hooks ran for the host's pages only"
    assert host.extensions["seen"].errors == 0


def test_our_forms_are_guarded_by_our_token_and_not_by_the_hosts(browser: FlaskClient) -> None:
    page = browser.get(PREFIX + "/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert token
    fields = {"address": "nobody@example.org", "password": "not the right one"}
    assert browser.post(PREFIX + "/sign-in", data=fields).status_code == 400
    answer = browser.post(PREFIX + "/sign-in", data={**fields, "csrf_token": token[1]})
    assert answer.status_code == 422


def test_both_keep_their_tables_apart_in_one_database(host: Flask) -> None:
    with host.app_context():
        tables = set(inspect(host_db.engine).get_table_names())
    assert "member" in tables
    assert all(name.startswith("lms_") or name in {"member", "alembic_version"} for name in tables)
    assert {"lms_person", "lms_enrolment"} <= tables


def test_the_host_links_into_our_pages(host: Flask) -> None:
    assert lms_of(host).url_for("web.help") == "/seminar/help"
    assert lms_of(host).url_for("dashboards.edition", edition="abc") == "/seminar/editions/abc"


def test_the_hosts_command_line_has_our_commands_in_our_context(host: Flask) -> None:
    result = host.test_cli_runner().invoke(args=["lms", "check"])
    assert result.exit_code == 0, result.output
    assert "kernel.jobs" in result.output


def test_the_host_replaces_a_template_of_ours(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "lms" / "web"
    folder.mkdir(parents=True)
    (folder / "help.html").write_text("the host's own help")
    with fresh_database("sqlite", request, tmp_path) as url:
        host = make_host(url)
        LMS(host, settings=settings(url, tmp_path), templates=tmp_path / "templates")
        assert host.test_client().get(PREFIX + "/help").text == "the host's own help"
        for made, database in ((lms_of(host).app, db), (host, host_db)):
            with made.app_context():
                database.engine.dispose()


@pytest.mark.parametrize("prefix", ["", "seminar", "/seminar/", "/"])
def test_a_prefix_that_cannot_work_is_refused_in_words(prefix: str) -> None:
    with pytest.raises(Misconfigured, match="url_prefix"):
        LMS(url_prefix=prefix)
