"""Which edition somebody looks at, and how much of it they see."""

from __future__ import annotations

import datetime as dt
from typing import cast

from sqlalchemy import Table, bindparam, case, select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Sight, by_mandate, of_states_and_institutions, sight_of
from lms.kernel.db import ask
from lms.kernel.errors import NotFound
from lms.kernel.values import dataclass
from lms.people.queries.sensitive import unnamed_people
from lms.people.rules import Scope
from lms.seminars.models import AttendanceClosing, Edition, EditionVersion, Enrolment
from lms.seminars.queries import places_of, version_waiting, visible_to
from lms.seminars.rules import COUNTED

from .offered import IN_ONE_TEXT, serves_in


@dataclass(frozen=True, slots=True)
class SeenEdition:
    """What the pages of this context say of an edition."""

    id: int
    public_id: str
    title: str
    place: str
    starts_on: dt.date
    ends_on: dt.date
    zone: str
    deadline_at: dt.datetime


@dataclass(frozen=True)
class Look:
    """An edition as one person may see it; `scope` is what their mandates show of its people."""

    edition: SeenEdition
    closed_at: dt.datetime | None
    sight: Sight
    scope: Scope
    version_id: int
    """The version of its course that the edition reads."""
    places: int
    """How many places there are in the edition, whatever the look shows of them."""
    newer: str | None
    """The number of the newest version that the edition reads only by its coordinator's act."""
    unnamed: bool = False
    """Whether somebody in the edition is not to be named, so that their state is told nowhere."""
    offered: str | None = None
    """All its institutions, for who may see everything and asked for them along with it, unless somebody is not to be
    named; `choices` reads them."""


# Built once, of tables: see `lms.people.queries.viewers`.
_edition, _closing, _reads = (cast(Table, model.__table__) for model in (Edition, AttendanceClosing, EditionVersion))
_IN_FORCE = (
    select(_reads.c.version_id)
    .where(_reads.c.edition_id == _edition.c.id)
    .order_by(_reads.c.id.desc())
    .limit(1)
    .correlate(_edition)
    .scalar_subquery()
)
_NOTED = (_closing.c.at, _IN_FORCE, places_of(_edition.c.id), version_waiting(_IN_FORCE))
_enrolment = cast(Table, Enrolment.__table__)
# From the marks, which are few, to their places in the edition: nothing here grows with its people.
_UNNAMED = (
    select(_enrolment.c.id)
    .where(_enrolment.c.edition_id == _edition.c.id, _enrolment.c.person_id.in_(unnamed_people()))
    .correlate(_edition)
    .exists()
)
_FOUND = (
    select(*(_edition.c[name] for name in SeenEdition.__slots__), *_NOTED, _UNNAMED)
    .select_from(_edition.outerjoin(_closing, _closing.c.edition_id == _edition.c.id))
    .where(_edition.c.public_id == bindparam("public_id"))
)
_SERVE_HERE = IN_ONE_TEXT.where(serves_in(_enrolment.c.edition_id == _edition.c.id)).correlate(_edition)
# Not where somebody is not to be named: what is offered there is another matter, which is asked apart.
_WITH_INSTITUTIONS = _FOUND.add_columns(case((~_UNNAMED, _SERVE_HERE.scalar_subquery())))


def look(session: Session, public_id: str, scope: Scope, *, filtering: bool = False) -> Look:
    """The edition for somebody with this scope, in one or two statements; raises NotFound for a foreign one.

    A page that offers a filter says so, and has what the filter offers brought along.
    """
    all_at_once = filtering and scope.everything
    row = ask(session, _WITH_INSTITUTIONS if all_at_once else _FOUND, {"public_id": public_id}).first()
    if row is None:
        raise NotFound
    offered = row[-1] if all_at_once else None
    *facts, closed_at, version_id, places, newer, unnamed = row[:-1] if all_at_once else row
    edition = SeenEdition(*facts)
    focal = of_states_and_institutions(scope)
    sight = sight_of(scope, public_id, has_people=_has_people(session, edition.id, focal))
    if sight is None:
        raise NotFound
    seen = focal if sight is Sight.COMPLETION else by_mandate(scope)
    return Look(edition, closed_at, sight, seen, version_id, int(places), newer, unnamed, offered)


def _has_people(session: Session, edition_id: int, focal: Scope) -> bool:
    if not focal.states and not focal.institutions:
        return False
    found = select(Enrolment.id).where(
        Enrolment.edition_id == edition_id, Enrolment.state.in_(COUNTED), visible_to(focal)
    )
    return session.scalar(found.limit(1)) is not None
