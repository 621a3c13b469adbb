"""Alumni status follows from valid completion records; nobody types it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from lms.kernel.values import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """That somebody is an alumna or alumnus: since which record, of which day, resting on how many."""

    first_record: str
    since: dt.date
    records: int


def status(records: Iterable[tuple[str, dt.date]]) -> Status | None:
    """The status that valid records (id, day) give; none without one. Of one day, the first in order of ids counts."""
    in_order = sorted(records, key=lambda found: (found[1], found[0]))
    if not in_order:
        return None
    first, since = in_order[0]
    return Status(first, since, len(in_order))
