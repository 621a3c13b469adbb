"""Handing a message to the mail server, and saying in one sentence why it did not take it."""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from dataclasses import field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from lms.kernel.settings import Settings
from lms.kernel.values import dataclass

SECONDS = 10
"""For each step of the conversation; a server that is slower is tried again later."""


class MailFailed(Exception):
    """The server did not take it; the sentence names no person and repeats nothing the server said."""


class AddressUnknown(MailFailed):
    """The server says for good that it knows no such address: trying again would change nothing."""

    def __init__(self, sentence: str, status: str) -> None:
        super().__init__(sentence)
        self.status = status
        """As a report of a letter that came back would say it, such as 5.1.1 (RFC 3463)."""


@dataclass(frozen=True)
class MailServer:
    """Where letters are handed over."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    tls_from_the_start: bool
    must_encrypt: bool
    calls_itself: str


def server_of(settings: Settings) -> MailServer:
    """The mail server of the settings; raises MailFailed when its address cannot be read.

    Without encryption only this machine is spoken to, or in development a server that asks for no password.
    """
    try:
        url = urlsplit(settings.mail_url)
        port = url.port
    except ValueError as error:
        raise MailFailed("LMS_MAIL_URL cannot be read: write smtp://user:password@host:port.") from error
    if url.scheme not in ("smtp", "smtps") or not url.hostname:
        raise MailFailed("LMS_MAIL_URL cannot be read: write smtp://user:password@host:port.")
    tls = url.scheme == "smtps"
    return MailServer(
        host=url.hostname,
        port=port or (465 if tls else 587),
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        tls_from_the_start=tls,
        must_encrypt=not tls and not _loopback(url.hostname) and (not settings.development or bool(url.username)),
        calls_itself=urlsplit(settings.public_url).hostname or "localhost",
    )


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def deliver(server: MailServer, message: EmailMessage) -> None:
    """Hand the message over; raises MailFailed. When it returns, the server has taken the message."""
    try:
        with _connected(server) as connection:
            if server.must_encrypt:
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            connection.send_message(message)
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        # Without its cause: what servers say repeats the address of the person written to.
        status = _unknown_address(error)
        told = _sentence(server, error)
        raise (AddressUnknown(told, status) if status else MailFailed(told)) from None


def _connected(server: MailServer) -> smtplib.SMTP:
    if server.tls_from_the_start:
        return smtplib.SMTP_SSL(
            server.host, server.port, server.calls_itself, timeout=SECONDS, context=ssl.create_default_context()
        )
    return smtplib.SMTP(server.host, server.port, server.calls_itself, timeout=SECONDS)


_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (smtplib.SMTPAuthenticationError, "does not accept the name and password in LMS_MAIL_URL{code}."),
    (smtplib.SMTPRecipientsRefused, "does not take letters for this address{code}."),
    (smtplib.SMTPSenderRefused, "does not take letters from the address in LMS_MAIL_FROM{code}."),
    (smtplib.SMTPNotSupportedError, "cannot do what is needed: encryption (STARTTLS), a password, or such an address."),
    (smtplib.SMTPResponseException, "refused the letter{code}."),
    (smtplib.SMTPServerDisconnected, "ended the conversation in the middle."),
    (
        ssl.SSLCertVerificationError,
        "shows a certificate for another name, or one that nobody here vouches for.",
    ),
    (ssl.SSLError, "could not agree on encryption; perhaps smtps:// and smtp:// are mixed up."),
    (TimeoutError, f"did not answer within {SECONDS} seconds."),
    (OSError, "cannot be reached."),
)


def _sentence(server: MailServer, error: Exception) -> str:
    words = next((words for kind, words in _SENTENCES if isinstance(error, kind)), "refused the letter.")
    code = _code(error)
    return f"The mail server {server.host}:{server.port} {words.format(code=f' ({code})' if code else '')}"


_STATUS = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
_OF_ADDRESSES = re.compile(r"5\.1\.\d+|5\.2\.1|5\.0\.0")
"""Bad addresses, mailboxes that are closed (RFC 3463, 3.2 and 3.3), and what is not said more closely. A full mailbox,
and a server that takes nothing from us at present, say nothing of the address."""


def _unknown_address(error: Exception) -> str:
    """The status by which a server refuses a recipient for good (RFC 5321, 4.2.2: 550, 551, 553); "" for all else."""
    if not isinstance(error, smtplib.SMTPRecipientsRefused):
        return ""
    code, said = next(iter(error.recipients.values()), (0, b""))
    text = said.decode("ascii", "replace") if isinstance(said, bytes) else str(said)
    found = _STATUS.search(text)
    status = found[0] if found else "5.0.0"
    return status if code in (550, 551, 553) and _OF_ADDRESSES.fullmatch(status) else ""


def _code(error: Exception) -> int | None:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((int(code) for code, _said in error.recipients.values()), None)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else None
