"""The lists of this context as they are taken away: their columns, and what stands in each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from lms.web.sheets import Line, Sheet, local_time

from .labels import ATTENDANCE, COMPANIONS, CONTACTS, EDITION_KINDS, HALVES, MARKS, STATES, state_name
from .queries import CompanionRow, Contact, EditionRow, SheetPerson
from .rules import EnrolmentState, Mark, SheetSession


def attendance_sheet(
    people: Iterable[SheetPerson],
    half_days: list[SheetSession],
    marks: Mapping[int, Mapping[int, Mark]],
) -> Sheet:
    """Who was there: a line a person, a column a half-day."""
    days = (f"{row.day.isoformat()}, {HALVES[row.half]}" for row in half_days)
    head = (_("Name"), _("State"), _("Ministry or institution"), _("Place"), *days)
    return Sheet("attendance", head, lambda _session: (_attended(person, half_days, marks) for person in people))


def _attended(person: SheetPerson, half_days: list[SheetSession], marks: Mapping[int, Mapping[int, Mark]]) -> Line:
    own = marks.get(person.enrolment_id, {})
    said = (str(MARKS[own[row.id]]) if row.id in own else None for row in half_days)
    place = str(STATES[EnrolmentState.INVITED if person.invited else EnrolmentState.ACCEPTED])
    return (person.name, state_name(person.state_code), person.institution_name, place, *said)


def editions_sheet(rows: Iterable[EditionRow], at: dt.datetime) -> Sheet:
    """The editions one has to do with."""
    head = (
        _("Edition"),
        _("Reach"),
        _("Place"),
        _("First day"),
        _("Last day"),
        _("Pre-reading is due"),
        _("Time zone of the place"),
        _("Attendance"),
    )
    return Sheet("editions", head, lambda _session: _editions(rows, at))


def _editions(rows: Iterable[EditionRow], at: dt.datetime) -> Iterator[Line]:
    for row in rows:
        due = local_time(row.deadline_at, ZoneInfo(row.zone))
        closed = str(ATTENDANCE[row.attendance(at)][1])
        yield (
            row.title, str(EDITION_KINDS[row.kind]), row.place, row.starts_on, row.ends_on, due, row.zone, closed,
        )  # fmt: skip


def companions_sheet(rows: Sequence[tuple[str, CompanionRow]]) -> Sheet:
    """Fellows, instructors, observers and speakers, each with the part they have."""
    return Sheet(
        "companions", (_("Name"), _("Part")), lambda _session: ((name, str(COMPANIONS[row.role])) for name, row in rows)
    )


def contacts_sheet(name: str, entries: Sequence[Contact], zone: ZoneInfo) -> Sheet:
    """The contact log of one person, the latest entry first."""
    head = (
        _("Name"),
        _("How"),
        _("Day"),
        _("What was said"),
        _("Written by"),
        _("Written (%(zone)s)", zone=zone.key),
        _("Correction"),
    )
    return Sheet("contact-log", head, lambda _session: (_contact(name, entry, zone) for entry in entries))


def _contact(name: str, entry: Contact, zone: ZoneInfo) -> Line:
    corrected = _("corrected later") if entry.corrected else _("a correction") if entry.corrects else ""
    how, at = str(CONTACTS[entry.kind]), local_time(entry.at, zone)
    return (name, how, entry.day, entry.words, entry.by_name, at, corrected)
