"""What another deadline of an edition does to its people."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lms.kernel.values import dataclass

from . import Deadline


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


def told_apart_by(present: Deadline, shifts: Sequence[Shift]) -> str:
    """All by which what was shown to a coordinator is told from what would happen now: the deadline in force, and whose
    becomes which."""
    said = [(one.enrolment_id, one.before.isoformat(), one.then.isoformat()) for one in shifts]
    return repr((present.at.isoformat(), str(present.day), said))
