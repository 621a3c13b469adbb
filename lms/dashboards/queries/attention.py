"""The morning sheet: everybody who needs attention, put in order without names; names for one page of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, and_, bindparam, false, select, true
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.catalogue.rules.outline import Outline
from lms.dashboards.rules.attention import Facts, Reason, day_of, order, reasons
from lms.dashboards.rules.stands import Calendar
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.learning.queries import standings
from lms.learning.rules.standing import Standing
from lms.people.queries import beside, names_of
from lms.people.rules import Scope
from lms.seminars.models import (
    AttendanceClosing,
    ContactKind,
    Edition,
    EditionSeen,
    EditionVersion,
    Enrolment,
)
from lms.seminars.queries import last_contacts, may_be_running, places_of, visible_to
from lms.seminars.rules import coordinates
from lms.seminars.rules.deadlines import is_over
from lms.web.slices import PAGE, Slice, slice_among

from .changes import Change, changes
from .known import LAST, Known, known, may_need_it
from .queue import queue
from .stands import told_stands
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
class MorningSheet:
    """One page of the morning sheet, and what changed since the last visit."""

    total: int
    slice: Slice
    lines: list[Line]
    changes: list[Change]


def sheet(
    session: Session, editions: Sequence[Watched], scope: Scope, at: dt.datetime, page: int | None,
    narrowed: Sequence[ColumnElement[bool]] = (),
) -> MorningSheet:  # fmt: skip
    """Who needs attention in these editions, in the order of `rules.attention.order`, and what changed, unless it is
    `narrowed`; eight statements, and one for each further version that they read. Without a `page` everybody."""
    open_ones = {one.id: one for one in editions if one.closed_at is None}
    outlines = {number: outline(session, number) for number in {one.version_id for one in open_ones.values()}}
    total, part, lines = _found(session, open_ones, outlines, scope, at, page, narrowed)
    new = [] if narrowed else changes(session, {one.id: one.seen_at for one in editions}, scope, at)
    names = names_of(session, {one.person_id for one in lines} | {one.person_id for one in new})
    return MorningSheet(
        total=total,
        slice=part,
        lines=_named(session, lines, names, outlines) if lines else [],
        changes=[replace(one, name=names[one.person_id]) for one in new],
    )


def _found(
    session: Session, editions: Mapping[int, Watched], outlines: Mapping[int, Outline], scope: Scope, at: dt.datetime,
    page: int | None, narrowed: Sequence[ColumnElement[bool]],
) -> tuple[int, Slice, list[Line]]:  # fmt: skip
    """How many need attention, and a page of them in their order, or all of them; without names. Whoever is on a page
    is found by how people stand; for a file everybody is looked at."""
    if not editions:
        return 0, slice_among(0, 1), []
    failed = undelivered(session)
    if page is None:
        everybody = and_(Enrolment.edition_id.in_(editions), visible_to(scope), may_need_it(failed), *narrowed)
        lines = _lines(editions, known(session, editions, outlines, failed, everybody), at)
        return len(lines), slice_among(len(lines), 1), lines
    days = {
        one.id: Calendar(day_of(at, one.zone), one.starts_on, outlines[one.version_id].asked_units)
        for one in editions.values()
    }
    waiting = queue(session, days, failed, lambda ids: told_stands(session, editions, outlines, ids), narrowed)
    part = slice_among(waiting.total, page)
    those = Enrolment.id.in_(waiting.some((part.page - 1) * PAGE, PAGE))
    people = known(session, editions, outlines, failed, and_(those, visible_to(scope)))
    return waiting.total, part, _lines(editions, people, at)


def _lines(editions: Mapping[int, Watched], people: Iterable[tuple[Known, Facts]], at: dt.datetime) -> list[Line]:
    """Those of these people who need attention, in their order; of the others nothing is kept."""
    found = ((order(facts, at), row, facts, why) for row, facts in people if (why := reasons(facts, at)))
    return [_line(row, editions[row.edition_id], facts, why) for _order, row, facts, why in sorted(found)]


def _line(row: Known, edition: Watched, facts: Facts, why: tuple[Reason, ...]) -> Line:
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
