"""What nobody needs any more goes: jobs long done, counts of tries long past."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from . import outbox
from .models import Job, JobState, Throttle

JOBS_KEPT = dt.timedelta(days=30)
DEAD_KEPT = dt.timedelta(days=90)
TRIES_KEPT = dt.timedelta(days=2)
"""The longest window, a day, and the one before it, which counts too."""
_DAY = 86_400.0


@outbox.database("kernel.tidy", every=_DAY)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Remove done jobs after thirty days, throttle counts after two, and dead jobs, which wait for a person to see
    them, after ninety: what they were about is past, and may lead to somebody."""
    session.execute(delete(Job).where(Job.state == JobState.DONE, Job.run_at < at - JOBS_KEPT))
    session.execute(delete(Job).where(Job.state == JobState.DEAD, Job.run_at < at - DEAD_KEPT))
    session.execute(delete(Throttle).where(Throttle.window < at - TRIES_KEPT))
