"""What happens to a person on the course, as facts for the contexts above."""

from __future__ import annotations

import datetime as dt

from lms.kernel.events import Event
from lms.kernel.values import dataclass


@dataclass(frozen=True)
class PreReadingCompleted(Event):
    """Somebody finished everything the completion rule asks them to read; said once for an enrolment."""

    enrolment_id: int
    edition_id: int
    person_id: int
    version_id: int
    at: dt.datetime


@dataclass(frozen=True)
class Read(Event):
    """People have finished more units than before, or fewer, or other ones are asked of them."""

    enrolment_ids: tuple[int, ...]
