"""The outbox is the job table: work asked for inside a transaction and done after it, at least once.

*Effect* handlers (mail, http) run outside any transaction, with a stable id so that a repetition can be recognised.
*Database* handlers commit together with "done", so that a killed worker leaves no half-done work.
"""

from __future__ import annotations

import datetime as dt
import random
import traceback
from collections.abc import Callable, Collection, Sequence
from typing import Any

import structlog
from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from .clock import now
from .db import dialect_insert
from .models import Job, JobState
from .unit_of_work import own_transaction
from .values import dataclass

EffectHandler = Callable[[dict[str, Any], str], None]
DatabaseHandler = Callable[[Session, dict[str, Any], dt.datetime], None]

LEASE = dt.timedelta(seconds=60)
_FIRST_WAIT = 10
_LONGEST_WAIT = 4 * 3600
log = structlog.get_logger("lms.outbox")

effects: dict[str, EffectHandler] = {}
database_handlers: dict[str, DatabaseHandler] = {}
periodic: dict[str, float] = {}


def effect(kind: str) -> Callable[[EffectHandler], EffectHandler]:
    """Register what acts on the outside world: called with the payload and the job's stable id."""

    def register(handler: EffectHandler) -> EffectHandler:
        effects[kind] = handler
        return handler

    return register


def database(kind: str, *, every: float | None = None) -> Callable[[DatabaseHandler], DatabaseHandler]:
    """Register what changes the database; with `every` (seconds) the worker also asks for it by itself."""

    def register(handler: DatabaseHandler) -> DatabaseHandler:
        database_handlers[kind] = handler
        if every:
            periodic[kind] = every
        return handler

    return register


def enqueue(
    session: Session,
    kind: str,
    payload: dict[str, Any] | None = None,
    *,
    key: str | None = None,
    at: dt.datetime | None = None,
) -> None:
    """Ask for work as part of the caller's transaction; of several waiting jobs with one `key` only one is kept."""
    moment = now()
    insert = dialect_insert(session)
    row = {
        "kind": kind,
        "payload": payload or {},
        "key": key,
        "state": JobState.WAITING,
        "run_at": at or moment,
        "created_at": moment,
        "tries": 0,
        "max_tries": 8,
    }
    session.execute(insert(Job).values(row).on_conflict_do_nothing())


@dataclass(frozen=True)
class Wanted:
    """A job without a key that is asked for along with others."""

    kind: str
    payload: dict[str, Any]
    after: dt.timedelta = dt.timedelta()
    """How long it waits at least."""


def enqueue_many(session: Session, wanted: Sequence[Wanted]) -> None:
    """Ask for much work at once, in one statement, as part of the caller's transaction."""
    moment = now()
    fixed = {"state": JobState.WAITING, "created_at": moment, "tries": 0, "max_tries": 8}
    rows = [{**fixed, "kind": one.kind, "payload": one.payload, "run_at": moment + one.after} for one in wanted]
    if rows:
        session.execute(insert(Job), rows)


@dataclass(frozen=True)
class Claim:
    """A job that this worker holds until the lease ends."""

    id: int
    kind: str
    payload: dict[str, Any]
    tries: int
    max_tries: int


def claim(worker: str) -> Claim | None:
    """Take the job that has waited longest, or one whose worker has died; None when there is nothing to do."""
    moment = now()
    due = (
        select(Job.id)
        .where(
            or_(
                and_(Job.state == JobState.WAITING, Job.run_at <= moment),
                and_(Job.state == JobState.RUNNING, Job.lease_until < moment),
            )
        )
        .order_by(Job.run_at, Job.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    take = (
        # One value, not IN: PostgreSQL may run a subquery of IN more than once, and each run would lock another row.
        update(Job)
        .where(Job.id == due.scalar_subquery())
        .values(state=JobState.RUNNING, worker=worker, lease_until=moment + LEASE, tries=Job.tries + 1)
        .returning(Job.id, Job.kind, Job.payload, Job.tries, Job.max_tries)
    )
    with own_transaction() as session:
        row = session.execute(take, execution_options={"synchronize_session": False}).first()
    return Claim(*row) if row else None


def run_one(worker: str) -> bool:
    """Do one job if there is one; says whether there was."""
    job = claim(worker)
    if job is None:
        return False
    try:
        _perform(job, worker)
    except Exception as error:
        _put_back(job, worker, error)
    return True


def _perform(job: Claim, worker: str) -> None:
    if job.tries > job.max_tries:
        raise RuntimeError("its worker died at each try")
    if job.kind in effects:
        effects[job.kind](job.payload, f"job-{job.id}")
        with own_transaction() as session:
            _finish(session, job, worker)
        return
    handler = database_handlers.get(job.kind)
    if handler is None:
        raise LookupError(f"nothing here does {job.kind!r}")
    with own_transaction() as session:
        handler(session, job.payload, now())
        if not _finish(session, job, worker):
            # The lease ran out and another worker has it: what we did here must not stay.
            session.rollback()


def _held(job: Claim, worker: str) -> tuple[Any, ...]:
    return (Job.id == job.id, Job.worker == worker, Job.state == JobState.RUNNING, Job.tries == job.tries)


def _finish(session: Session, job: Claim, worker: str) -> bool:
    # What it was about may lead to a person, and nobody reads it any more.
    done = update(Job).where(*_held(job, worker)).values(state=JobState.DONE, lease_until=None, error=None, payload={})
    result = session.execute(done, execution_options={"synchronize_session": False})
    return isinstance(result, CursorResult) and result.rowcount == 1


def _put_back(job: Claim, worker: str, error: Exception) -> None:
    """Try again later with growing pauses; after the last try the job is dead and `flask lms check` names it."""
    state = JobState.DEAD if job.tries >= job.max_tries else JobState.WAITING
    log.warning("job.failed", job=job.id, kind=job.kind, tries=job.tries, state=state, error=type(error).__name__)
    with own_transaction() as session:
        key = session.scalar(select(Job.key).where(Job.id == job.id))
        newer = key and session.scalar(select(Job.id).where(Job.key == key, Job.state == JobState.WAITING))
        session.execute(
            update(Job)
            .where(*_held(job, worker))
            .values(
                state=JobState.DONE if newer else state,
                lease_until=None,
                run_at=now() + pause_after(job.tries),
                error=_in_words(error),
                **({"payload": {}} if newer else {}),
            ),
            execution_options={"synchronize_session": False},
        )


def _in_words(error: Exception) -> str:
    """What a person needs to mend it; a database's own words repeat the row, so only their kind is kept."""
    if isinstance(error, DBAPIError):
        return f"{type(error).__name__} ({type(error.orig).__name__})"
    return "".join(traceback.format_exception_only(error))[-2000:]


def pause_after(tries: int) -> dt.timedelta:
    """Ten seconds at first, four times as long each time, four hours at most: eight tries outlast a night's outage.

    Spread, so that many jobs that failed together do not come back together; nothing secret depends on it.
    """
    seconds = min(_FIRST_WAIT * 4 ** (tries - 1), _LONGEST_WAIT)
    return dt.timedelta(seconds=seconds * random.uniform(0.5, 1))  # noqa: S311


def others_waiting(session: Session, kind: str) -> dict[int, dict[str, Any]]:
    """What else of this kind waits: the payload of each by its id. What they were asked for is there already."""
    waiting = select(Job.id, Job.payload).where(Job.kind == kind, Job.state == JobState.WAITING)
    return {row.id: row.payload for row in session.execute(waiting)}


def done_along(session: Session, jobs: Collection[int]) -> None:
    """These jobs were done together with another; those that somebody has taken up meanwhile are theirs."""
    done = update(Job).where(Job.id.in_(jobs), Job.state == JobState.WAITING)
    session.execute(
        done.values(state=JobState.DONE, error=None, payload={}), execution_options={"synchronize_session": False}
    )


def revive(session: Session) -> int:
    """Let the dead jobs be tried from the start, after a person mended what stopped them; says how many there were.

    Where a newer job waits under the same key, that one does the work.
    """
    waiting = select(Job.key).where(Job.state == JobState.WAITING, Job.key.is_not(None))
    keys: set[str] = set(session.scalars(waiting).all())  # type: ignore[arg-type]
    dead = session.scalars(select(Job).where(Job.state == JobState.DEAD).order_by(Job.id.desc())).all()
    for job in dead:
        superseded = job.key is not None and job.key in keys
        job.state = JobState.DONE if superseded else JobState.WAITING
        job.payload = {} if superseded else job.payload
        job.tries, job.run_at = 0, now()
        keys |= {job.key} if job.key else set()
    return len(dead)
