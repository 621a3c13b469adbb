"""What becomes of an edition's people under another version: the facts for `rules.moving`."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalogue import queries as catalogue
from lms.learning.queries import NOTHING_KEPT, open_tries_in, progress_in
from lms.people.rules import Scope
from lms.records.models import RecordSubject
from lms.records.rules.completion import Key
from lms.records.rules.moving import Forecast, Reader, forecast_of
from lms.seminars.models import Edition, Enrolment
from lms.seminars.queries import versions_so_far, visible_to
from lms.seminars.rules import COUNTED

from .standing import standings, without_record


def forecast(session: Session, edition: Edition, version_id: int, scope: Scope, at: dt.datetime) -> Forecast:
    """What moving an edition to a version does to everybody in it, as far as this scope shows them; eleven statements
    for any number of people, and two for each version that is not at hand."""
    reading = versions_so_far(session, edition.id)[-1]
    old, new = (catalogue.outline(session, number) for number in (reading.version_id, version_id))
    readers = _readers(session, edition, version_id, scope)
    return forecast_of(reading.id, old, new, readers, edition.deadline_at, at)


def _readers(session: Session, edition: Edition, version_id: int, scope: Scope) -> list[Reader]:
    here = (Enrolment.edition_id == edition.id, visible_to(scope))
    rows = session.execute(
        select(Enrolment.id, Enrolment.due_at, RecordSubject.record)
        .outerjoin(RecordSubject, RecordSubject.enrolment_id == Enrolment.id)
        .where(*here, Enrolment.state.in_(COUNTED))
        .order_by(Enrolment.id)
    ).all()
    progress, tries = progress_in(session, edition.id), open_tries_in(session, edition.id)
    judged = standings(session, *here, without_record(), under=version_id)
    ready = {found.enrolment_id for found in judged if found.verdict.without(Key.MODULES).met}
    found = []
    for row in rows:
        course, units = progress.get(row.id, NOTHING_KEPT)
        found.append(
            Reader(
                enrolment_id=row.id,
                progress=units,
                course=course,
                deadline=row.due_at,
                open_tries=tuple(tries.get(row.id, ())),
                has_record=row.record is not None,
                gets_record=row.id in ready,
            )
        )
    return found
