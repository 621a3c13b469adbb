"""The tallies of answers, kept by the worker: once an hour, so that nobody can watch single people answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy.orm import Session

from lms.kernel import outbox
from lms.kernel.db import dialect_insert
from lms.learning.models import QuestionTally
from lms.learning.queries import grown, tally_of
from lms.plugins.manager import unit_kinds

SETTLED = dt.timedelta(minutes=1)
"""Tries closed within it wait, so that none that is being written still comes before them."""
_HOUR = 3600.0
_ONE = "learning.tally-one"


@outbox.database("learning.tally", every=_HOUR)
def tally(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Ask for the tallies in which something is new, one job for each, so that none holds the database long."""
    for course_id, unit_id in grown(session, at - SETTLED):
        payload = {"course": course_id, "unit": unit_id}
        outbox.enqueue(session, _ONE, payload, key=f"{_ONE}:{course_id}:{unit_id}", at=at)


@outbox.database(_ONE)
def tally_one(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Make the tally of one unit's questions in one course anew. Raises NotInstalled."""
    place = {"course_id": payload["course"], "unit_id": payload["unit"]}
    tries, told = tally_of(session, unit_kinds(), **place, until=at - SETTLED)
    made = {"tries": tries, "until": at - SETTLED, "told": told}
    change = dialect_insert(session)(QuestionTally).values(**place, **made)
    session.execute(change.on_conflict_do_update(index_elements=list(place), set_=made))
