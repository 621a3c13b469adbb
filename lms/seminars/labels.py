"""What our choices are called on pages."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import get_locale

from lms.people import states
from lms.people.models import Sector
from lms.web.languages import lazy_gettext as _l

from .rules import (
    AttendanceStands,
    Companion,
    ContactKind,
    DeadlinePolicy,
    EditionKind,
    EnrolmentState,
    HalfDay,
    Link,
    Mark,
    RequestKind,
    Stage,
)

EDITION_KINDS: Mapping[EditionKind, str] = {
    EditionKind.GLOBAL: _l("Global"),
    EditionKind.REGIONAL: _l("Regional"),
    EditionKind.NATIONAL: _l("National"),
}
DEADLINE_POLICIES: Mapping[DeadlinePolicy, str] = {
    DeadlinePolicy.INSTANT: _l("At one moment for everybody"),
    DeadlinePolicy.END_OF_DAY: _l("At the end of the day, where each person’s ministry or institution is"),
}
STATES: Mapping[EnrolmentState, str] = {
    EnrolmentState.NOMINATED: _l("Nominated"),
    EnrolmentState.INVITED: _l("Invited"),
    EnrolmentState.ACCEPTED: _l("Accepted"),
    EnrolmentState.DECLINED: _l("Declined"),
    EnrolmentState.WITHDRAWN: _l("Withdrawn"),
    EnrolmentState.REPLACED: _l("Replaced by another person"),
    EnrolmentState.DEFERRED: _l("Deferred to a later edition"),
}
STATE_MARKS: Mapping[EnrolmentState, str] = {
    EnrolmentState.NOMINATED: "none",
    EnrolmentState.INVITED: "later",
    EnrolmentState.ACCEPTED: "done",
    EnrolmentState.DECLINED: "error",
    EnrolmentState.WITHDRAWN: "error",
    EnrolmentState.REPLACED: "care",
    EnrolmentState.DEFERRED: "later",
}
"""The kind of `ui.status` that goes with each."""
LINKS: Mapping[Link, str] = {
    Link.DEFERRED_FROM: _l("Deferred from an earlier edition"),
    Link.DEFERRED_TO: _l("The place in the later edition"),
    Link.REPLACED_BY: _l("The person who took over"),
    Link.REPLACES: _l("Took over the place of another person"),
}
COMPANIONS: Mapping[Companion, str] = {
    Companion.FELLOW: _l("Fellow"),
    Companion.INSTRUCTOR: _l("Instructor"),
    Companion.OBSERVER: _l("Observer"),
    Companion.SPEAKER: _l("Speaker"),
}
HALVES: Mapping[HalfDay, str] = {HalfDay.MORNING: _l("Morning"), HalfDay.AFTERNOON: _l("Afternoon")}
ATTENDANCE: Mapping[AttendanceStands, tuple[str, str]] = {
    AttendanceStands.OPEN: ("none", _l("Open")),
    AttendanceStands.NOT_CLOSED: ("care", _l("Over, not closed")),
    AttendanceStands.CLOSED: ("done", _l("Closed")),
}
"""The shape of the sign and the word for each."""
MARKS: Mapping[Mark, str] = {Mark.PRESENT: _l("Present"), Mark.ABSENT: _l("Absent"), Mark.EXCUSED: _l("Excused")}
REQUESTS: Mapping[RequestKind, str] = {
    RequestKind.MORE_TIME: _l("Asks for more time"),
    RequestKind.CANNOT_ATTEND: _l("Cannot attend"),
}
CONTACTS: Mapping[ContactKind, str] = {
    ContactKind.CALLED: _l("Called"),
    ContactKind.WROTE: _l("Wrote"),
    ContactKind.MET: _l("Met"),
}
STAGES: Mapping[Stage, str] = {
    Stage.INVITED: _l("Invited"),
    Stage.SIGNED_IN: _l("Signed in"),
    Stage.READING: _l("Reading"),
    Stage.PRE_READING: _l("Pre-reading complete"),
    Stage.ATTENDED: _l("Attended"),
    Stage.RECORDED: _l("Record issued"),
}
SECTORS: Mapping[Sector, str] = {
    Sector.FOREIGN_AFFAIRS: _l("Foreign affairs"),
    Sector.JUSTICE: _l("Justice"),
    Sector.DEFENCE: _l("Defence"),
    Sector.INTERIOR: _l("Interior"),
    Sector.EDUCATION: _l("Education"),
    Sector.HUMAN_RIGHTS: _l("Human rights institution"),
    Sector.OTHER: _l("Other ministry or institution"),
}


def state_name(code: str) -> str:
    """What a state is called in the language of the page."""
    return states.name(code, str(get_locale() or "en"))


def state_note(code: str) -> str | None:
    """The footnote that travels with a state's name, where there is one."""
    return states.footnote(code, str(get_locale() or "en"))


def state_names() -> list[str]:
    """Every state's name, in alphabetical order."""
    locale = str(get_locale() or "en")
    return [states.name(state.code, locale) for state in states.sorted_for(locale)]
