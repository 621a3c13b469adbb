"""Progress: each step is appended, the summaries are kept in the same transaction, completion is said once."""

from __future__ import annotations

import datetime as dt

from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.catalogue.rules.outline import Outline, OutlineUnit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Refused
from lms.kernel.events import publish
from lms.kernel.values import dataclass
from lms.learning.events import PreReadingCompleted, Read
from lms.learning.models import EnrolmentProgress, ProgressEvent, UnitProgress
from lms.learning.queries import OwnEnrolment, Taken, last_kind, own_enrolment, progress_of
from lms.learning.rules.progress import (
    NOTHING_YET,
    ProgressKind,
    Step,
    UnitSummary,
    can_undo,
    finished_by,
    is_late,
    step,
)
from lms.learning.rules.standing import Course, Key, pre_reading_complete, standing_of
from lms.plugins.unit_kind import Score
from lms.seminars.models import Enrolment
from lms.seminars.rules import Stage
from lms.seminars.services import reach

from .modules import forget_modules, keep_modules
from .receipts import hold_progress, take


@dataclass(slots=True)
class Held:
    """An enrolment whose progress this transaction holds: nobody else moves it until the end."""

    own: OwnEnrolment
    outline: Outline
    course: EnrolmentProgress
    progress: dict[Key, UnitSummary]

    def summary(self, unit: OutlineUnit) -> UnitSummary:
        """Where the person stands on a unit."""
        return self.progress.get((unit.id, unit.substance), NOTHING_YET)

    def must_be_open(self, unit: OutlineUnit) -> None:
        """Raises Refused with the reason when the unit's module is not open yet."""
        row = self.course
        course = Course(row.started_at, row.completed_at, row.late, row.last_unit_id)
        found = standing_of(self.outline, self.progress, course).find(unit.key)
        if found and not found[0].open:
            first = found[0].waits_for[0].named(str(get_locale()))
            raise Refused(_("This module opens when you have finished “%(module)s”.", module=first))


def hold(session: Session, own: OwnEnrolment, outline: Outline) -> Held:
    """Hold the enrolment's progress until the transaction ends, under the version that is in force once it is held.

    Raises NotFound when the place was given up meanwhile.
    """
    course = hold_progress(session, own.id)
    own = own_enrolment(session, own.edition, own.person_id)
    if own.version_id != outline.version_id:
        outline = catalogue.outline(session, own.version_id)
    return Held(own, outline, course, progress_of(session, own.id))


def complete_unit(
    session: Session, *, own: OwnEnrolment, outline: Outline, unit: OutlineUnit, key: str, at: dt.datetime
) -> Taken:
    """Mark a text as read. A text that is read already stays as it is. Raises Refused, ChangedSince."""
    held = hold(session, own, outline)
    taken = take(session, own.id, key, action="read", body=about(unit), at=at)
    if not taken.fresh:
        return taken
    if finished_by(unit.kind, unit.questions) is not ProgressKind.READ:
        raise Refused(_("This unit is not finished by reading alone."))
    held.must_be_open(unit)
    if not held.summary(unit).done:
        record(session, held, unit, ProgressKind.READ, taken)
    return taken


def undo_unit(
    session: Session, *, own: OwnEnrolment, outline: Outline, unit: OutlineUnit, key: str, at: dt.datetime
) -> Taken:
    """Take back that a text was read, as long as the pre-reading is not complete. Raises Refused, ChangedSince."""
    held = hold(session, own, outline)
    taken = take(session, own.id, key, action="undo", body=about(unit), at=at)
    if not taken.fresh:
        return taken
    if held.course.completed_at is not None:
        raise Refused(_("Your pre-reading is complete, so this can no longer be taken back. Nothing was changed."))
    if can_undo(held.summary(unit), last_kind(session, own.id, unit.id, unit.substance)):
        record(session, held, unit, ProgressKind.UNDONE, taken)
    return taken


def about(unit: OutlineUnit) -> dict[str, object]:
    """What a receipt says of the unit."""
    return {"unit": unit.id, "substance": unit.substance}


def record(
    session: Session,
    held: Held,
    unit: OutlineUnit,
    kind: ProgressKind,
    taken: Taken,
    score: Score | None = None,
) -> None:
    """Append one step at the time of its receipt and bring the summaries along."""
    points, total = (score.points, score.total) if score else (None, None)
    event = Step(kind, taken.at, is_late(taken.at, held.own.deadline), points, total)
    place = {"enrolment_id": held.own.id, "unit_id": unit.id, "substance": unit.substance}
    session.execute(
        insert(ProgressEvent).values(
            **place, revision_id=unit.revision_id, kind=kind, points=points, total=total, late=event.late,
            receipt_id=taken.id, at=taken.at,
        )
    )  # fmt: skip
    before = held.summary(unit)
    after = held.progress[unit.id, unit.substance] = step(before, event)
    keep_summary(session, place, after)
    held.course.units_done += after.done - before.done
    begin(session, held.course, taken.at)
    complete_if_so(session, held, at=taken.at)
    if after.done != before.done and held.course.completed_at is None:
        if _turns_a_module(held, unit):
            keep_modules(session, enrolment_ids=[held.own.id])
        publish(session, Read((held.own.id,)))


def _turns_a_module(held: Held, unit: OutlineUnit) -> bool:
    """Whether nothing but this unit decides whether its module is finished."""
    return any(
        all(held.summary(other).done for other in module.units if other.id != unit.id)
        for module in held.outline.modules
        if any(other.id == unit.id for other in module.units)
    )


def keep_summary(session: Session, place: dict[str, object], summary: UnitSummary) -> None:
    """Where an enrolment stands on a unit from now on."""
    values = {
        "state": summary.state,
        "best_points": summary.best_points,
        "best_total": summary.best_total,
        "late": summary.late,
        "done_at": summary.done_at,
    }
    insert_here = dialect_insert(session)
    change = insert_here(UnitProgress).values(**place, **values)
    session.execute(change.on_conflict_do_update(index_elements=list(place), set_=values))


def begin(session: Session, course: EnrolmentProgress, at: dt.datetime) -> None:
    """Say once that an enrolment has begun to read."""
    if course.started_at is None:
        course.started_at = at
        reach(session, enrolment=session.get_one(Enrolment, course.enrolment_id), stage=Stage.READING, at=at)


def complete_if_so(session: Session, held: Held, *, at: dt.datetime) -> None:
    """Say once that the pre-reading is complete, in the transaction of the step that completes it."""
    if held.course.completed_at is None and pre_reading_complete(held.outline, held.progress):
        complete(session, held.course, held.outline.version_id, late=is_late(at, held.own.deadline), at=at)


def complete(session: Session, course: EnrolmentProgress, version_id: int, *, late: bool, at: dt.datetime) -> None:
    """The pre-reading is complete under this version."""
    course.completed_at, course.version_id, course.late = at, version_id, late
    place = session.get_one(Enrolment, course.enrolment_id)
    forget_modules(session, enrolment_id=place.id)
    reach(session, enrolment=place, stage=Stage.PRE_READING, at=at)
    publish(session, PreReadingCompleted(place.id, place.edition_id, place.person_id, version_id, at))


def note_opened(session: Session, *, enrolment_id: int, unit_id: int) -> None:
    """Remember where to continue; nothing else depends on it."""
    insert_here = dialect_insert(session)
    row = {"enrolment_id": enrolment_id, "units_done": 0, "late": False, "last_unit_id": unit_id}
    session.execute(
        insert_here(EnrolmentProgress)
        .values(row)
        .on_conflict_do_update(index_elements=["enrolment_id"], set_={"last_unit_id": unit_id})
    )
