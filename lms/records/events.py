"""What happens to completion records, as facts for the contexts above."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lms.kernel.events import Event


@dataclass(frozen=True)
class RecordIssued(Event):
    """A person's place in an edition was completed; `dated` is the day in the edition's zone."""

    record: str
    person_id: int
    enrolment_id: int
    edition_id: int
    dated: dt.date
    at: dt.datetime


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
