"""What the feed says, and in which words: CloudEvents 1.0 documents, one for each fact, and the cursor that leads
through them."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Mapping
from typing import Any

from lms.kernel.values import dataclass

TYPES = "org.lemkinseminar"
_CURSOR = re.compile(r"([1-9][0-9]{0,17})\.([0-9a-f]{8})")


class EventKind(enum.StrEnum):
    """What has happened."""

    STATUS_OPENED = "alumni.status.opened"
    STATUS_CHANGED = "alumni.status.changed"
    STATUS_ENDED = "alumni.status.ended"
    RECORD_ISSUED = "record.issued"
    RECORD_ENDED = "record.ended"
    NAME_CORRECTED = "person.name-corrected"
    PERSON_ERASED = "person.erased"

    @property
    def type(self) -> str:
        """The type as a CloudEvent carries it, with the version of what `data` holds."""
        return f"{TYPES}.{self}.v1"


class Field(enum.StrEnum):
    """What a partner may be told beside ids, if its permission says so and it asks for it."""

    EDITIONS = "editions"
    STATES = "states"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Told:
    """The alumni status as the feed told it last; nothing where it told of none."""

    since: dt.date | None = None
    records: int = 0


def news(told: Told, now: Told) -> EventKind | None:
    """What has to be told, so that whoever read the feed knows the status as it is now."""
    if told == now:
        return None
    if now.since is None:
        return EventKind.STATUS_ENDED
    return EventKind.STATUS_OPENED if told.since is None else EventKind.STATUS_CHANGED


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last event that somebody has read: its place, and the beginning of its id. Where another event stands in that
    place, the feed is another one than was read: an older backup was restored."""

    position: int
    mark: str

    def __str__(self) -> str:
        return f"{self.position}.{self.mark}"


def cursor_of(position: int, event: str) -> Cursor:
    """The cursor that stands behind an event."""
    return Cursor(position, event[:8])


def read_cursor(text: str) -> Cursor:
    """Raises ValueError for what is no cursor of ours."""
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return Cursor(int(found[1]), found[2])


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as it is kept, with what is known of its person now."""

    position: int
    event: str
    kind: EventKind
    number: int
    at: dt.datetime
    facts: Mapping[str, Any]
    subject: str
    erased: bool
    hidden: bool
    """Whether the person is not to be named: then neither name nor state is told, and what was told is to be
    forgotten."""
    name: Mapping[str, str] | None = None
    """As it stands on the newest record in force."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a document is made: the address of the feed, what stands for an id, and what is told beside ids."""

    source: str
    alias: Callable[[str], str]
    fields: frozenset[Field]


def document(found: Happened, reader: Reader) -> dict[str, Any]:
    """One event as a CloudEvent 1.0 in JSON, with the extensions `sequence` (of its subject) and `cursor`."""
    return {
        "specversion": "1.0",
        "id": found.event,
        "source": reader.source,
        "type": found.kind.type,
        "subject": reader.alias(found.subject),
        "time": found.at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "datacontenttype": "application/json",
        "sequence": f"{found.number:010d}",
        "cursor": str(cursor_of(found.position, found.event)),
        "data": _data(found, reader),
    }


def _data(found: Happened, reader: Reader) -> dict[str, Any]:
    if found.erased and found.kind is not EventKind.PERSON_ERASED:
        return {"erased": True}
    said = {name: value for name, value in found.facts.items() if name not in ("edition", "state")}
    for name in ("record", "replaces", "successor"):
        if name in said:
            said[name] = reader.alias(said[name])
    if Field.EDITIONS in reader.fields and "edition" in found.facts:
        said["edition"] = found.facts["edition"]
    if found.hidden:
        # Nobody who never had a name or a state to forget is told who is in danger.
        had = bool(reader.fields & {Field.NAMES, Field.STATES}) and found.kind is EventKind.NAME_CORRECTED
        return said | ({"withheld": True} if had else {})
    if Field.STATES in reader.fields and "state" in found.facts:
        said["state"] = found.facts["state"]
    if Field.NAMES in reader.fields and found.name:
        said["name"] = dict(found.name)
    return said


LONGEST_LIFE = dt.timedelta(days=366)
OVERLAP = dt.timedelta(days=7)
"""How long the token before goes on when another is made in its place."""


def overlapping_until(expires_at: dt.datetime, at: dt.datetime) -> dt.datetime:
    """When a token ends that was followed by another."""
    return min(expires_at, at + OVERLAP)
