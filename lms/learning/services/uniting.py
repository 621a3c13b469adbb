"""Two places of one edition were one person's: what was finished at either is finished, private texts stay private."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.kernel.events import publish
from lms.kernel.secrets import Unsealable, new_token, seal, unseal
from lms.learning.events import Read
from lms.learning.models import EnrolmentProgress, ProgressEvent, Reflection
from lms.learning.queries import progress_of
from lms.learning.queries.kept import reflection_place
from lms.learning.rules.progress import NOTHING_YET, Step, UnitSummary, gains, step
from lms.learning.rules.standing import Key, pre_reading_complete
from lms.people.sealing import private_key_of
from lms.seminars.models import Enrolment
from lms.seminars.queries import version_in_force
from lms.seminars.rules import counted

from .modules import keep_modules
from .progress import begin, complete, keep_summary
from .receipts import hold_progress, take


def unite_progress(session: Session, *, kept_id: int, other_id: int, at: dt.datetime) -> None:
    """Append to the kept place every step of the units that stand better at the other one, at the time at which it was
    taken; the other place keeps its own. Complete is whoever was complete at either, or is by both together."""
    other = session.get(EnrolmentProgress, other_id)
    if other is None or other.started_at is None:
        return
    course = hold_progress(session, kept_id)
    progress, theirs = progress_of(session, kept_id), progress_of(session, other_id)
    better = {key for key, summary in theirs.items() if gains(progress.get(key, NOTHING_YET), summary)}
    _append(session, course, progress, other_id, better)
    if course.completed_at is not None:
        return
    course.last_unit_id = course.last_unit_id or other.last_unit_id
    if other.completed_at is not None and other.version_id is not None:
        complete(session, course, other.version_id, late=other.late, at=other.completed_at)
        return
    _complete_together(session, course, progress)
    keep_modules(session, enrolment_ids=[kept_id])
    publish(session, Read((kept_id,)))


def _append(
    session: Session, course: EnrolmentProgress, progress: dict[Key, UnitSummary], other_id: int, units: Collection[Key]
) -> None:
    steps = select(ProgressEvent).where(ProgressEvent.enrolment_id == other_id).order_by(ProgressEvent.id)
    for taken in session.scalars(steps):
        key = (taken.unit_id, taken.substance)
        if key not in units:
            continue
        place = {"enrolment_id": course.enrolment_id, "unit_id": taken.unit_id, "substance": taken.substance}
        said = {name: getattr(taken, name) for name in ("kind", "points", "total", "late", "at")}
        session.execute(insert(ProgressEvent).values(**place, **said, revision_id=taken.revision_id))
        before = progress.get(key, NOTHING_YET)
        after = progress[key] = step(before, Step(taken.kind, taken.at, taken.late, taken.points, taken.total))
        keep_summary(session, place, after)
        course.units_done += after.done - before.done
        begin(session, course, taken.at)


def _complete_together(session: Session, course: EnrolmentProgress, progress: dict[Key, UnitSummary]) -> None:
    place = session.get_one(Enrolment, course.enrolment_id)
    version_id = version_in_force(session, place.edition_id)
    finished = [summary for summary in progress.values() if summary.done_at is not None]
    if not counted(place.state) or not pre_reading_complete(catalogue.outline(session, version_id), progress):
        return
    last = max(finished, key=_when, default=None)
    if last and last.done_at:
        complete(session, course, version_id, late=last.late, at=last.done_at)


def _when(summary: UnitSummary) -> dt.datetime:
    return summary.done_at or dt.datetime.min.replace(tzinfo=dt.UTC)


def unite_texts(session: Session, *, kept_id: int, other_id: int, written_by: int, at: dt.datetime) -> None:
    """Bring the last private text on each unit over, under the key under which it was written; where there is one at
    the kept place too, that one stays the last."""
    mine, key = _last_texts(session, kept_id), private_key_of(session, written_by)
    for unit_id, sealed in _last_texts(session, other_id).items():
        try:
            text = unseal(key, sealed, reflection_place(other_id, unit_id))
        except Unsealable:  # not theirs to read before an address is proved; it stays where it is
            continue
        own = [mine[unit_id]] if unit_id in mine else []
        _write(session, kept_id, unit_id, [seal(key, text, reflection_place(kept_id, unit_id)), *own], at)


def _last_texts(session: Session, enrolment_id: int) -> dict[int, bytes]:
    written = select(Reflection.unit_id, Reflection.sealed).where(Reflection.enrolment_id == enrolment_id)
    return {row.unit_id: row.sealed for row in session.execute(written.order_by(Reflection.id))}


def _write(session: Session, enrolment_id: int, unit_id: int, texts: Iterable[bytes], at: dt.datetime) -> None:
    for sealed in texts:
        body, key = {"unit": unit_id}, new_token()
        taken = take(session, enrolment_id, key, action="joined", body=body, at=at)
        row = {"enrolment_id": enrolment_id, "unit_id": unit_id, "sealed": sealed, "receipt_id": taken.id, "at": at}
        session.execute(insert(Reflection).values(row))
