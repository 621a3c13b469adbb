"""Who needs attention and why, and in which order a coordinator is told: of plain values, without who it is."""

from __future__ import annotations

import datetime as dt
import enum
from functools import lru_cache
from zoneinfo import ZoneInfo

from lms.kernel.values import dataclass

UNSEEN_AFTER = 3
"""Days after which an invitation that nobody followed is worth a word; sooner when the deadline is near."""
SILENT_AFTER = 7
"""Days without a finished text after which somebody counts as stopped."""
NEAR = 7
"""Days before the deadline from which on it is near."""
RESTS = 2
"""Days that somebody stands behind all others after they were contacted: today and yesterday."""


class Reason(enum.StrEnum):
    """Why somebody needs attention; in the order in which it is said."""

    CANNOT_ATTEND = "cannot-attend"
    MORE_TIME = "more-time"
    MAIL_FAILED = "mail-failed"
    NOT_SIGNED_IN = "not-signed-in"
    STOPPED = "stopped"
    DEADLINE_PASSED = "deadline-passed"
    DEADLINE_NEAR = "deadline-near"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one person in one edition. Days are counted on the calendar of `zone`, the edition's."""

    enrolment_id: int
    zone: str
    starts_on: dt.date
    deadline: dt.datetime
    deadline_on: dt.date | None = None
    """The day alone, where it may not be told at what time it ends for this person; `deadline` stands for it then."""
    invited_at: dt.datetime | None = None
    first_seen_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None
    """When a text was finished last; when one was opened is never asked."""
    complete: bool = False
    units_left: int = 0
    name_confirmed: bool = True
    more_time_at: dt.datetime | None = None
    cannot_attend_at: dt.datetime | None = None
    mail_failed_at: dt.datetime | None = None
    contacted_on: dt.date | None = None

    @property
    def sign_of_life(self) -> dt.datetime | None:
        """The last thing that is known to have happened: a text finished, the first sign-in, else the invitation."""
        return self.finished_at or self.first_seen_at or self.invited_at


def days_between(first: dt.datetime, last: dt.datetime, zone: str) -> int:
    """Days on the calendar of a zone from one instant to another; negative when the second comes first."""
    return (day_of(last, zone) - day_of(first, zone)).days


@lru_cache(maxsize=4096)
def day_of(at: dt.datetime, zone: str) -> dt.date:
    """The day on the calendar of a zone; deadlines, and the present, are asked for again and again."""
    return at.astimezone(ZoneInfo(zone)).date()


def days_left(facts: Facts, at: dt.datetime) -> int:
    """Days to the person's own deadline; once they have read everything, to the first day on site. Never below 0."""
    if not facts.complete:
        return max(0, days_between(at, facts.deadline, facts.zone))
    return max(0, (facts.starts_on - day_of(at, facts.zone)).days)


def silence(facts: Facts, at: dt.datetime) -> int:
    """Days since the last sign of life."""
    last = facts.sign_of_life
    return max(0, days_between(last, at, facts.zone)) if last else 0


def reasons(facts: Facts, at: dt.datetime) -> tuple[Reason, ...]:
    """Why this person needs attention now; nothing when they do not."""
    found = {
        Reason.CANNOT_ATTEND: facts.cannot_attend_at is not None,
        Reason.MORE_TIME: facts.more_time_at is not None,
        Reason.MAIL_FAILED: facts.mail_failed_at is not None,
        Reason.NOT_SIGNED_IN: _not_signed_in(facts, at),
        Reason.STOPPED: _stopped(facts, at),
        Reason.DEADLINE_PASSED: not facts.complete and at > facts.deadline,
        Reason.DEADLINE_NEAR: not facts.complete and at <= facts.deadline and days_left(facts, at) <= NEAR,
        Reason.NAME: facts.first_seen_at is not None and not facts.name_confirmed,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def _not_signed_in(facts: Facts, at: dt.datetime) -> bool:
    if facts.first_seen_at is not None or facts.invited_at is None:
        return False
    return silence(facts, at) >= UNSEEN_AFTER or days_left(facts, at) <= NEAR


def _stopped(facts: Facts, at: dt.datetime) -> bool:
    return facts.first_seen_at is not None and not facts.complete and silence(facts, at) >= SILENT_AFTER


def order(facts: Facts, at: dt.datetime) -> tuple[int, int, int, int, int]:
    """What people are sorted by, the smallest first. In this order:

    1. who was contacted today or yesterday comes after everybody else;
    2. fewer days left (`days_left`) come first;
    3. more units left to read come first;
    4. a longer silence comes first;
    5. what is the same in all of these stays in the order in which people came into the edition.
    """
    return (
        int(_rests(facts, at)),
        days_left(facts, at),
        -facts.units_left,
        -silence(facts, at),
        facts.enrolment_id,
    )


def _rests(facts: Facts, at: dt.datetime) -> bool:
    if facts.contacted_on is None:
        return False
    return (day_of(at, facts.zone) - facts.contacted_on).days < RESTS
