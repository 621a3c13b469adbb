"""What happens to completion records, as facts for the contexts above."""

from __future__ import annotations

import datetime as dt

from lms.kernel.events import Event
from lms.kernel.values import dataclass


@dataclass(frozen=True)
class RecordIssued(Event):
    """A person's place in an edition was completed; `dated` is the day in the edition's zone."""

    record: str
    person_id: int
    enrolment_id: int
    edition_id: int
    dated: dt.date
    at: dt.datetime
    replaces: str | None = None
    """The record that this one corrects; `dated` is that one's day."""


@dataclass(frozen=True)
class RecordsIssued(Event):
    """Records were issued to these people in one act; said once, after RecordIssued was said of each."""

    person_ids: tuple[int, ...]
    at: dt.datetime


@dataclass(frozen=True)
class RecordEnded(Event):
    """A record is not valid any more: corrected, withdrawn or revoked; `act` says which."""

    record: str
    person_id: int
    act: str
    at: dt.datetime
    successor: str | None = None
    """The record that has taken its place, where it was corrected."""
    reason: str | None = None
    """The class of the cause, where it was revoked."""
