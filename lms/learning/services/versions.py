"""An edition that reads another version: whoever has finished what that version asks is complete from then on."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import false, literal, select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.kernel.db import dialect_insert
from lms.kernel.events import publish
from lms.learning.events import Read
from lms.learning.models import EnrolmentProgress
from lms.learning.queries import own_enrolment, standings_in
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import COUNTED

from .modules import keep_modules
from .progress import complete_if_so, hold


def complete_whoever_has_finished(session: Session, *, edition_id: int, version_id: int, at: dt.datetime) -> int:
    """Complete those for whom nothing is left to read under this version; says how many. Progress is not touched."""
    begun = _begun(session, edition_id)
    if not begun:
        return 0
    outline = catalogue.outline(session, version_id)
    found = standings_in(session, edition_id, outline, list(begun))
    finished = [person for number, person in begun.items() if found[number].done == found[number].total]
    edition = session.get_one(Edition, edition_id).public_id
    for person_id in finished:
        complete_if_so(session, hold(session, own_enrolment(session, edition, person_id), outline), at=at)
    keep_modules(session, enrolment_ids=begun)  # which modules there are, and what they ask, is another matter now
    publish(session, Read(tuple(begun)))
    return len(finished)


def hold_reading(session: Session, *, edition_id: int) -> None:
    """Let nobody of an edition take a step until the transaction ends, whoever has not begun included."""
    places = select(Enrolment.id).where(Enrolment.edition_id == edition_id, Enrolment.state.in_(COUNTED))
    insert_here, row = dialect_insert(session), select(Enrolment.id, literal(0), false())
    missing = row.where(Enrolment.id.in_(places), Enrolment.id.not_in(select(EnrolmentProgress.enrolment_id)))
    empty = insert_here(EnrolmentProgress).from_select(["enrolment_id", "units_done", "late"], missing)
    session.execute(empty.on_conflict_do_nothing())
    held = select(EnrolmentProgress.enrolment_id).where(EnrolmentProgress.enrolment_id.in_(places))
    session.execute(held.order_by(EnrolmentProgress.enrolment_id).with_for_update())


def _begun(session: Session, edition_id: int) -> dict[int, int]:
    rows = session.execute(
        select(Enrolment.id, Enrolment.person_id)
        .join(EnrolmentProgress, EnrolmentProgress.enrolment_id == Enrolment.id)
        .where(
            Enrolment.edition_id == edition_id,
            Enrolment.state.in_(COUNTED),
            EnrolmentProgress.started_at.is_not(None),
            EnrolmentProgress.completed_at.is_(None),
        )
        .order_by(Enrolment.id)
        # Whoever is reading at this moment is waited for, and reads on under the new version.
        .with_for_update(of=EnrolmentProgress)
    )
    return {row.id: row.person_id for row in rows}
