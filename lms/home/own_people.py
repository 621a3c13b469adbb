"""A focal point's people: who they are, and whether they have finished. Nothing more is read than is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Exists, exists, func, select
from sqlalchemy.orm import Session

from lms.dashboards.rules.looks import Sight, Status, of_states_and_institutions, sort_key, status_of
from lms.kernel.values import dataclass
from lms.people.models import Institution
from lms.people.queries import beside, names_of
from lms.people.rules import Scope
from lms.seminars.models import Edition, Enrolment, StageReached
from lms.seminars.queries import visible_to
from lms.seminars.rules import COUNTED, Stage

MOST_SHOWN = 100
"""Of one edition. The list of the edition holds everybody."""


@dataclass(frozen=True)
class OwnPerson:
    """One of them, as far as a focal point sees."""

    name: str
    institution: str
    status: Status


@dataclass(frozen=True)
class OwnEdition:
    """The people of an edition who are a focal point's: how many, how many have finished, and who they are."""

    public_id: str
    title: str
    starts_on: dt.date
    people: int
    finished: int
    recorded: int
    listed: Sequence[OwnPerson]


def own_people(session: Session, scope: Scope) -> list[OwnEdition]:
    """By edition, the latest first, in alphabetical order; three statements, whatever their number."""
    here = (Enrolment.state.in_(COUNTED), visible_to(of_states_and_institutions(scope)))
    listed = _listed(session, here)
    numbers = session.execute(
        select(
            Edition.id,
            Edition.public_id,
            Edition.title,
            Edition.starts_on,
            func.count().label("people"),
            func.count().filter(_reached(Stage.PRE_READING)).label("finished"),
            func.count().filter(_reached(Stage.RECORDED)).label("recorded"),
        )
        .join(Enrolment, Enrolment.edition_id == Edition.id)
        .where(*here)
        .group_by(Edition.id, Edition.public_id, Edition.title, Edition.starts_on)
        .order_by(Edition.starts_on.desc(), Edition.id.desc())
    )
    return [
        OwnEdition(
            row.public_id, row.title, row.starts_on, row.people, row.finished, row.recorded,
            sorted(listed[row.id], key=lambda one: sort_key(one.name)),
        )
        for row in numbers
    ]  # fmt: skip


def _listed(session: Session, here: tuple[ColumnElement[bool], ...]) -> dict[int, list[OwnPerson]]:
    """The people who are shown, by edition."""
    place = func.row_number().over(partition_by=Enrolment.edition_id, order_by=Enrolment.id).label("place")
    counted = (
        select(
            Enrolment.edition_id,
            Enrolment.person_id,
            Enrolment.state,
            Institution.name.label("institution"),
            _reached(Stage.PRE_READING).label("finished"),
            _reached(Stage.RECORDED).label("recorded"),
            place,
        )
        .join(Institution, Institution.id == Enrolment.institution_id)
        .where(*here)
        .subquery()
    )
    rows = session.execute(select(counted).where(counted.c.place <= MOST_SHOWN)).all()
    names = names_of(session, {row.person_id for row in rows})
    listed: dict[int, list[OwnPerson]] = {}
    for row in rows:
        reached = ((Stage.PRE_READING, row.finished), (Stage.RECORDED, row.recorded))
        status = status_of(row.state, frozenset(stage for stage, met in reached if met), Sight.COMPLETION)
        name = names[row.person_id]
        institution = beside(name, "", row.institution)[1]
        listed.setdefault(row.edition_id, []).append(OwnPerson(name, institution, status))
    return listed


def _reached(stage: Stage) -> Exists:
    return exists().where(StageReached.enrolment_id == Enrolment.id, StageReached.stage == stage)
