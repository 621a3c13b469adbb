"""Where letters lie while there is no mail server: a folder of .eml files that development shows on a page."""

from __future__ import annotations

import datetime as dt
import email
import os
import re
from collections.abc import Collection
from email import policy
from email.message import EmailMessage
from pathlib import Path

from lms.kernel.settings import Settings
from lms.kernel.values import dataclass

from .message import Part, paragraphs

NEWEST = 100
KEPT = dt.timedelta(days=30)
_NAME = re.compile(r"<([\w.-]+)@")


@dataclass(frozen=True)
class KeptLetter:
    """A letter as the page shows it."""

    name: str
    to: str
    subject: str
    date: str
    paragraphs: list[list[Part]]


def folder(settings: Settings) -> Path:
    """Only its owner may enter: letters hold names, addresses and codes."""
    return settings.home / "mail"


def keep(settings: Settings, message: EmailMessage) -> Path:
    """Write the message down under its Message-ID, so that a repetition replaces it."""
    found = _NAME.match(str(message["Message-ID"]))
    place = folder(settings) / f"{found.group(1) if found else 'letter'}.eml"
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
    part.replace(place)
    return place


def forget(settings: Settings, letters: Collection[str]) -> None:
    """Remove these letters, by the public ids that their names begin with."""
    for path in folder(settings).glob("*"):
        if path.name.partition(".")[0] in letters:
            path.unlink(missing_ok=True)


def forget_older(settings: Settings, at: dt.datetime) -> None:
    """Remove what was kept for thirty days."""
    for path in folder(settings).glob("*"):
        if path.stat().st_mtime < (at - KEPT).timestamp():
            path.unlink(missing_ok=True)


def kept(settings: Settings) -> list[KeptLetter]:
    """The newest letters, the newest first."""
    files = sorted(folder(settings).glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [_read(path) for path in files[:NEWEST]]


def _read(path: Path) -> KeptLetter:
    message = email.message_from_bytes(path.read_bytes(), policy=policy.default)
    body = message.get_body(("plain",))
    text = str(body.get_content()) if body else ""
    return KeptLetter(
        name=path.stem,
        to=str(message["To"]),
        subject=str(message["Subject"]),
        date=str(message["Date"]),
        paragraphs=paragraphs(text),
    )
