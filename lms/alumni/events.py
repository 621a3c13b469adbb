"""What happens in the community, as facts for the contexts above."""

from __future__ import annotations

import datetime as dt

from lms.kernel.events import Event
from lms.kernel.values import dataclass


@dataclass(frozen=True)
class MembershipOpened(Event):
    """Somebody who holds a valid record has agreed to be a member."""

    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class MembershipLeft(Event):
    """A member has left, by their own word."""

    person_id: int
    at: dt.datetime
