"""What another deadline of an edition does to its people."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Shift:
    """One person whose own deadline becomes another; `zone` is their institution's. Whoever has finished the
    pre-reading needs no letter about it."""

    enrolment_id: int
    enrolment: str
    person_id: int
    zone: str
    before: dt.datetime
    then: dt.datetime
    finished: bool

    @property
    def later(self) -> bool:
        """Whether they have more time than before."""
        return self.then > self.before


def fingerprint(shifts: Sequence[Shift]) -> str:
    """Tells what was shown to a coordinator from what would happen now."""
    said = [(one.enrolment_id, one.before.isoformat(), one.then.isoformat()) for one in shifts]
    return hashlib.sha256(repr(said).encode()).hexdigest()
