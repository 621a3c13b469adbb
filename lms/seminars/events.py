"""What happens in editions, as facts for the contexts above."""

from __future__ import annotations

import datetime as dt

from lms.kernel.events import Event
from lms.kernel.values import dataclass


@dataclass(frozen=True)
class EnrolmentInvited(Event):
    """Somebody was invited into an edition."""

    enrolment_id: int
    edition_id: int
    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class EnrolmentAccepted(Event):
    """Somebody took their place."""

    enrolment_id: int
    edition_id: int
    person_id: int
    at: dt.datetime


@dataclass(frozen=True)
class EnrolmentEnded(Event):
    """Somebody declined, withdrew, was replaced or deferred; `state` says which."""

    enrolment_id: int
    edition_id: int
    person_id: int
    state: str
    at: dt.datetime


@dataclass(frozen=True)
class Recounted(Event):
    """Somebody who has signed in counts among an edition's people from now on, or no more; said while their place is
    held, so that what is counted of them can be brought in line."""

    enrolment_id: int


@dataclass(frozen=True)
class CameFurther(Event):
    """People who count in their editions have reached a stage for the first time; said while their places are held."""

    enrolment_ids: tuple[int, ...]
    stage: str


@dataclass(frozen=True)
class CountedElsewhere(Event):
    """People who count are taken out of the numbers of their state and sector (-1), or come into those of the one that
    their places have now (+1); said while their places are held."""

    enrolment_ids: tuple[int, ...]
    change: int


@dataclass(frozen=True)
class LookedAtAnew(Event):
    """Of these places something has changed by which it is decided whom a coordinator is told of: whether somebody
    counts, when they were invited or first seen, until when they have time, whether their name is confirmed."""

    enrolment_ids: tuple[int, ...]


@dataclass(frozen=True)
class EditionLookedAtAnew(Event):
    """The same of everybody in an edition: its deadline has changed, or the calendar that its days are counted on."""

    edition_id: int


@dataclass(frozen=True)
class PlacesJoined(Event):
    """Two places of one edition were one person's: what was earned at the other one is to count at the one kept.
    `written_by` is the entry whose key sealed what was written at the other one."""

    kept_id: int
    other_id: int
    edition_id: int
    person_id: int
    written_by: int
    at: dt.datetime


@dataclass(frozen=True)
class EditionVersionChanged(Event):
    """An edition reads another version of its course from now on."""

    edition_id: int
    version_id: int
    at: dt.datetime


@dataclass(frozen=True)
class AttendanceClosed(Event):
    """A coordinator closed an edition's attendance; the results are written."""

    edition_id: int
    at: dt.datetime
    by: str
