"""The list behind a number: one page of it at a time, by name."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.rules.looks import (
    MOST_SORTED_BY_NAME,
    Awaiting,
    Filter,
    Sight,
    Status,
    sort_key,
    status_of,
)
from lms.kernel.errors import NotFound
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import standings
from lms.people.models import Institution, Person, Sector
from lms.people.queries import beside, names_of
from lms.seminars import queries as seminars
from lms.seminars.models import Enrolment, ParticipantRequest, StageReached
from lms.seminars.queries import PersonRow, visible_to
from lms.seminars.rules import COUNTED, Stage
from lms.web.slices import Slice, slice_of, sliced

from .counting import awaited
from .looks import Look


@dataclass(frozen=True)
class Listed:
    """One person in the list behind a number."""

    public_id: str
    name: str
    state_code: str
    institution_name: str
    sector: Sector
    status: Status
    units: tuple[int, int] | None
    """How many of the units that the record asks for are finished, and how many there are."""
    finished_at: dt.datetime | None
    own_deadline_at: dt.datetime | None
    awaiting: tuple[Awaiting, ...]


@dataclass(frozen=True)
class People:
    """One page of a list: how many there are in all, and those on the page."""

    total: int
    slice: Slice
    rows: list[Listed]
    by_name: bool


def people_behind(session: Session, seen: Look, wanted: Filter) -> list[PersonRow]:
    """Everyone whom a number counts, without names; the length of this list is the number."""
    if seen.sight is Sight.COUNTS:
        raise NotFound
    wanted = wanted.within(seen.sight)
    rows = seminars.people_rows(
        session,
        seen.edition.id,
        seen.scope,
        stage=wanted.stage,
        state=wanted.state,
        sector=Sector(wanted.sector) if wanted.sector else None,
    )
    if wanted.awaiting:
        ids = set(session.scalars(select(Enrolment.id).where(*awaited(seen, wanted.awaiting))))
        rows = [row for row in rows if row.enrolment_id in ids]
    if wanted.institution:
        place = _place_of(session, wanted.institution)
        rows = [row for row in rows if (row.state_code, row.institution_name) == place]
    return rows


def _place_of(session: Session, institution: str) -> tuple[str, str] | None:
    row = session.execute(
        select(Institution.state_code, Institution.name).where(Institution.public_id == institution)
    ).first()
    return (row.state_code, row.name) if row else None


def people(session: Session, seen: Look, wanted: Filter, page: int) -> People:
    """One page of the list behind a number, by name; a handful of statements whatever its length."""
    rows = people_behind(session, seen, wanted)
    by_name = len(rows) <= MOST_SORTED_BY_NAME
    names: dict[int, str] = {}
    if by_name:
        names = names_of(session, [row.person_id for row in rows])
        rows = sorted(rows, key=lambda row: (sort_key(names[row.person_id]), row.enrolment_id))
    part = slice_of(rows, page)
    shown = sliced(rows, part)
    names = names or names_of(session, [row.person_id for row in shown])
    return People(len(rows), part, listed(session, seen, shown, names), by_name)


def _read(session: Session, seen: Look, rows: list[PersonRow]) -> dict[int, tuple[int, int]]:
    """Finished and required units of those who are counted, for those who see progress."""
    ids = [row.enrolment_id for row in rows if row.state in COUNTED]
    if seen.sight is not Sight.EVERYTHING or not ids:
        return {}
    course = outline(session, seminars.version_in_force(session, seen.edition.id))
    return {number: (found.done, found.total) for number, found in standings(session, ids, course).items()}


@dataclass(frozen=True)
class _Details:
    stages: frozenset[Stage] = frozenset()
    finished_at: dt.datetime | None = None
    name_confirmed: bool = True
    asks: bool = False


def listed(session: Session, seen: Look, rows: list[PersonRow], names: Mapping[int, str]) -> list[Listed]:
    """What a list says of these people, in the order given; a handful of statements whatever their number."""
    details = _details(session, [row.enrolment_id for row in rows])
    read = _read(session, seen, rows)
    return [
        _line(
            seen.sight,
            row,
            names[row.person_id],
            details.get(row.enrolment_id, _Details()),
            read.get(row.enrolment_id),
        )
        for row in rows
    ]


def _details(session: Session, enrolment_ids: Collection[int]) -> dict[int, _Details]:
    """What the lines of one page say beside the names, in two statements."""
    asks = exists().where(ParticipantRequest.enrolment_id == Enrolment.id, ParticipantRequest.answered_at.is_(None))
    found = session.execute(
        select(
            Enrolment.id,
            EnrolmentProgress.completed_at,
            Person.name_confirmed_at,
            asks.label("asks"),
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(Enrolment.id.in_(enrolment_ids))
    )
    rows = found.all()
    stages: dict[int, set[Stage]] = defaultdict(set)
    reached = select(StageReached.enrolment_id, StageReached.stage).where(StageReached.enrolment_id.in_(enrolment_ids))
    for number, stage in session.execute(reached):
        stages[number].add(stage)
    return {
        row.id: _Details(
            stages=frozenset(stages[row.id]),
            finished_at=row.completed_at,
            name_confirmed=row.name_confirmed_at is not None,
            asks=row.asks,
        )
        for row in rows
    }


def _line(sight: Sight, row: PersonRow, name: str, known: _Details, units: tuple[int, int] | None) -> Listed:
    full = sight is Sight.EVERYTHING
    state_code, institution_name = beside(name, row.state_code, row.institution_name)
    return Listed(
        public_id=row.public_id,
        name=name,
        state_code=state_code,
        institution_name=institution_name,
        sector=row.sector,
        status=status_of(row.state, known.stages, sight),
        units=units,
        finished_at=known.finished_at,
        own_deadline_at=row.own_deadline_at if full else None,
        awaiting=_awaits(row, known) if full else (),
    )


def _awaits(row: PersonRow, known: _Details) -> tuple[Awaiting, ...]:
    """The same conditions as `awaited`, for one person whose stages are known."""
    if row.state not in COUNTED:
        return ()
    found = {
        Awaiting.SIGN_IN: Stage.INVITED in known.stages and Stage.SIGNED_IN not in known.stages,
        Awaiting.ANSWER: known.asks,
        Awaiting.NAME: row.first_seen_at is not None and not known.name_confirmed,
    }
    return tuple(what for what, awaited in found.items() if awaited)


@dataclass(frozen=True)
class Choices:
    """What the filter offers: only states, sectors and institutions that are in the edition and in sight."""

    states: tuple[str, ...]
    sectors: tuple[Sector, ...]
    institutions: tuple[tuple[str, str, str], ...]
    """(public id, name, state code)."""


def choices(session: Session, seen: Look) -> Choices:
    """What can be chosen in the filter of an edition's list, in one statement."""
    rows = session.execute(
        select(Enrolment.state_code, Enrolment.sector, Institution.public_id, Institution.name)
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.edition_id == seen.edition.id, visible_to(seen.scope))
        .distinct()
    ).all()
    present = {row.sector for row in rows}
    institutions = {(row.public_id, row.name, row.state_code) for row in rows}
    return Choices(
        states=tuple(sorted({row.state_code for row in rows})),
        sectors=tuple(sector for sector in Sector if sector in present),
        institutions=tuple(sorted(institutions, key=lambda found: sort_key(found[1]))),
    )
