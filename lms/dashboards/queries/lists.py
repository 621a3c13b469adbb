"""The list behind a number: one page of it at a time."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, literal_column, select
from sqlalchemy.orm import Session

from lms.catalogue.queries import outline
from lms.dashboards.models import AttentionStand
from lms.dashboards.rules.looks import FEW, MOST_SORTED_BY_NAME, Awaiting, Filter, Sight, Status, sort_key, status_of
from lms.dashboards.rules.stands import stand_of
from lms.kernel.db import ask
from lms.kernel.errors import NotFound
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import asked_done
from lms.people.models import (
    FailureKind,
    IdentityKind,
    IdentityRow,
    Institution,
    MailFailure,
    Person,
    PersonKey,
    Sector,
)
from lms.people.queries import beside, listed_name, names_of
from lms.people.queries.sensitive import not_to_be_named, unnamed_people
from lms.seminars.models import Enrolment, EnrolmentState, NameAwaited, ParticipantRequest, StageReached
from lms.seminars.queries import PersonRow, people_where
from lms.seminars.rules import Stage, counted
from lms.web.slices import Slice, slice_among

from .counting import behind, how_many
from .looks import Look
from .turning import ORDER, Start, Turn, as_turned, ids_from, ids_on, turn, unnamed_last

NOTHING: tuple[Awaiting, ...] = ()
PAGE = 30
"""Lines on a page: an edition of the seminar is one page, by name. Each line costs the unsealing of a name."""


class Listed(NamedTuple):
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
    late: bool
    """Whether that was after their deadline."""
    own_deadline_at: dt.datetime | None
    returned: bool
    """Whether letters to the person come back for good."""
    awaiting: tuple[Awaiting, ...]


@dataclass(frozen=True)
class People:
    """One page of a list: how many there are in all, and those on the page."""

    total: int
    slice: Slice
    rows: list[Listed]
    by_name: bool

    @property
    def may_be_by_name(self) -> bool:
        """Whether the order can be chosen: neither so short that it is by name in any case, nor too long for it."""
        return PAGE < self.total <= MOST_SORTED_BY_NAME


_enrolment, _institution, _progress, _request, _reached = (
    cast(Table, model.__table__)
    for model in (Enrolment, Institution, EnrolmentProgress, ParticipantRequest, StageReached)
)
_awaited = cast(Table, NameAwaited.__table__)
_person, _key, _identity = (cast(Table, model.__table__) for model in (Person, PersonKey, IdentityRow))
_failure, _stand = (cast(Table, model.__table__) for model in (MailFailure, AttentionStand))


def people_behind(session: Session, seen: Look, wanted: Filter) -> list[PersonRow]:
    """Everyone whom a number counts, without names, by state; the length of this list is the number. Who is not to be
    named comes last, in an order that tells nothing: their place in that of states would tell theirs."""
    if seen.sight is Sight.COUNTS:
        raise NotFound
    rows = people_where(session, behind(seen, wanted))
    if not seen.unnamed:
        return rows
    unnamed = set(session.scalars(unnamed_people()))
    last = [row for row in rows if row.person_id in unnamed]
    return [row for row in rows if row.person_id not in unnamed] + sorted(last, key=lambda row: row.public_id)


def people(
    session: Session, seen: Look, wanted: Filter, page: int, *, by_name: bool = False, start: Start | None = None
) -> People:
    """One page of the list behind a number, in a handful of statements whatever its length.

    By name where it fits on one page, or where that is asked for and not too much; else by state. Where it says who
    stood first on the page before or behind, one goes on from there.
    """
    if seen.sight is Sight.COUNTS:
        raise NotFound
    total = how_many(session, seen, wanted)
    part = slice_among(total, page, PAGE)
    by_name = total <= PAGE or (by_name and total <= MOST_SORTED_BY_NAME)
    if not total:
        return People(total, part, [], by_name)
    if not (total > PAGE and by_name) and part.page == 1 == page and _at_large(seen, wanted):
        rows = _first_of_everybody(session, seen)
    else:
        part, rows = _of_some(session, seen, wanted, part, total, page, by_name=by_name, start=start)
    ring = keyring()
    named = [
        (listed_name(ring, row.person_id, row.subject, row.wrapped, row.place, row.sealed, row.hidden), row)
        for row in rows
    ]
    if by_name:
        named.sort(key=lambda one: (sort_key(one[0]), one[1].enrolment_id))
    return People(total, part, _listed(session, seen, named), by_name)


def _at_large(seen: Look, wanted: Filter) -> bool:
    """Whether it is everybody in the edition, in the order of their states: what is looked at most."""
    return seen.sight is Sight.EVERYTHING and seen.scope.everything and not seen.unnamed and wanted.empty


def _of_some(
    session: Session,
    seen: Look,
    wanted: Filter,
    part: Slice,
    total: int,
    page: int,
    *,
    by_name: bool,
    start: Start | None,
) -> tuple[Slice, list[_Found]]:
    which = behind(seen, wanted, few=total <= FEW)
    if total > PAGE and by_name:
        ids = _ids_by_name(session, which)[(part.page - 1) * PAGE : part.page * PAGE]
        return part, _rows(session, seen, [*which, _enrolment.c.id.in_(ids)], 1)
    if seen.unnamed or part.page == 1 == page:
        return part, _rows(session, seen, which, part.page)
    return _turned(session, which, total, part, turn(session, seen.edition.id, page, start))


def _turned(
    session: Session, which: list[ColumnElement[bool]], total: int, part: Slice, turned: Turn | None
) -> tuple[Slice, list[_Found]]:
    """A later page, and who is on it."""
    if turned:
        rows = _found(session, _behind(ids_from(which, PAGE, turned)))
        if len(rows) >= PAGE or (rows and turned.pages_on >= 0):
            return as_turned(turned, total, PAGE, len(rows)), rows[:PAGE]
    # Nobody is left there, or too few on the way back to the beginning.
    return part, _found(session, _behind(ids_on(which, total, part)))


def _behind(ids: Select[int]) -> Select[*tuple[Any, ...]]:
    return _ROW.where(_enrolment.c.id.in_(ids.subquery().select()))


def _ids_by_name(session: Session, which: list[ColumnElement[bool]]) -> list[int]:
    rows = session.execute(select(_enrolment.c.id, _enrolment.c.person_id).where(*which)).all()
    names = names_of(session, [row.person_id for row in rows])
    return [row.id for row in sorted(rows, key=lambda row: (sort_key(names[row.person_id]), row.id))]


STAGES_REACHED = (
    select(func.aggregate_strings(_reached.c.stage, ","))
    .where(_reached.c.enrolment_id == _enrolment.c.id)
    .scalar_subquery()
)
ASKS = (
    select(_request.c.id).where(_request.c.enrolment_id == _enrolment.c.id, _request.c.answered_at.is_(None)).exists()
)
NAMELESS = select(_awaited.c.enrolment_id).where(_awaited.c.enrolment_id == _enrolment.c.id).exists()
_mailbox = _identity.alias("mailbox")
_RETURNED = (
    select(_failure.c.id)
    .join(_mailbox, _mailbox.c.id == _failure.c.identity_id)
    .where(_mailbox.c.person_id == _enrolment.c.person_id, _mailbox.c.primary)
    .where(_failure.c.kind == FailureKind.PERMANENT, _failure.c.over_at.is_(None))
    .exists()
)
LATE = _progress.c.completed_at > _enrolment.c.due_at
"""Whether somebody finished after their deadline; nothing of whoever has not finished."""


class _Found(NamedTuple):
    """A line as it is read, in the order of `_ROW`. What has a name in a row of SQLAlchemy's takes ten times as long
    to get at."""

    enrolment_id: int
    public_id: str
    person_id: int
    institution_name: str
    state_code: str
    sector: Sector
    state: EnrolmentState
    own_deadline_at: dt.datetime | None
    completed_at: dt.datetime | None
    asks: bool
    stages: str | None
    nameless: bool
    returned: bool
    late: bool | None
    subject: str
    wrapped: bytes | None
    place: str | None
    sealed: bytes | None
    hidden: bool
    stand: str | None


_ROW: Select[*tuple[Any, ...]] = (
    select(
        _enrolment.c.id, _enrolment.c.public_id, _enrolment.c.person_id, _institution.c.name, _enrolment.c.state_code,
        _enrolment.c.sector, _enrolment.c.state, _enrolment.c.deadline_at, _progress.c.completed_at,
        ASKS, STAGES_REACHED, NAMELESS, _RETURNED, LATE,
        _person.c.subject, _key.c.wrapped, _identity.c.place, _identity.c.sealed, not_to_be_named(_person.c.id),
        _stand.c.stand,
    )
    .select_from(_enrolment)
    .join(_institution, _institution.c.id == _enrolment.c.institution_id)
    .outerjoin(_progress, _progress.c.enrolment_id == _enrolment.c.id)
    .outerjoin(_stand, _stand.c.enrolment_id == _enrolment.c.id)
    .join(_person, _person.c.id == _enrolment.c.person_id)
    .outerjoin(_key, _key.c.person_id == _person.c.id)
    .outerjoin(
        _identity,
        and_(_identity.c.person_id == _person.c.id, _identity.c.kind == IdentityKind.NAME, _identity.c.primary),
    )
    .order_by(*ORDER)
)  # fmt: skip
# A far page is found in the index alone; only the people on it are read.
_ON_PAGE = select(_enrolment.c.id).order_by(*ORDER).limit(PAGE).offset(bindparam("before"))


def _among(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _behind(_ON_PAGE.where(*which))


def _unnamed_last(which: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """As `_among`, where somebody is not to be named."""
    order = unnamed_last()
    page = _ON_PAGE.where(*which).order_by(None).order_by(*order)
    return _ROW.where(_enrolment.c.id.in_(page.subquery().select())).order_by(None).order_by(*order)


# How many lines it has is written into the statement: PostgreSQL then plans it once and not at each page, which takes
# three times as long as finding them.
_FIRST = select(_enrolment.c.id).order_by(*ORDER).limit(literal_column(str(PAGE)))
_EVERYBODY = _behind(_FIRST.where(_enrolment.c.edition_id == bindparam("edition_id")))


def _found(session: Session, lines: Select[*tuple[Any, ...]], **values: int) -> list[_Found]:
    return [_Found._make(row) for row in ask(session, lines, values)]


def _first_of_everybody(session: Session, seen: Look) -> list[_Found]:
    """As `_rows`, by a statement that is built once."""
    return _found(session, _EVERYBODY, edition_id=seen.edition.id)


def _rows(session: Session, seen: Look, which: list[ColumnElement[bool]], page: int) -> list[_Found]:
    """Those on a page, with all that is said of them."""
    return _found(session, _unnamed_last(which) if seen.unnamed else _among(*which), before=(page - 1) * PAGE)


def _listed(session: Session, seen: Look, named: list[tuple[str, _Found]]) -> list[Listed]:
    read = _read(session, seen, [row for _name, row in named])
    return [_line(seen.sight, row, name, read.get(row.enrolment_id)) for name, row in named]


def _read(session: Session, seen: Look, rows: list[_Found]) -> dict[int, tuple[int, int]]:
    """Finished and required units of those who are counted, for those who see progress."""
    counting = [row for row in rows if counted(row.state)]
    if seen.sight is not Sight.EVERYTHING or not counting:
        return {}
    course = outline(session, seen.version_id)
    asked = course.asked_units
    # It is noted of everybody how they stand but of those who are erased.
    unnoted = [row.enrolment_id for row in counting if row.stand is None and not row.completed_at]
    done = {row.enrolment_id: stand_of(row.stand).done for row in counting if row.stand is not None}
    if unnoted:
        done |= asked_done(session, unnoted, course)
    return {row.enrolment_id: (asked if row.completed_at else done.get(row.enrolment_id, 0), asked) for row in counting}


@lru_cache(maxsize=1024)
def stands(told: str, reached: str | None, sight: Sight) -> tuple[Status, bool, bool]:
    """In one word; whether they are counted; and whether somebody is awaited to sign in. There are few cases and many
    lines."""
    state, stages = EnrolmentState(told), frozenset(Stage(stage) for stage in (reached or "").split(",") if stage)
    counts = counted(state)
    return status_of(state, stages, sight), counts, counts and Stage.INVITED in stages and Stage.SIGNED_IN not in stages


@lru_cache(maxsize=16)
def waits(counts: bool, unseen: bool, asks: bool, nameless: bool) -> tuple[Awaiting, ...]:
    """The same conditions as in `behind`, for one person."""
    found = ((Awaiting.SIGN_IN, unseen), (Awaiting.ANSWER, asks), (Awaiting.NAME, nameless))
    return tuple(what for what, awaited in found if awaited and counts)


def _line(sight: Sight, row: _Found, name: str, units: tuple[int, int] | None) -> Listed:
    full = sight is Sight.EVERYTHING
    status, counts, unseen = stands(row.state, row.stages, sight)
    state_code, institution_name = beside(name, row.state_code, row.institution_name)
    return Listed(
        row.public_id, name, state_code, institution_name, row.sector, status, units, row.completed_at,
        full and bool(row.late),
        row.own_deadline_at if full else None,
        full and row.returned,
        waits(counts, unseen, row.asks, row.nameless) if full else NOTHING,
    )  # fmt: skip
