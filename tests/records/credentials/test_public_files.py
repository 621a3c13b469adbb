"""What the public needs is plain files: served to every site, and enough to verify with the system switched off."""

from __future__ import annotations

import datetime as dt
import functools
import http.server
import json
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client
from werkzeug.wrappers import Response

from lms.kernel.clock import frozen, now
from lms.kernel.unit_of_work import unit_of_work
from lms.kernel.worker import drain
from lms.people.models import Person
from lms.records.credentials import publishing, queries
from lms.records.models import PublicRecord
from lms.records.rules.public import grouped
from lms.records.verification.models import RecordLooks
from lms.records.verification.services import share
from tests.conftest import statements
from tests.people.makers import make_person, signed_in_client
from tests.records.credentials.test_outside_verifiers import ALL, Verifier
from tests.records.credentials.test_outside_verifiers import verifiers as verifiers
from tests.records.credentials.test_signing import document, end, issue, place

FILES = ("/.well-known/did.json", "/did.json", "/keys.json", "/status/0")
VERIFIER_CORE = "application/ld+json, application/json"


def holder(app: Flask, record: str) -> Any:
    with unit_of_work() as session:
        person = session.get_one(Person, queries.holder_of(session, record))
        person.welcomed_at = now()
    return signed_in_client(app, person)


def address(record: str) -> tuple[str, str]:
    with unit_of_work() as session:
        row = session.get_one(PublicRecord, record)
        return f"/credentials/{row.credential}", f"/v/{grouped(row.code)}"


@pytest.mark.parametrize("name", FILES)
def test_a_public_file_is_given_to_every_site_without_a_cookie(app: Flask, client: FlaskClient, name: str) -> None:
    issue()
    assert client.get(name).status_code == 404
    drain()
    for browser in (client, signed_in_client(app, make_person("Ester Esempio", "ester@example.org"))):
        for method in ("GET", "HEAD", "OPTIONS"):
            answer = browser.open(name, method=method, headers={"Accept": VERIFIER_CORE, "Origin": "https://x.org"})
            assert answer.status_code == (204 if method == "OPTIONS" else 200)
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
            assert "Set-Cookie" not in answer.headers
            assert "Cookie" not in answer.headers.get("Vary", "")
            assert answer.headers["Cache-Control"] == "public, max-age=240"
            if method == "GET":
                assert answer.mimetype == "application/json"
                assert json.loads(answer.data)
    assert client.open(name, method="OPTIONS").headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert client.post(name).status_code == 404
    tag = client.get(name).headers["ETag"]
    assert client.get(name, headers={"If-None-Match": tag}).status_code == 304


def test_a_public_file_costs_no_statement(app: Flask, client: FlaskClient) -> None:
    issue()
    drain()
    with statements(app) as sent:
        assert client.get("/status/0").status_code == 200
    assert sent == []


def test_only_published_lists_are_there(client: FlaskClient) -> None:
    issue()
    drain()
    for name in ("/status/1", "/status/99999", "/status/-1", "/status/..%2Fkeys.json"):
        assert client.get(name).status_code == 404


def test_a_browser_is_led_to_the_page_that_verifies(client: FlaskClient) -> None:
    [record] = issue()
    drain()
    path, page = address(record)
    answer = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert client.get("/credentials/8f14e45f-ceea-4a67-9a3d-1b2c3d4e5f60").status_code == 404


@pytest.mark.parametrize("accept", ["application/vc", "application/json", VERIFIER_CORE])
def test_a_program_gets_the_document_for_its_holder_and_else_where_to_ask(
    app: Flask, client: FlaskClient, accept: str
) -> None:
    [record] = issue()
    drain()
    path, _page = address(record)
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert "Ask the holder" in answer.get_data(as_text=True)
    assert "Mfano" not in answer.get_data(as_text=True)
    stranger = signed_in_client(app, make_person("Ester Esempio", "ester@example.org"))
    assert stranger.get(path, headers={"Accept": accept}).status_code == 404
    theirs = holder(app, record).get(path, headers={"Accept": accept})
    assert (theirs.status_code, theirs.mimetype) == (200, "application/vc")
    assert "Accept" in theirs.headers["Vary"]
    assert json.loads(theirs.data) == document(record)


def test_by_consent_or_a_link_a_verifier_gets_the_same_bytes_until_that_ends(app: Flask, client: FlaskClient) -> None:
    [record] = issue()
    drain()
    (path, page), asking = address(record), {"Accept": "application/vc"}
    own = holder(app, record)
    theirs = own.get(path, headers=asking).data
    shown = f"/records/{record}/name"
    own.post(shown, data={"shown": "yes"})
    by_consent = client.get(path, headers=asking)
    assert (by_consent.status_code, by_consent.mimetype, by_consent.data) == (200, "application/vc", theirs)
    assert "Accept" in by_consent.headers["Vary"]
    assert by_consent.headers["X-Robots-Tag"] == "noindex"
    file = client.get(f"{page}/file")
    assert file.data == theirs
    assert file.headers["Content-Disposition"] == 'attachment; filename="completion-record.json"'
    assert f'href="{page.replace("-", "")}/file" download' in client.get(page).text
    own.post(shown, data={"shown": "no"})
    assert client.get(path, headers=asking).status_code == 404
    assert client.get(f"{page}/file").headers["Location"] == page
    with unit_of_work() as session:
        person_id = queries.holder_of(session, record)
        token = share(session, record=record, person_id=person_id, days=7, key="one", at=now(), by="-")
    shared = f"{path}/shared/{token}"
    assert client.get(shared, headers=asking).data == theirs
    assert client.get(shared, headers={"Accept": "text/html"}).headers["Location"] == f"{page}/shared/{token}"
    assert client.get(f"{page}/shared/{token}/file").data == theirs
    assert f'/shared/{token}/file" download' in client.get(f"{page}/shared/{token}").text
    assert client.get(f"{path}/shared/{token}x", headers=asking).status_code == 404
    with frozen(now() + dt.timedelta(days=7)):
        assert client.get(shared, headers=asking).status_code == 404
        assert client.get(f"{page}/shared/{token}/file").headers["Location"] == f"{page}/shared/{token}"
    own.post(shown, data={"shown": "yes"})
    end(record)
    assert client.get(path, headers=asking).status_code == 404
    assert own.get(path, headers=asking).data == theirs


def test_whoever_takes_the_document_is_a_look_and_its_holder_is_none(app: Flask, client: FlaskClient) -> None:
    [record] = issue()
    drain()
    path, own = address(record)[0], holder(app, record)
    own.post(f"/records/{record}/name", data={"shown": "yes"})
    for browser in (own, client, client):
        assert browser.get(path, headers={"Accept": "application/json"}).status_code == 200
    with unit_of_work() as session:
        assert session.scalars(select(RecordLooks.number)).all() == [2]


def test_the_holder_downloads_the_same_bytes_each_time_and_nobody_else_does(app: Flask) -> None:
    [record] = issue()
    path = f"/records/{record}/credential"
    theirs = holder(app, record)
    assert theirs.get(path).status_code == 404
    assert "is being made" in theirs.get(f"/records/{record}").get_data(as_text=True)
    drain()
    assert path in theirs.get(f"/records/{record}").get_data(as_text=True)
    first, second = theirs.get(path), theirs.get(path)
    assert first.data == second.data
    assert first.headers["Content-Disposition"] == 'attachment; filename="completion-record.json"'
    assert json.loads(first.data)["credentialSubject"]["identifier"][0]["identityHash"] == "Amina Mfano 0"
    stranger = signed_in_client(app, make_person("Ester Esempio", "ester@example.org"))
    assert stranger.get(path).status_code == 404
    assert app.test_client().get(path).status_code == 303


def test_below_a_path_the_files_are_where_verifiers_look_for_them(sqlite_app: Flask) -> None:
    issue()
    drain()
    host = DispatcherMiddleware(Response("the host's"), {"/seminar": sqlite_app.wsgi_app})
    visitor = Client(host)
    assert visitor.get("/seminar/did.json").json == json.loads(publishing.read("did.json") or b"")
    assert visitor.get("/seminar/status/0").status_code == 200
    assert visitor.get("/did.json").get_data(as_text=True) == "the host's"


def test_whoever_answers_requests_never_loads_what_signs() -> None:
    code = "import sys, lms.app; sys.exit(bool({'pyld', 'lms.records.credentials.signing'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@contextmanager
def plain_server(folder: Path) -> Iterator[str]:
    """Any web server: it knows nothing but a folder."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(folder))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("name", ALL)
@pytest.mark.usefixtures("real_time")
def test_with_the_system_off_a_plain_server_is_enough_to_verify(sqlite_app: Flask, name: str) -> None:
    valid, ended = issue(2, at=now())
    drain()
    files = {"valid": document(valid), "ended": document(ended)}
    end(ended)
    drain()
    did, status = files["valid"]["issuer"]["id"], files["valid"]["credentialStatus"]["statusListCredential"]
    with plain_server(publishing.folder()) as host:
        paths = {did: ".well-known/did.json", status: status.split("/", 3)[3]}
        documents = {at: json.load(urllib.request.urlopen(f"{host}/{path}")) for at, path in paths.items()}  # noqa: S310
    verify: Verifier = ALL[name]
    said = verify(documents, files)
    assert said["valid"] == ""
    assert said["ended"]


def test_nothing_in_the_public_folder_leads_to_a_person(sqlite_app: Flask) -> None:
    [record] = issue()
    drain()
    end(record)
    drain()
    text = b"".join(path.read_bytes() for path in publishing.folder().rglob("*") if path.is_file())
    assert b"Mfano" not in text
    assert record.encode() not in text
    assert all(oct(path.stat().st_mode)[-3:] in {"644", "755"} for path in publishing.folder().rglob("*"))
    assert place(record)[0] == 0
