"""`flask lms check`: every summary is recomputed from what it summarises, and every difference is named."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .models import Job, JobState
from .once import at_once
from .values import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it must be: which row, and what is wrong with it."""

    about: str
    problem: str


Check = Callable[[Session], Iterable[Finding]]
checks: dict[str, Check] = {}


def check(name: str) -> Callable[[Check], Check]:
    """Register a check under a name such as "seminars.tallies"."""

    def register(run: Check) -> Check:
        checks[name] = run
        return run

    return register


def run_all(session: Session) -> dict[str, list[Finding]]:
    """Every check by name with what it found; an empty list is good news. Within a change, as it would be committed."""
    at_once(session)
    return {name: list(run(session)) for name, run in sorted(checks.items())}


@check("kernel.jobs")
def dead_jobs(session: Session) -> Iterable[Finding]:
    """Jobs that used up their tries and wait for a person."""
    dead = select(Job.kind, func.count()).where(Job.state == JobState.DEAD).group_by(Job.kind)
    for kind, number in session.execute(dead):
        yield Finding(f"job {kind}", f"{number} gave up after their last try")
