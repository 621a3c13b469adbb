"""The morning sheet: everybody who needs attention, put in order without names; names for one page of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
<<<<<<< HEAD
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, bindparam, false, select, true
from sqlalchemy.orm import Session
=======
from heapq import nsmallest
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Subquery, Table, and_, bindparam, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased
>>>>>>> main

from lms.catalogue.queries import outline
from lms.catalogue.rules.outline import Outline
from lms.dashboards.rules.attention import Facts, Reason, day_of, order, reasons
from lms.dashboards.rules.stands import Calendar
from lms.kernel.errors import NotFound
from lms.learning.queries import standings
from lms.learning.rules.standing import Standing
from lms.people.queries import beside, names_of
from lms.people.queries.sensitive import not_to_be_named
from lms.people.rules import Scope
from lms.seminars.models import (
    AttendanceClosing,
    ContactKind,
    Edition,
    EditionSeen,
    EditionVersion,
    Enrolment,
)
<<<<<<< HEAD
from lms.seminars.queries import last_contacts, may_be_running, places_of, visible_to
from lms.seminars.rules import coordinates
=======
from lms.seminars.queries import last_contact_day, last_contacts, may_be_running, places_of, visible_to
from lms.seminars.rules import COUNTED, Deadline, RequestKind, coordinates, told_without_zone
>>>>>>> main
from lms.seminars.rules.deadlines import is_over
from lms.web.slices import PAGE, Slice, slice_among

from .changes import Change, changes
from .known import LAST, known, may_need_it
from .queue import queue
from .undelivered import undelivered

AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Watched:
    """An edition as the sheet speaks of it, with the version it reads."""

    id: int
    public_id: str
    title: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    deadline_at: dt.datetime
    version_id: int
    closed_at: dt.datetime | None
    seen_at: dt.datetime | None
    """Up to when whoever asks has seen what changed in it, by their own word."""
    people: int
    """How many places it has, given up or not."""


_WATCHED = (
    select(
        Edition.id, Edition.public_id, Edition.title, Edition.place, Edition.starts_on, Edition.ends_on, Edition.zone,
        Edition.deadline_at, EditionVersion.version_id, AttendanceClosing.at.label("closed_at"),
        EditionSeen.at.label("seen_at"), places_of(Edition.id).label("people"),
    )
    .join(EditionVersion, EditionVersion.id == LAST)
    .outerjoin(AttendanceClosing, AttendanceClosing.edition_id == Edition.id)
    .outerjoin(EditionSeen, and_(EditionSeen.edition_id == Edition.id, EditionSeen.person_id == bindparam("viewer")))
)  # fmt: skip


def watched(session: Session, public_id: str, scope: Scope) -> Watched:
    """One edition for somebody who coordinates it; for everyone else there is none (NotFound). One statement."""
    asked = _WATCHED.where(Edition.public_id == public_id)
    row = session.execute(asked, {"viewer": scope.person_id}).mappings().first()
    if row is None or not coordinates(scope, public_id):
        raise NotFound
    return Watched(**row)


def all_watched(session: Session, scope: Scope, at: dt.datetime) -> list[Watched]:
    """Every edition that this scope coordinates and that is not over where it is held, the first to begin first; one
    statement."""
    running = _WATCHED.where(_coordinated(scope), may_be_running(at))
    rows = session.execute(running.order_by(Edition.starts_on, Edition.id), {"viewer": scope.person_id}).mappings()
    return [Watched(**row) for row in rows if not is_over(row["ends_on"], row["zone"], at)]


def _coordinated(scope: Scope) -> ColumnElement[bool]:
    if scope.counts_only:
        return false()
    return true() if scope.everything else Edition.public_id.in_(scope.editions)


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the sheet: why, and what is needed to say it in words and to lead on."""

    edition: Watched
    facts: Facts
    reasons: tuple[Reason, ...]
    public_id: str
    person_id: int
    state_code: str
    institution_name: str
    more_time: bool
    """Whether the deadline is this person's own."""
    requests: tuple[str, ...]
    """The public ids of what they asked for and nobody has answered."""
    name: str = ""
    standing: Standing | None = None
    contact: tuple[ContactKind, dt.date] | None = None
    """How and when somebody was in touch with them last."""


@dataclass(frozen=True)
class Sheet:
    """One page of the morning sheet, and what changed since the last visit."""

    total: int
    slice: Slice
    lines: list[Line]
    changes: list[Change]


def sheet(session: Session, editions: Sequence[Watched], scope: Scope, at: dt.datetime, page: int | None) -> Sheet:
    """Who needs attention in these editions, in the order of `rules.attention.order`, and what changed; eight
    statements at most, and one more for each further version that their editions read. Without a `page` everybody."""
    open_ones = {one.id: one for one in editions if one.closed_at is None}
    outlines = {number: outline(session, number) for number in {one.version_id for one in open_ones.values()}}
    total, part, lines = _found(session, open_ones, outlines, scope, at, page)
    new = changes(session, [one.id for one in editions], scope, at)
    names = names_of(session, {one.person_id for one in lines} | {one.person_id for one in new})
    return Sheet(
        total=total,
        slice=part,
        lines=_named(session, lines, names, outlines) if lines else [],
        changes=[replace(one, name=names[one.person_id]) for one in new],
    )


<<<<<<< HEAD
def _found(
=======
_person_id = cast(Table, Person.__table__).c.id
_more_time, _cannot_attend = aliased(ParticipantRequest), aliased(ParticipantRequest)


def _open(asked: Any, kind: RequestKind) -> ColumnElement[bool]:
    return and_(asked.enrolment_id == Enrolment.id, asked.kind == kind, asked.answered_at.is_(None))


def _people(editions: Mapping[int, Watched], scope: Scope) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id, Enrolment.public_id, Enrolment.edition_id, Enrolment.person_id, Enrolment.state_code,
            Enrolment.invited_at, Enrolment.first_seen_at, Enrolment.deadline_at, Enrolment.due_at,
            Person.name_confirmed_at, EnrolmentProgress.completed_at, not_to_be_named(_person_id).label("hidden"),
            Institution.name.label("institution_name"), Institution.zone.label("institution_zone"),
            _more_time.public_id.label("more_time"), _more_time.at.label("more_time_at"),
            _cannot_attend.public_id.label("cannot_attend"), _cannot_attend.at.label("cannot_attend_at"),
            last_contact_day().scalar_subquery().label("contacted_on"),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .outerjoin(_more_time, _open(_more_time, RequestKind.MORE_TIME))
        .outerjoin(_cannot_attend, _open(_cannot_attend, RequestKind.CANNOT_ATTEND))
        .where(Enrolment.edition_id.in_(editions), Enrolment.state.in_(COUNTED), visible_to(scope))
        .where(Person.erased_at.is_(None))
    )  # fmt: skip


Needing = tuple[tuple[int, ...], Row[Any], Facts, tuple[Reason, ...]]
"""Somebody on the sheet: first by what they are sorted, in which no two are the same."""


def _needing(
>>>>>>> main
    session: Session,
    editions: Mapping[int, Watched],
    outlines: Mapping[int, Outline],
    scope: Scope,
    at: dt.datetime,
    page: int | None,
) -> tuple[int, Slice, list[Line]]:
    """How many need attention, and a page of them in their order, or all of them; without names."""
    if not editions:
        return 0, slice_among(0, 1), []
    failed = undelivered(session)
    if page is None:
        everybody = and_(Enrolment.edition_id.in_(editions), visible_to(scope), may_need_it(failed))
        lines = _lines(editions, known(session, editions, outlines, failed, everybody), at)
        return len(lines), slice_among(len(lines), 1), lines
    days = {
        one.id: Calendar(day_of(at, one.zone), one.starts_on, outlines[one.version_id].asked_units)
        for one in editions.values()
    }
    waiting = queue(session, days, failed)
    part = slice_among(waiting.total, page)
    those = Enrolment.id.in_(waiting.some((part.page - 1) * PAGE, PAGE))
    people = known(session, editions, outlines, failed, and_(those, visible_to(scope)))
    return waiting.total, part, _lines(editions, people, at)


<<<<<<< HEAD
def _lines(editions: Mapping[int, Watched], people: Iterable[tuple[Row[Any], Facts]], at: dt.datetime) -> list[Line]:
    """Those of these people who need attention, in their order."""
    judged = ((order(facts, at), row, facts, reasons(facts, at)) for row, facts in people)
    found = sorted(one for one in judged if one[3])
    return [_line(row, editions[row.edition_id], facts, why) for _order, row, facts, why in found]
=======
def _may_need_it(failed: Collection[int]) -> ColumnElement[bool]:
    """Whoever is complete, was here, and has confirmed their name asks for nothing unless they do so themselves or a
    letter to them failed: in a large edition that is most people in the end."""
    if len(failed) > AT_ONCE:
        return true()
    return or_(
        EnrolmentProgress.completed_at.is_(None),
        Enrolment.first_seen_at.is_(None),
        Person.name_confirmed_at.is_(None),
        _more_time.id.is_not(None),
        _cannot_attend.id.is_not(None),
        Enrolment.person_id.in_(failed),
    )


def _facts(
    row: Row[*tuple[Any, ...]],
    edition: Watched,
    asked: int,
    read: tuple[int, dt.datetime | None] | None,
    failed: Mapping[int, Undelivered],
) -> Facts:
    done, last = read or (0, None)
    complete = row.completed_at is not None
    letter = failed.get(row.person_id)
    if letter and not letter.came_back and row.first_seen_at and row.first_seen_at > letter.at:
        letter = None  # they found the way without it
    due = told_without_zone(row.due_at, row.institution_zone, edition.zone) if row.hidden else Deadline(row.due_at)
    return Facts(
        enrolment_id=row.id,
        zone=edition.zone,
        starts_on=edition.starts_on,
        deadline=due.at,
        deadline_on=due.day,
        invited_at=row.invited_at,
        first_seen_at=row.first_seen_at,
        finished_at=row.completed_at or last,
        complete=complete,
        units_left=0 if complete else asked - done,
        name_confirmed=row.name_confirmed_at is not None,
        more_time_at=row.more_time_at,
        cannot_attend_at=row.cannot_attend_at,
        mail_failed_at=letter.at if letter else None,
        contacted_on=row.contacted_on,
    )
>>>>>>> main


def _line(row: Row[*tuple[Any, ...]], edition: Watched, facts: Facts, why: tuple[Reason, ...]) -> Line:
    return Line(
        edition=edition,
        facts=facts,
        reasons=why,
        public_id=row.public_id,
        person_id=row.person_id,
        state_code=row.state_code,
        institution_name=row.institution_name,
        more_time=row.deadline_at == row.due_at,
        requests=tuple(found for found in (row.cannot_attend, row.more_time) if found),
    )


# The page -------------------------------------------------------------------------------------------------------------


def _as_named(line: Line, name: str) -> Line:
    state_code, institution_name = beside(name, line.state_code, line.institution_name)
    return replace(line, name=name, state_code=state_code, institution_name=institution_name)


def _named(
    session: Session, lines: Sequence[Line], names: Mapping[int, str], outlines: Mapping[int, Outline]
) -> list[Line]:
    """The lines of one page with names, where each person stands in the course, and who was in touch with them."""
    stand: dict[int, Standing] = {}
    for number, course in outlines.items():
        theirs = [line.facts.enrolment_id for line in lines if line.edition.version_id == number]
        stand |= standings(session, theirs, course) if theirs else {}
    contacts = last_contacts(session, [line.facts.enrolment_id for line in lines])
    return [
        replace(
            _as_named(line, names[line.person_id]),
            standing=stand.get(line.facts.enrolment_id),
            contact=contacts.get(line.facts.enrolment_id),
        )
        for line in lines
    ]
