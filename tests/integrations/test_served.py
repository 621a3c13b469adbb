"""The system as it runs in production: served by granian, with a worker beside it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import KEYS

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
HOST = "seminar.example.org"
CANARY = "canary-4711"


def environment(home: Path, **changes: str | None) -> dict[str, str]:
    """A complete production on a SQLite file, with changes; None takes a setting away."""
    complete = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("LMS_", "DATABASE_", "FLASK_"))},
        "LMS_ENV": "production",
        "LMS_HOME": str(home),
        "DATABASE_URL": f"sqlite:///{home / 'lms.sqlite'}",
        "LMS_PUBLIC_URL": f"https://{HOST}",
        "LMS_MAIL_URL": "smtp://127.0.0.1:9",
        "LMS_MAIL_FROM": "seminar@example.org",
        **{f"LMS_{name.upper()}_KEY": getattr(KEYS, name).hex() for name in ("secret", "identity", "ledger")},
    }
    return {name: value for name, value in {**complete, **changes}.items() if value is not None}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """A server process and, when asked for, a worker process."""

    def __init__(self, home: Path, **changes: str | None) -> None:
        self.home, self.port, self.env = home, free_port(), environment(home, **changes)
        self.children: list[subprocess.Popen[bytes]] = []
        self.server = self._start(
            *(".venv/bin/granian", "--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws"),
            *("--port", str(self.port), "--log-level", "warning", "tests.integrations.served_app:app"),
        )
        eventually(self.answers)

    def _start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.home / "log").open("ab") as log:
            child = subprocess.Popen(words, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True)
        self.children.append(child)
        return child

    def work(self) -> None:
        """Start a worker."""
        self._start(sys.executable, "-m", "flask", "--app", "wsgi", "lms", "work")

    def answers(self) -> bool:
        assert self.server.poll() is None, (self.home / "log").read_text()
        with suppress(OSError):
            return self.get("/healthz").status == 200
        return False

    def get(self, path: str, method: str = "GET", host: str = HOST, body: str | None = None, **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
        try:
            connection.request(method, path, body=body, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())
        finally:
            connection.close()

    def log(self) -> str:
        return (self.home / "log").read_text()

    def stop(self) -> None:
        for child in self.children:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait(PATIENCE)


class Answer:
    """What came back."""

    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status, self.headers, self.text = status, {name.lower(): value for name, value in headers.items()}, text


def eventually(holds: Callable[[], Any]) -> None:
    """Wait until it holds; fails after a minute."""
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, "this did not come about within a minute"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Callable[..., Served]]:
    """Start servers on databases of their own; all are ended with the module."""
    running: list[Served] = []

    def start(**changes: str | None) -> Served:
        home = tmp_path_factory.mktemp("home")
        shutil.copy(sqlite_template, home / "lms.sqlite")
        running.append(Served(home, **changes))
        return running[-1]

    yield start
    for served in running:
        served.stop()


@pytest.fixture(scope="module")
def served(serve: Callable[..., Served]) -> Served:
    """One server without a worker."""
    return serve()


def test_it_answers_and_is_ready_once_a_worker_lives(serve: Callable[..., Served]) -> None:
    one = serve()
    assert one.get("/healthz").text == "ok\n"
    before = one.get("/readyz")
    assert before.status == 503
    assert json.loads(before.text) == {"database": True, "migrations": True, "worker": False}
    one.work()
    eventually(lambda: one.get("/readyz").status == 200)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/sign-in", 200),
        ("HEAD", "/help", 200),
        ("GET", "/help", 200),
        ("GET", "/", 303),
        ("GET", "/no-such-page", 404),
        ("GET", "/mailbox", 404),
        ("GET", "/static/no-such-file.css", 404),
        ("POST", "/sign-in", 400),
        ("DELETE", "/help", 405),
        ("GET", "/drill/fails", 500),
        ("GET", "/readyz", 503),
    ],
)
def test_every_kind_of_answer_carries_the_security_headers(served: Served, method: str, path: str, status: int) -> None:
    answer = served.get(path, method)
    assert answer.status == status
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")
    assert answer.headers["cache-control"] == "no-store"
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; ")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"https?:", policy) == []


def test_a_file_is_kept_for_ever_and_carries_headers_of_its_own(served: Served) -> None:
    sheet = re.findall(r'href="(/static/[^"]+\.css)"', served.get("/sign-in").text)[0]
    answer = served.get(sheet)
    assert answer.status == 200
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers


def test_no_answer_names_the_software_or_its_version(served: Served) -> None:
    for path in ("/sign-in", "/no-such-page", "/drill/fails"):
        answer = served.get(path)
        assert not re.search(r"\d|werkzeug|python", answer.headers.get("server", ""), re.I)
        assert "x-powered-by" not in answer.headers
        assert "Traceback" not in answer.text
        assert "werkzeug" not in answer.text.lower()


def test_the_sign_in_cookie_is_bound_to_this_host_and_to_https(served: Served) -> None:
    cookie = served.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-lms=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {part.strip() for part in cookie.split(";")}


@pytest.mark.parametrize("host", ["evil.example", "seminar.example.org.evil.example", "127.0.0.1", ""])
def test_another_host_name_is_refused(served: Served, host: str) -> None:
    assert served.get("/sign-in", host=host).status == 400


FORWARDED = {
    "X_Forwarded_For": "203.0.113.7",
    "X_Forwarded_Proto": "https",
    "X_Forwarded_Host": "evil.example",
    "X_Forwarded_Prefix": "/evil",
    "Forwarded": "for=203.0.113.7;host=evil.example;proto=https",
}


def test_what_a_client_says_about_proxies_is_not_believed(served: Served) -> None:
    seen = json.loads(served.get("/drill/who", **FORWARDED).text)
    assert seen == {"address": "127.0.0.1", "scheme": "http", "host": HOST, "url": f"http://{HOST}/help"}


def test_one_trusted_proxy_is_believed_about_address_and_scheme_alone(serve: Callable[..., Served]) -> None:
    behind = serve(LMS_TRUSTED_PROXIES="1")
    twice = {**FORWARDED, "X_Forwarded_For": "198.51.100.1, 203.0.113.7"}
    seen = json.loads(behind.get("/drill/who", **twice).text)
    assert seen == {"address": "203.0.113.7", "scheme": "https", "host": HOST, "url": f"https://{HOST}/help"}


def test_a_stop_finishes_the_request_in_flight(serve: Callable[..., Served]) -> None:
    one = serve()
    answers: list[Answer] = []
    thread = threading.Thread(target=lambda: answers.append(one.get("/drill/slow")))
    thread.start()
    time.sleep(0.7)
    one.server.send_signal(signal.SIGTERM)
    thread.join(PATIENCE)
    assert [(answer.status, answer.text) for answer in answers] == [(200, "finished")]
    assert one.server.wait(PATIENCE) == 0


def test_the_log_is_lines_of_json_without_paths_names_addresses_or_tokens(serve: Callable[..., Served]) -> None:
    one = serve()
    for path in (f"/reset/{CANARY}", f"/invitation/{CANARY}", f"/no-such/{CANARY}", f"/sign-in?next=/{CANARY}"):
        one.get(path, User_Agent=CANARY, Referer=f"https://{HOST}/{CANARY}", X_Forwarded_For=CANARY)
    form = f"address={CANARY}@example.org&password={CANARY}"
    one.get("/sign-in", "POST", body=form, Content_Type="application/x-www-form-urlencoded", Cookie=f"x={CANARY}")
    one.get("/drill/fails")
    one.get("/drill/logs")
    one.get("/sign-in", "GET", Accept_Language="\x1b[31mred")
    eventually(lambda: one.log().count('"request"') >= 8)
    lines = [json.loads(line) for line in one.log().splitlines()]
    assert CANARY not in one.log()
    assert "Canary Beispiel" not in one.log()
    assert "\x1b" not in one.log()
    assert {"event", "level", "timestamp"} <= set.intersection(*(set(line) for line in lines))
    failed = next(line for line in lines if line["event"] == "request.failed")
    assert (failed["endpoint"], failed["error"]) == ("fails", "ValueError")
    assert all(line["timestamp"].endswith("Z") for line in lines)


@pytest.mark.parametrize(
    "command",
    [
        (".venv/bin/granian", "--interface", "wsgi", "--workers", "1", "wsgi:app"),
        (sys.executable, "-m", "flask", "--app", "wsgi", "lms", "work"),
    ],
    ids=["server", "worker"],
)
def test_without_its_secrets_nothing_starts_and_a_sentence_says_why(tmp_path: Path, command: tuple[str, ...]) -> None:
    env = environment(tmp_path, LMS_LEDGER_KEY=None, LMS_MAIL_FROM=None, GRANIAN_PORT=str(free_port()))
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=PATIENCE)
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "The system does not start. " in said
    assert "LMS_LEDGER_KEY is not set" in said
    assert "LMS_MAIL_FROM is not set" in said
    assert KEYS.secret.hex() not in said


def test_a_process_that_was_told_to_is_in_development_only(tmp_path: Path) -> None:
    """A typing error in LMS_ENV must not open the doors of development."""
    env = environment(tmp_path, LMS_ENV="Development")
    words = (sys.executable, "-m", "flask", "--app", "wsgi", "lms", "check")
    done = subprocess.run(words, cwd=ROOT, env=env, check=False, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode != 0
    assert "LMS_ENV is 'Development'" in done.stdout + done.stderr
