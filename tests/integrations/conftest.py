"""A real mail server on this machine, which keeps what it takes, and an empty database beside the app's."""

from __future__ import annotations

import email
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from flask import Flask

from tests.conftest import running
from tests.integrations.certificate import make_certificate


@dataclass
class Post:
    """What a mail server has seen."""

    envelopes: list[Envelope] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    port: int = 0
    refusal: str = "550 5.1.1"
    """What it answers for nowhere.example."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take the letter, or answer what the test asked for."""
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return self.answers.pop(0) if self.answers else "250 taken"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Envelope, address: str, _options: Any) -> str:
        """Know nobody at nowhere.example."""
        if address.endswith("@nowhere.example"):
            return f"{self.refusal} <{address}>: nobody of this name"
        envelope.rcpt_tos.append(address)
        return "250 known"

    @property
    def messages(self) -> list[EmailMessage]:
        """What it took, parsed."""
        return [email.message_from_bytes(each.content or b"", policy=policy.default) for each in self.envelopes]


class OnAnyPort(Controller):
    """A server on whichever port is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


PostMaker = Callable[..., Post]


@pytest.fixture
def post() -> Iterator[PostMaker]:
    """Start mail servers; they end with the test."""
    running: list[Controller] = []

    def start(**options: Any) -> Post:
        taking = Post()
        controller = OnAnyPort(taking, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True, **options)
        controller.start()
        running.append(controller)
        taking.port = controller.port
        return taking

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for localhost that nobody vouches for, and a server's context with it."""
    file = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return file, context


def only(user: bytes, password: bytes) -> Callable[..., AuthResult]:
    """An authenticator that knows one account."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (user, password), handled=False)

    return authenticate


@pytest.fixture
def empty(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """Another app on an empty database of the same kind, with the same keys; its context is not pushed."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        url = f"sqlite:///{home / 'empty.sqlite'}"
        with running(url, home) as made:
            yield made
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create("empty")
    with running(url, home) as made:
        yield made
    server.drop("empty")
