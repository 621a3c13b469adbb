"""Every read of a person's own way through the course. Each asks for one enrolment, whose holder the caller has
established, or for a list of them that a scope has already filtered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.models import CourseVersion
from lms.catalogue.rules.outline import Outline
from lms.kernel.errors import NotFound
from lms.kernel.secrets import unseal
from lms.people.models import Institution, Sector
from lms.people.sealing import key_of, unseal_text
from lms.plugins.unit_kind import UnitKind
from lms.seminars.models import Edition, EditionVersion, Enrolment
from lms.seminars.rules import COUNTED, deadline_in_force

from .models import Answer, EnrolmentProgress, ProgressEvent, QuizTry, Receipt, Reflection, UnitProgress
from .rules.answers import Given, Quiz, Sent
from .rules.progress import ProgressKind, UnitSummary
from .rules.standing import NOT_BEGUN, Course, Key, Standing, standing_of


@dataclass(frozen=True, slots=True)
class OwnEnrolment:
    """A person's own place in an edition: everything a page of the pre-reading asks about it, from one row."""

    id: int
    person_id: int
    edition_id: int
    edition: str
    edition_title: str
    institution_zone: str
    sector: Sector
    deadline: dt.datetime
    version_id: int
    published_at: dt.datetime
    course: Course


# Tables rather than classes on the two reads of every page: they are compiled once and pass the mapper by.
_enrolment, _progress, _unit = (kind.__table__ for kind in (Enrolment, EnrolmentProgress, UnitProgress))
_edition, _reads, _version = (kind.__table__ for kind in (Edition, EditionVersion, CourseVersion))
_institution = Institution.__table__
_COURSE = (_progress.c.started_at, _progress.c.completed_at, _progress.c.late, _progress.c.last_unit_id)
_IN_FORCE = (
    select(func.max(_reads.c.id))
    .where(_reads.c.edition_id == _enrolment.c.edition_id)
    .correlate(_enrolment)
    .scalar_subquery()
)
_OWN = (
    select(
        _enrolment.c.id, _enrolment.c.person_id, _enrolment.c.edition_id, _enrolment.c.sector, _enrolment.c.deadline_at,
        _edition.c.title, _edition.c.deadline_at.label("edition_deadline_at"),
        _institution.c.zone.label("institution_zone"), _reads.c.version_id, _version.c.published_at, *_COURSE,
    )
    .select_from(_enrolment)
    .join(_edition, _edition.c.id == _enrolment.c.edition_id)
    .join(_institution, _institution.c.id == _enrolment.c.institution_id)
    .join(_reads, _reads.c.id == _IN_FORCE)
    .join(_version, _version.c.id == _reads.c.version_id)
    .outerjoin(_progress, _progress.c.enrolment_id == _enrolment.c.id)
    .where(
        _edition.c.public_id == bindparam("edition"),
        _enrolment.c.person_id == bindparam("person_id"),
        _enrolment.c.state.in_(sorted(COUNTED)),
    )
)  # fmt: skip


def own_enrolment(session: Session, edition: str, person_id: int) -> OwnEnrolment:
    """A person's own place, invited or accepted, in the edition with this public id; raises NotFound."""
    row = session.execute(_OWN, {"edition": edition, "person_id": person_id}).first()
    if row is None:
        raise NotFound
    return OwnEnrolment(
        id=row.id,
        person_id=row.person_id,
        edition_id=row.edition_id,
        edition=edition,
        edition_title=row.title,
        institution_zone=row.institution_zone,
        sector=row.sector,
        deadline=deadline_in_force(row.edition_deadline_at, row.deadline_at),
        version_id=row.version_id,
        published_at=row.published_at,
        course=_course(row),
    )


def _course(row: Any) -> Course:
    return Course(row.started_at, row.completed_at, bool(row.late), row.last_unit_id)


_UNIT = (
    _unit.c.unit_id, _unit.c.substance, _unit.c.state, _unit.c.best_points, _unit.c.best_total,
    _unit.c.late.label("unit_late"), _unit.c.done_at,
)  # fmt: skip
_UNITS = select(*_UNIT).where(_unit.c.enrolment_id == bindparam("enrolment_id"))


def progress_of(session: Session, enrolment_id: int) -> dict[Key, UnitSummary]:
    """What an enrolment has done, by unit and substance; one statement."""
    rows = session.execute(_UNITS, {"enrolment_id": enrolment_id})
    return {(row.unit_id, row.substance): _summary(row) for row in rows}


def _summary(row: Any) -> UnitSummary:
    return UnitSummary(row.state, row.best_points, row.best_total, row.unit_late, row.done_at)


def standing(session: Session, enrolment_id: int, outline: Outline) -> Standing:
    """Where one enrolment stands on a version, and why; one statement."""
    return standings(session, [enrolment_id], outline)[enrolment_id]


def standings(session: Session, enrolment_ids: Sequence[int], outline: Outline) -> dict[int, Standing]:
    """Where each of these enrolments stands on a version; one statement for all of them."""
    return _standings(session, outline, enrolment_ids, _progress.c.enrolment_id.in_(enrolment_ids))


def standings_in(
    session: Session, edition_id: int, outline: Outline, enrolment_ids: Sequence[int]
) -> dict[int, Standing]:
    """As `standings`, for so many enrolments of one edition that their ids would not fit into a statement."""
    in_edition = _progress.c.enrolment_id.in_(select(Enrolment.id).where(Enrolment.edition_id == edition_id))
    return _standings(session, outline, enrolment_ids, in_edition)


def _standings(
    session: Session, outline: Outline, enrolment_ids: Sequence[int], which: ColumnElement[bool]
) -> dict[int, Standing]:
    rows = session.execute(
        select(_progress.c.enrolment_id.label("whose"), *_COURSE, *_UNIT)
        .select_from(_progress.outerjoin(_unit, _unit.c.enrolment_id == _progress.c.enrolment_id))
        .where(which)
    )
    courses: dict[int, Course] = {}
    progress: dict[int, dict[Key, UnitSummary]] = {}
    for row in rows:
        courses[row.whose] = _course(row)
        if row.unit_id is not None:
            progress.setdefault(row.whose, {})[row.unit_id, row.substance] = _summary(row)
    return {
        number: standing_of(outline, progress.get(number, {}), courses.get(number, NOT_BEGUN))
        for number in enrolment_ids
    }


def last_kind(session: Session, enrolment_id: int, unit_id: int, substance: str) -> ProgressKind | None:
    """What happened last on a unit."""
    return session.scalar(
        select(ProgressEvent.kind)
        .where(
            ProgressEvent.enrolment_id == enrolment_id,
            ProgressEvent.unit_id == unit_id,
            ProgressEvent.substance == substance,
        )
        .order_by(ProgressEvent.id.desc())
        .limit(1)
    )


@dataclass(frozen=True, slots=True)
class TryRow:
    """One try at a quiz."""

    id: int
    public_id: str
    unit_id: int
    substance: str
    revision_id: int
    number: int
    seed: str
    opened_at: dt.datetime
    closed_at: dt.datetime | None
    points: int | None
    total: int | None

    @property
    def closed(self) -> bool:
        """Whether its answers have been checked."""
        return self.closed_at is not None


_TRY = (
    QuizTry.id, QuizTry.public_id, QuizTry.unit_id, QuizTry.substance, QuizTry.revision_id, QuizTry.number,
    QuizTry.seed, QuizTry.opened_at, QuizTry.closed_at, QuizTry.points, QuizTry.total,
)  # fmt: skip


def latest_try(session: Session, enrolment_id: int, unit_id: int, substance: str) -> TryRow | None:
    """The try to show on a quiz's page: the open one, else the last that was closed."""
    found = select(*_TRY).where(
        QuizTry.enrolment_id == enrolment_id, QuizTry.unit_id == unit_id, QuizTry.substance == substance
    )
    row = session.execute(found.order_by(QuizTry.number.desc()).limit(1)).first()
    return TryRow(*row) if row else None


def try_of(session: Session, enrolment_id: int, unit_id: int, public_id: str, *, lock: bool = False) -> TryRow:
    """One try of this enrolment at this unit, locked against its closing if asked; raises NotFound."""
    found = select(*_TRY).where(
        QuizTry.public_id == public_id, QuizTry.enrolment_id == enrolment_id, QuizTry.unit_id == unit_id
    )
    row = session.execute(found.with_for_update() if lock else found).first()
    if row is None:
        raise NotFound
    return TryRow(*row)


def answers_of(session: Session, person_id: int, tried: TryRow) -> list[Sent]:
    """Every answer of a try in the order of arrival; what was written freely is unsealed for its writer."""
    rows = _answers(session, Answer.try_id == tried.id)
    return [
        Sent(row.question, given, row.page, row.sequence)
        for row, given in zip(rows, _opened(session, person_id, tried, rows), strict=True)
    ]


def answers_under(session: Session, person_id: int, tried: TryRow, receipt_id: int) -> dict[str, Given]:
    """What was saved under one receipt, question by question."""
    rows = _answers(session, (Answer.receipt_id == receipt_id) & (Answer.try_id == tried.id))
    return {row.question: given for row, given in zip(rows, _opened(session, person_id, tried, rows), strict=True)}


def _answers(session: Session, which: ColumnElement[bool]) -> Sequence[Any]:
    found = select(Answer.question, Answer.given, Answer.sealed, Answer.page, Answer.sequence)
    return session.execute(found.where(which).order_by(Answer.id)).all()


def _opened(session: Session, person_id: int, tried: TryRow, rows: Sequence[Any]) -> list[Given]:
    key = key_of(session, person_id) if any(row.sealed for row in rows) else b""
    return [
        [unseal(key, row.sealed, answer_place(tried.public_id, row.question)).decode()]
        if row.sealed
        else list(row.given)
        for row in rows
    ]


def answer_place(tried: str, question: str) -> str:
    """Where a sealed answer belongs."""
    return f"answer:{tried}:{question}"


def reflection_place(enrolment_id: int, unit_id: int) -> str:
    """Where a sealed reflection belongs."""
    return f"reflection:{enrolment_id}:{unit_id}"


@dataclass(frozen=True, slots=True)
class Written:
    """A reflection as its writer sees it."""

    text: str
    at: dt.datetime


def reflection(session: Session, own: OwnEnrolment, unit_id: int, receipt_id: int | None = None) -> Written | None:
    """What the holder of an enrolment wrote last on a unit, or under one receipt; for the writer alone."""
    found = select(Reflection.sealed, Reflection.at).where(
        Reflection.enrolment_id == own.id, Reflection.unit_id == unit_id
    )
    if receipt_id is not None:
        found = found.where(Reflection.receipt_id == receipt_id)
    row = session.execute(found.order_by(Reflection.id.desc()).limit(1)).first()
    if row is None:
        return None
    return Written(unseal_text(session, own.person_id, row.sealed, reflection_place(own.id, unit_id)), row.at)


@dataclass(frozen=True, slots=True)
class Taken:
    """A receipt; `fresh` says that it was given just now and not for an earlier sending of the same."""

    id: int
    at: dt.datetime
    fresh: bool


def receipt(session: Session, enrolment_id: int, client_key: str) -> Any:
    """The receipt that this enrolment was given for a key."""
    return session.execute(
        select(Receipt.id, Receipt.body_hash, Receipt.action, Receipt.body, Receipt.at).where(
            Receipt.enrolment_id == enrolment_id, Receipt.client_key == client_key
        )
    ).one()


def versions_read(session: Session) -> dict[int, int]:
    """Which version each enrolment reads; for checks over everybody."""
    rows = session.execute(select(_enrolment.c.id, _reads.c.version_id).join(_reads, _reads.c.id == _IN_FORCE))
    return {row.id: row.version_id for row in rows}


def quiz(session: Session, kinds: Mapping[str, UnitKind], revision_id: int) -> Quiz:
    """A quiz with its answers, as it was published: for the server only."""
    text = catalogue.unit_text(session, revision_id)
    kind = kinds[text.kind]
    return Quiz(revision_id, kind, text.data, tuple(kind.questions(text.data)))
