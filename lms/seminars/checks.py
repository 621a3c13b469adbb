"""What `flask lms check` recomputes of editions: states, numbers, attendance, versions, replacements."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import CompoundSelect, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from lms.catalogue.models import CourseVersion
from lms.kernel.checks import Finding, check
from lms.people.models import Institution, Person

from .models import (
    AttendanceClosing,
    AttendanceMark,
    AttendanceResult,
    Edition,
    EditionCount,
    EditionCountDelta,
    EditionVersion,
    Enrolment,
    EnrolmentEvent,
    Extension,
    MakeUp,
    NameAwaited,
    Nomination,
    NominationState,
    OnSiteSession,
    PartTally,
    PartTallyDelta,
    StageReached,
    Tally,
    TallyDelta,
)
from .rules import (
    COMPLETE,
    COUNTED,
    NAMES_AWAITED,
    PLACES,
    Attendance,
    Deadline,
    EnrolmentState,
    Mark,
    Stage,
    attendance_of,
    due_at,
    sound,
)
from .rules.nominations import NOMINATIONS_WAITING


@check("seminars.enrolments")
def enrolments(session: Session) -> Iterable[Finding]:
    """Each enrolment's state is its last event, and every step follows the one before."""
    steps: dict[int, list[EnrolmentState]] = defaultdict(list)
    for enrolment_id, state in session.execute(
        select(EnrolmentEvent.enrolment_id, EnrolmentEvent.state).order_by(EnrolmentEvent.id)
    ):
        steps[enrolment_id].append(state)
    rows = select(Enrolment.id, Enrolment.public_id, Enrolment.state)
    for row in session.execute(rows):
        trail = steps.get(row.id, [])
        if trail[-1:] != [row.state]:
            yield Finding(f"enrolment {row.public_id}", f"is {row.state}, but its last event says {trail[-1:]}")
        if not sound(trail):
            yield Finding(f"enrolment {row.public_id}", "has a step that does not follow the one before")


@check("seminars.deadlines")
def deadlines(session: Session) -> Iterable[Finding]:
    """Everybody's deadline is what the edition's, their last extension and their institution's zone come to."""
    last = {
        row.enrolment_id: Deadline(row.deadline_at, row.deadline_on)
        for row in session.execute(
            select(Extension.enrolment_id, Extension.deadline_at, Extension.deadline_on).order_by(Extension.id)
        )
    }
    for row in session.execute(_deadlines_kept()):
        extension = last.get(row.id)
        if row.deadline_at != (extension.within(row.zone) if extension else None):
            yield Finding(f"enrolment {row.public_id}", "has another deadline than its last extension gave")
        if row.due_at != due_at(Deadline(row.edition_at, row.edition_on), extension, row.zone):
            yield Finding(f"enrolment {row.public_id}", "is due at another time than the edition and extension say")


def _deadlines_kept() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.deadline_at,
            Enrolment.due_at,
            Edition.deadline_at.label("edition_at"),
            Edition.deadline_on.label("edition_on"),
            Institution.zone,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .join(Institution, Institution.id == Enrolment.institution_id)
    )


@check("seminars.tallies")
def tallies(session: Session) -> Iterable[Finding]:
    """The folded and the fresh numbers together are what the stages of those who count add up to."""
    kept: Counter[tuple[Any, ...]] = Counter()
    for edition_id, state, sector, stage, count in session.execute(_kept()):
        kept[edition_id, state, sector, stage] += count
    real = Counter({tuple(row)[:4]: row[4] for row in session.execute(_recount())})
    for key in sorted(kept.keys() | real.keys(), key=str):
        if kept[key] != real[key]:
            place = " ".join(str(part) for part in key)
            yield Finding(f"tally {place}", f"says {kept[key]}, the stages say {real[key]}")


def _kept() -> CompoundSelect[*tuple[Any, ...]]:
    folded = select(Tally.edition_id, Tally.state_code, Tally.sector, Tally.stage, Tally.count)
    fresh = select(TallyDelta.edition_id, TallyDelta.state_code, TallyDelta.sector, TallyDelta.stage, TallyDelta.change)
    return union_all(folded, fresh)


def _recount() -> Select[*tuple[Any, ...]]:
    key = (Enrolment.edition_id, Enrolment.state_code, Enrolment.sector, StageReached.stage)
    return (
        select(*key, func.count())
        .join(StageReached, StageReached.enrolment_id == Enrolment.id)
        .where(Enrolment.state.in_(COUNTED))
        .group_by(*key)
    )


@check("seminars.parts")
def parts(session: Session) -> Iterable[Finding]:
    """Of those who have completed the pre-reading, the numbers are what their stages add up to."""
    complete = select(StageReached.enrolment_id).where(StageReached.stage == Stage.PRE_READING)
    real = _recount().where(Enrolment.id.in_(complete))
    facts = {(COMPLETE, *tuple(row)[:4]): row[4] for row in session.execute(real)}
    yield from part_findings(session, {COMPLETE}.__contains__, facts)


def part_findings(
    session: Session, named: Callable[[str], bool], facts: Mapping[tuple[Any, ...], int]
) -> Iterable[Finding]:
    """Where the folded and the fresh numbers of parts so named together are not the facts, given by part, edition,
    state, sector and stage."""
    folded, fresh = (
        select(table.part, table.edition_id, table.state_code, table.sector, table.stage, number)
        for table, number in ((PartTally, PartTally.count), (PartTallyDelta, PartTallyDelta.change))
    )
    for key, said, real in _wrong(session, union_all(folded, fresh), named, facts):
        yield Finding(f"part {' '.join(str(part) for part in key)}", f"says {said}, there are {real}")


def _wrong(
    session: Session,
    rows: CompoundSelect[*tuple[Any, ...]],
    named: Callable[[str], bool],
    facts: Mapping[Any, int],
) -> Iterable[tuple[tuple[Any, ...], int, int]]:
    """(key, what is kept, what is real) where these differ; rows end in a number, and keys begin with a name."""
    kept: Counter[tuple[Any, ...]] = Counter()
    for row in session.execute(rows):
        kept[tuple(row)[:-1]] += row[-1]
    for key in sorted({key for key in kept if named(key[0])} | facts.keys(), key=str):
        if kept[key] != facts.get(key, 0):
            yield key, kept[key], facts.get(key, 0)


@check("seminars.counts")
def counts(session: Session) -> Iterable[Finding]:
    """Whose name is awaited is who has signed in and not confirmed it; how many these are, and how many there are."""
    noted = set(session.scalars(select(NameAwaited.enrolment_id)))
    nameless = (
        select(Enrolment.id, Enrolment.edition_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.state.in_(COUNTED), Enrolment.first_seen_at.is_not(None), Person.name_confirmed_at.is_(None))
    )
    real = {row.id: row.edition_id for row in session.execute(nameless)}
    for number in sorted(noted ^ real.keys()):
        yield Finding(f"enrolment {number}", "is noted as one whose name is awaited, or is not, against the facts")
    places = select(Enrolment.edition_id, func.count()).group_by(Enrolment.edition_id)
    facts = {(PLACES, edition): number for edition, number in session.execute(places)}
    facts |= {(NAMES_AWAITED, edition): number for edition, number in Counter(real.values()).items()}
    facts |= {(NOMINATIONS_WAITING, edition): number for edition, number in session.execute(_WAITING)}
    yield from count_findings(session, {PLACES, NAMES_AWAITED, NOMINATIONS_WAITING}.__contains__, facts)


_WAITING = (
    select(Nomination.edition_id, func.count())
    .where(Nomination.state == NominationState.WAITING)
    .group_by(Nomination.edition_id)
)


def count_findings(
    session: Session, named: Callable[[str], bool], facts: Mapping[tuple[str, int], int]
) -> Iterable[Finding]:
    """Where the folded and the fresh counts so named together are not the facts, given by name and edition."""
    folded = select(EditionCount.what, EditionCount.edition_id, EditionCount.count)
    fresh = select(EditionCountDelta.what, EditionCountDelta.edition_id, EditionCountDelta.change)
    for (what, edition), said, real in _wrong(session, union_all(folded, fresh), named, facts):
        yield Finding(f"count {what} of {edition}", f"says {said}, there are {real}")


@check("seminars.attendance")
def attendance(session: Session) -> Iterable[Finding]:
    """What was written at a closing is what the marks say, and nobody is missing from it."""
    halves = select(OnSiteSession.edition_id, func.count().label("held")).group_by(OnSiteSession.edition_id)
    held = {row.edition_id: row.held for row in session.execute(halves)}
    marks, made_up = _marks_in_force(session), _made_up(session)
    for row in session.execute(_closed_places()):
        if row.held is None:
            yield Finding(f"enrolment {row.public_id}", "was in a closed edition and has no attendance result")
            continue
        real = attendance_of(held.get(row.edition_id, 0), marks[row.id], made_up[row.id])
        if Attendance(row.held, row.present, row.excused, row.made_up) != real:
            yield Finding(f"enrolment {row.public_id}", f"has an attendance result other than its marks: {real}")


def _closed_places() -> Select[*tuple[Any, ...]]:
    """Everyone who has a result, and everyone who ought to: accepted before the closing and still there."""
    accepted = select(EnrolmentEvent.enrolment_id).where(
        EnrolmentEvent.enrolment_id == Enrolment.id,
        EnrolmentEvent.state == EnrolmentState.ACCEPTED,
        EnrolmentEvent.at < AttendanceClosing.at,
    )
    missing = and_(Enrolment.state == EnrolmentState.ACCEPTED, accepted.exists())
    return (
        select(
            Enrolment.id,
            Enrolment.public_id,
            Enrolment.edition_id,
            AttendanceResult.held,
            AttendanceResult.present,
            AttendanceResult.excused,
            AttendanceResult.made_up,
        )
        .join(AttendanceClosing, AttendanceClosing.edition_id == Enrolment.edition_id)
        .outerjoin(AttendanceResult, AttendanceResult.enrolment_id == Enrolment.id)
        .where(or_(AttendanceResult.enrolment_id.is_not(None), missing))
    )


def _made_up(session: Session) -> dict[int, list[int]]:
    made_up: dict[int, list[int]] = defaultdict(list)
    confirmed = select(MakeUp.enrolment_id, MakeUp.session_id).where(MakeUp.confirmed_at.is_not(None))
    for enrolment_id, session_id in session.execute(confirmed):
        made_up[enrolment_id].append(session_id)
    return made_up


def _marks_in_force(session: Session) -> dict[int, dict[int, Mark]]:
    marks: dict[int, dict[int, Mark]] = defaultdict(dict)
    rows = select(AttendanceMark.enrolment_id, AttendanceMark.session_id, AttendanceMark.mark)
    for enrolment_id, session_id, mark in session.execute(rows.order_by(AttendanceMark.id)):
        marks[enrolment_id][session_id] = mark
    return marks


@check("seminars.versions")
def versions(session: Session) -> Iterable[Finding]:
    """Each edition reads a version of its own course, and goes on to later ones only."""
    rows = (
        select(Edition.public_id, Edition.course_id, CourseVersion.course_id, CourseVersion.major, CourseVersion.minor)
        .outerjoin(EditionVersion, EditionVersion.edition_id == Edition.id)
        .outerjoin(CourseVersion, CourseVersion.id == EditionVersion.version_id)
        .order_by(Edition.id, EditionVersion.id)
    )
    last: dict[str, tuple[int, int]] = {}
    for public_id, own, course, major, minor in session.execute(rows):
        if course != own:
            yield Finding(f"edition {public_id}", "reads no version, or one of another course")
        elif (major, minor) <= last.get(public_id, (0, 0)):
            yield Finding(f"edition {public_id}", f"went from a version to {major}.{minor}, which is not later")
        last[public_id] = (major or 0, minor or 0)
