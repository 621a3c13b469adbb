"""What is true of editions and places in them, as pure functions: visibility, state changes, attendance; deadlines."""

from __future__ import annotations

import datetime as dt
import enum
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from lms.kernel.values import dataclass
from lms.people.rules import Scope

from .deadlines import Deadline as Deadline
from .deadlines import DeadlinePolicy as DeadlinePolicy
from .deadlines import NoSuchTime as NoSuchTime
from .deadlines import due_at as due_at
from .deadlines import due_for as due_for
from .deadlines import end_of_day as end_of_day
from .deadlines import instant as instant
from .deadlines import told_without_zone as told_without_zone

LONGEST_EDITION = 60


class EditionKind(enum.StrEnum):
    """How far an edition reaches."""

    GLOBAL = "global"
    REGIONAL = "regional"
    NATIONAL = "national"


class EnrolmentState(enum.StrEnum):
    """Where a person's place stands."""

    NOMINATED = "nominated"
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REPLACED = "replaced"
    DEFERRED = "deferred"
    """Given up here for a place in a later edition."""


class Link(enum.StrEnum):
    """How one place hangs together with another."""

    DEFERRED_FROM = "deferred-from"
    DEFERRED_TO = "deferred-to"
    REPLACED_BY = "replaced-by"
    REPLACES = "replaces"


class Companion(enum.StrEnum):
    """Who is in an edition without being a participant, outside all numbers."""

    FELLOW = "fellow"
    INSTRUCTOR = "instructor"
    OBSERVER = "observer"
    SPEAKER = "speaker"


class HalfDay(enum.StrEnum):
    """Morning or afternoon."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Mark(enum.StrEnum):
    """What an attendance sheet says of one person in one half-day."""

    PRESENT = "present"
    ABSENT = "absent"
    EXCUSED = "excused"


class RequestKind(enum.StrEnum):
    """What a participant asks of the coordinator."""

    MORE_TIME = "more-time"
    CANNOT_ATTEND = "cannot-attend"


class ContactKind(enum.StrEnum):
    """How somebody was in touch with a participant."""

    CALLED = "called"
    WROTE = "wrote"
    MET = "met"


class AttendanceStands(enum.StrEnum):
    """How the attendance of an edition stands, in one word."""

    OPEN = "open"
    NOT_CLOSED = "not-closed"
    """The edition is over, and nobody has closed it; of one held before this system nobody may ever."""
    CLOSED = "closed"


class Stage(enum.StrEnum):
    """The steps of the way, for counting. A person is counted at each stage reached."""

    INVITED = "invited"
    SIGNED_IN = "signed-in"
    READING = "reading"
    PRE_READING = "pre-reading"
    ATTENDED = "attended"
    RECORDED = "recorded"


PLACES, NAMES_AWAITED = "places", "names-awaited"
"""What else of an edition is counted: everybody who was ever nominated, and who has signed in without confirming a
name."""
ANSWERS_AWAITED = "answers-awaited"
"""Who has asked for something and has no answer yet: so few that they are counted when somebody looks."""
COMPLETE = "complete"
"""The part of an edition's people who have completed the pre-reading; higher contexts count parts of their own."""


# Who is visible -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """What of an enrolment decides who sees it; `edition` and `institution` are public ids."""

    edition: str
    state_code: str
    institution: str
    person_id: int


def visible(scope: Scope, place: Place) -> bool:
    """Whether somebody with this scope may see this person's place; `queries.visible_to` is the same for a list."""
    if place.person_id == scope.person_id:
        return True
    if scope.counts_only:
        return False
    return (
        scope.everything
        or place.edition in scope.editions
        or place.state_code in scope.states
        or place.institution in scope.institutions
    )


def coordinates(scope: Scope, edition: str) -> bool:
    """Whether somebody with this scope may change the edition with this public id."""
    return not scope.counts_only and (scope.everything or edition in scope.editions)


def coordinates_any(scope: Scope) -> bool:
    """Whether somebody with this scope may change any edition."""
    return not scope.counts_only and (scope.everything or bool(scope.editions))


# The state of an enrolment ------------------------------------------------------------------------------------------

ENDED = frozenset({EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN, EnrolmentState.REPLACED, EnrolmentState.DEFERRED})
COUNTED = frozenset({EnrolmentState.INVITED, EnrolmentState.ACCEPTED})
OPEN = frozenset({EnrolmentState.NOMINATED, EnrolmentState.INVITED, EnrolmentState.ACCEPTED})
"""Where a place is not given up."""
_FOLLOWS: dict[EnrolmentState | None, frozenset[EnrolmentState]] = {
    None: frozenset({EnrolmentState.NOMINATED}),
    EnrolmentState.NOMINATED: ENDED | {EnrolmentState.INVITED},
    EnrolmentState.INVITED: ENDED | {EnrolmentState.ACCEPTED},
    EnrolmentState.ACCEPTED: ENDED,
    # Somebody who left may be asked again: the substitute falls ill, the ministry changes its mind.
    **dict.fromkeys(ENDED, frozenset({EnrolmentState.INVITED})),
    # Who was withdrawn before being told may also be nominated again.
    EnrolmentState.WITHDRAWN: frozenset({EnrolmentState.INVITED, EnrolmentState.NOMINATED}),
}
TAKEN_BACK = ENDED
"""Steps that can be taken back as if they had not been made, as long as nobody else has the place because of them."""


def may_become(now: EnrolmentState | None, then: EnrolmentState) -> bool:
    """Whether an enrolment in state `now` (None: not there yet) may come to the state `then`."""
    return then in _FOLLOWS[now]


def state_before(steps: Sequence[EnrolmentState]) -> EnrolmentState | None:
    """Where a place comes back to when its last step is taken back; None where it cannot be.

    `steps` are all the states it came to, in order. Only the way out is taken back, and once: what stood before it
    must be an open place.
    """
    if len(steps) < 2 or steps[-1] not in TAKEN_BACK or steps[-2] not in OPEN:
        return None
    return steps[-2]


def sound(steps: Sequence[EnrolmentState]) -> bool:
    """Whether each step follows from the one before, or takes it back."""
    return all(
        may_become(steps[at - 1] if at else None, then) or state_before(steps[:at]) is then
        for at, then in enumerate(steps)
    )


def counted(state: EnrolmentState) -> bool:
    """Whether people in this state are in the numbers of an edition."""
    return state in COUNTED


# Editions -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class EditionFacts:
    """What a coordinator says of an edition; the deadline is the instant `deadline_at`, chosen in `zone`, or with
    `deadline_on` the end of that day where each person's institution is, and `deadline_at` its end in `zone`."""

    kind: EditionKind
    title: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    deadline_at: dt.datetime
    contact: str
    programme: str = ""
    practical: str = ""
    deadline_on: dt.date | None = None
    morning_from: dt.time = dt.time(8)
    morning_until: dt.time = dt.time(13)
    afternoon_from: dt.time = dt.time(13)
    afternoon_until: dt.time = dt.time(18)

    @property
    def deadline(self) -> Deadline:
        """The deadline, as it is meant."""
        return Deadline(self.deadline_at, self.deadline_on)


def half_days(starts_on: dt.date, ends_on: dt.date) -> Iterator[tuple[dt.date, HalfDay]]:
    """Every half-day from the first to the last day, in order."""
    for number in range((ends_on - starts_on).days + 1):
        for half in (HalfDay.MORNING, HalfDay.AFTERNOON):
            yield starts_on + dt.timedelta(days=number), half


# Attendance ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SheetSession:
    """One half-day of the sheet; `marked` says whether anybody has a mark in it."""

    id: int
    day: dt.date
    half: HalfDay
    title: str
    marked: bool

    @property
    def key(self) -> str:
        """How forms and addresses name it, such as "2027-05-09-morning"."""
        return f"{self.day}-{self.half}"


def half_day_at_hand(sheet: Sequence[SheetSession], today: dt.date) -> SheetSession | None:
    """The half-day to mark now: the first of today without marks, else the last of today, else the first of all."""
    of_today = [row for row in sheet if row.day == today]
    unmarked = [row for row in of_today if not row.marked]
    return next(iter([*unmarked[:1], *of_today[-1:], *sheet[:1]]), None)


@dataclass(frozen=True)
class Attendance:
    """What the sheet says of one person: half-days held, attended, excused. A half-day without a mark is missed.

    `made_up` are those of the excused ones for which work was done and confirmed.
    """

    held: int
    present: int
    excused: int
    made_up: int = 0

    @property
    def counted(self) -> int:
        """How many half-days count: those attended, and the excused ones that were made up for."""
        return self.present + self.made_up

    def meets(self, at_least: int) -> bool:
        """Whether `at_least` percent of the half-days held count. An excuse alone explains, it does not count."""
        return at_least <= 0 or (self.held > 0 and self.counted * 100 >= self.held * at_least)


def attendance_of(held: int, marks: Mapping[int, Mark], made_up: Collection[int] = ()) -> Attendance:
    """Count the marks in force of one person by half-day, of `held`; `made_up` are half-days with confirmed work, which
    count only while they are excused."""
    found = Counter(marks.values())
    counting = sum(marks.get(half_day) is Mark.EXCUSED for half_day in made_up)
    return Attendance(held, found[Mark.PRESENT], found[Mark.EXCUSED], counting)


def attendance_asked(rule: dict[str, object]) -> int:
    """Percent of half-days that a version's completion rule asks for; 0 where it asks for none."""
    asked = rule.get("attendance")
    at_least = asked.get("at_least") if isinstance(asked, dict) else None
    return int(at_least) if isinstance(at_least, int) else 0


# Requests -----------------------------------------------------------------------------------------------------------


def message_place(request: str) -> str:
    """Where the words of a participant's request are sealed; `request` is its public id."""
    return f"participant_request:{request}:message"


def answer_place(request: str) -> str:
    """Where the words of the answer are sealed."""
    return f"participant_request:{request}:answer"


def mark_place(enrolment_id: int, session_id: int, at: dt.datetime) -> str:
    """Where the reason for a mark on the sheet is sealed."""
    return f"lms_attendance_mark:reason:{enrolment_id}:{session_id}:{at.astimezone(dt.UTC).isoformat()}"


def make_up_place(make_up: str) -> str:
    """Where the words of make-up work are sealed; `make_up` is its public id."""
    return f"lms_make_up:words:{make_up}"


def step_place(enrolment_id: int, state: EnrolmentState, at: dt.datetime) -> str:
    """Where the reason for a step of an enrolment is sealed."""
    return f"lms_enrolment_event:reason:{enrolment_id}:{state}:{at.astimezone(dt.UTC).isoformat()}"


def contact_place(entry: str) -> str:
    """Where the words of an entry of the contact log are sealed; `entry` is its public id."""
    return f"lms_contact_note:words:{entry}"
