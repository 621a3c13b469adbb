"""Mail, from the outbox to SMTP."""

from __future__ import annotations

from typing import Any

from lms.kernel import outbox
from lms.kernel.clock import now
from lms.kernel.settings import Settings, present_settings
from lms.kernel.unit_of_work import own_transaction, reading
from lms.people.letters import Letter, letter_for
from lms.people.rules.letters import FailureKind
from lms.people.services import note_failure, note_sent, note_withheld

from .mailbox import keep
from .message import compose
from .smtp import AddressUnknown, MailFailed, deliver, server_of

__all__ = ["MailFailed", "send", "send_from_outbox"]


@outbox.effect("mail.send")
def send_from_outbox(payload: dict[str, Any], stable_id: str) -> None:
    """Send what the payload asks for; no letter when its reason is gone (a person erased, an invitation withdrawn)."""
    with reading() as session:
        letter = letter_for(session, payload)
    row = payload.get("letter")
    if letter is not None:
        try:
            send(letter, present_settings(), row or stable_id)
        except AddressUnknown as no:
            if not row:
                raise
            _came_back(row, no.status)
            return
    if row:
        note = note_sent if letter is not None else note_withheld
        with own_transaction() as session:
            note(session, letter=row, at=now())


def _came_back(row: str, status: str) -> None:
    """A letter refused at the door is one that came back: nothing goes to its address until somebody says so."""
    at = now()
    with own_transaction() as session:
        note_failure(session, letter=row, kind=FailureKind.PERMANENT, status=status, day=at.date(), at=at)


def send(letter: Letter, settings: Settings, stable_id: str) -> str:
    """Hand one letter over, or keep it where no server is set; gives the name of who has it. Raises MailFailed."""
    message = compose(letter, settings, stable_id, now())
    if not settings.mail_url:
        return str(keep(settings, message))
    server = server_of(settings)
    deliver(server, message)
    return f"{server.host}:{server.port}"
