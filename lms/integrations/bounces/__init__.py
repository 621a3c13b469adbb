"""Letters that came back: reports (RFC 3464) are read and kept as a class and a day, and lead to no name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from urllib.parse import urlsplit

from lms.kernel.settings import Settings
from lms.kernel.unit_of_work import unit_of_work
from lms.people.rules.letters import FailureKind
from lms.people.services import note_failure

from .maildir import Told, from_stream, is_maildir, unread_in
from .reports import Report, Unread, read_report

__all__ = ["Told", "from_stream", "is_maildir", "take", "take_maildir"]


def take(raw: bytes, told: Told, settings: Settings, at: dt.datetime) -> None:
    """Read one message and keep what it says, once; what came of it is added to `told`."""
    found = read_report(raw, urlsplit(settings.public_url).hostname or "", at.date())
    if isinstance(found, Unread):
        told.unread[found] += 1
        return
    _keep(found, told, at)


def _keep(report: Report, told: Told, at: dt.datetime) -> None:
    with unit_of_work() as session:
        noted = note_failure(
            session, letter=report.letter, kind=report.kind, status=report.status, day=report.day, at=at
        )
    if noted is None:
        told.unread[Unread.NOT_OURS] += 1
    elif not noted:
        told.known += 1
    elif report.kind is FailureKind.PERMANENT:
        told.permanent += 1
    else:
        told.temporary += 1


def take_maildir(folder: Path, settings: Settings, at: dt.datetime) -> Told:
    """Read every message of a Maildir that was not seen and mark it as seen once what it says is kept.

    A run that is ended in between, or two at once, keep nothing twice.
    """
    told = Told()
    for message in unread_in(folder):
        try:
            raw = message.raw()
        except OSError:  # taken away beside us, or not ours to read
            told.unread[Unread.NOT_A_REPORT] += 1
            continue
        take(raw, told, settings, at)
        message.mark_read()
    return told
