"""Delivery reports (RFC 3464), read without trust: what came back, for good or for now."""

from __future__ import annotations

import datetime as dt
import email
import enum
import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.utils import parsedate_to_datetime

from lms.kernel.values import dataclass
from lms.people.rules.letters import FailureKind

MOST_BYTES = 2 * 1024 * 1024
MOST_PARTS = 50
MOST_RECIPIENTS = 20
_STATUS = re.compile(r"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_MESSAGE_ID = re.compile(r"<([\w-]{1,64})\.[0-9a-f]{16}@([\w.-]{1,255})>")


class Unread(enum.StrEnum):
    """Why a message tells us nothing."""

    TOO_LARGE = "too-large"
    NOT_A_REPORT = "not-a-report"
    NO_STATUS = "no-status"
    NOT_OURS = "not-ours"
    ARRIVED = "arrived"


@dataclass(frozen=True)
class Report:
    """That a letter came back: its public id, which began its Message-ID."""

    letter: str
    kind: FailureKind
    status: str
    day: dt.date


def read_report(raw: bytes, host: str, today: dt.date) -> Report | Unread:
    """What a report says of a letter of ours; `host` is that of our Message-IDs, `today` the day for one without.

    Whatever is malformed, hostile or meant for others gives the reason why it was not read, and never an error.
    """
    if len(raw) > MOST_BYTES:
        return Unread.TOO_LARGE
    try:
        message = email.message_from_bytes(raw, policy=policy.compat32)
        return _read(message, host, today)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
        # The parser repairs what it can; what a hostile sender breaks beyond that is no report to us.
        return Unread.NOT_A_REPORT


def _read(message: Message, host: str, today: dt.date) -> Report | Unread:
    parts = [part for _number, part in zip(range(MOST_PARTS), message.walk(), strict=False)]
    status_part = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if message.get_content_type() != "multipart/report" or status_part is None:
        return Unread.NOT_A_REPORT
    failures = [found for block in _blocks(status_part) if (found := _failure(block))]
    if not failures:
        return Unread.ARRIVED if any(_action(block) for block in _blocks(status_part)) else Unread.NO_STATUS
    ours = _message_id(message, parts, host)
    if ours is None:
        return Unread.NOT_OURS
    # "permanent" comes before "temporary": the gravest counts.
    kind, status = min(failures)
    return Report(ours, kind, status, _day(message, today))


def _blocks(part: Message) -> Iterator[Message]:
    """The groups of fields in a delivery status: one about the message, then one for each recipient."""
    payload = part.get_payload()
    if isinstance(payload, list):
        yield from (block for block in payload[: MOST_RECIPIENTS + 1] if isinstance(block, Message))


def _action(block: Message) -> str:
    return str(block.get("Action", "")).split("(")[0].strip().lower()


def _failure(block: Message) -> tuple[FailureKind, str] | None:
    """What one recipient's group tells: failed for good or for now, or delayed."""
    action, found = _action(block), _STATUS.match(str(block.get("Status", "")))
    status = found[1] if found else ""
    if action == "failed":
        # RFC 3464 has 4.x.x also for what was given up after days: the address may be right.
        permanent = not status.startswith("4")
        return (FailureKind.PERMANENT, status or "5.0.0") if permanent else (FailureKind.TEMPORARY, status)
    return (FailureKind.TEMPORARY, status or "4.0.0") if action == "delayed" else None


def _message_id(message: Message, parts: list[Message], host: str) -> str | None:
    """The letter's part of our own Message-ID: from the letter that came back, else from what the report refers to."""
    returned = [part for part in parts if part.get_content_type() in ("message/rfc822", "text/rfc822-headers")]
    for text in [*map(_returned_id, returned), str(message.get("In-Reply-To", "")), str(message.get("References", ""))]:
        for found in _MESSAGE_ID.finditer(text):
            if found[2].lower() == host.lower():
                return found[1]
    return None


def _returned_id(part: Message) -> str:
    payload = part.get_payload()
    if isinstance(payload, list):
        return str(payload[0].get("Message-ID", "")) if payload and isinstance(payload[0], Message) else ""
    decoded = part.get_payload(decode=True)
    headers = decoded if isinstance(decoded, bytes) else str(payload).encode()
    return str(email.message_from_bytes(headers, policy=policy.compat32).get("Message-ID", ""))


def _day(message: Message, today: dt.date) -> dt.date:
    """The day of the report; not one to come, nor one long past, since anybody can write a date."""
    try:
        at = parsedate_to_datetime(str(message.get("Date", "")))
        said = (at.astimezone(dt.UTC) if at.tzinfo else at).date()
    except (ValueError, TypeError, OverflowError):
        return today
    return said if today - dt.timedelta(days=60) <= said <= today else today
