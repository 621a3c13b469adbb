"""Long work: asked for by a person, done by the worker in pieces, seen on a page while it goes on.

Each piece is a job of the outbox: what it changes, how far the work is, and the asking for the next piece are committed
together. A worker that is killed in the middle of a piece leaves nothing of it, and another goes on from there.

    @undertaking("seminars.import")
    def next_rows(session, work, at):       # does one piece, adds to work.done, says whether that was all
        ...
        return not left

    work = begin(session, "seminars.import", about=edition.public_id, by=viewer.subject, total=20_000, at=now())
    progress(session, work.public_id)       # for the page
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from . import outbox
from .errors import Refused
from .models import Job, JobState, Undertaking, UndertakingState
from .secrets import new_token
from .values import dataclass

Piece = Callable[[Session, Undertaking, dt.datetime], bool]
GO_ON = "kernel.undertaking"
KEPT = dt.timedelta(days=90)
pieces: dict[str, Piece] = {}


def undertaking(kind: str) -> Callable[[Piece], Piece]:
    """Register what does one piece of this kind of work. A piece should take a second or two; it has a minute. Where it
    raises Refused, nothing of that piece stays and the work ends with the sentence."""

    def register(piece: Piece) -> Piece:
        pieces[kind] = piece
        return piece

    return register


def begin(session: Session, kind: str, *, about: str, by: str, total: int, at: dt.datetime) -> Undertaking:
    """Ask for work as part of the caller's transaction; `about` is a public id, `by` the subject of who asks."""
    work = Undertaking(
        public_id=new_token(),
        kind=kind,
        about=about,
        by=by,
        state=UndertakingState.RUNNING,
        done=0,
        total=total,
        begun_at=at,
        outcome={},
    )
    session.add(work)
    _ask_for_more(session, work.public_id)
    return work


def _ask_for_more(session: Session, public_id: str) -> None:
    outbox.enqueue(session, GO_ON, {"undertaking": public_id}, key=_key(public_id))


def _key(public_id: str) -> str:
    return f"undertaking:{public_id}"


@outbox.database(GO_ON)
def go_on(session: Session, payload: dict[str, Any], at: dt.datetime) -> None:
    """Do the next piece, and ask for the one after it."""
    found = select(Undertaking).where(Undertaking.public_id == payload["undertaking"]).with_for_update()
    work = session.scalar(found)
    if work is None or work.state is not UndertakingState.RUNNING:
        return
    try:
        with session.begin_nested():
            finished = pieces[work.kind](session, work, at)
    except Refused as no:
        work.state, work.ended_at, work.outcome = UndertakingState.REFUSED, at, {"sentence": str(no)}
        return
    if finished:
        work.state, work.ended_at = UndertakingState.DONE, at
    else:
        _ask_for_more(session, work.public_id)


@dataclass(frozen=True)
class Progress:
    """How far long work is. `stuck`: its worker gave up, and an operator has to look."""

    public_id: str
    kind: str
    by: str
    state: UndertakingState
    done: int
    total: int
    begun_at: dt.datetime
    ended_at: dt.datetime | None
    stuck: bool = False
    outcome: dict[str, Any] = field(default_factory=dict)

    @property
    def running(self) -> bool:
        """Whether a page that shows it should look again."""
        return self.state is UndertakingState.RUNNING

    @property
    def sentence(self) -> str:
        """Why it was ended before its time; empty where it was not."""
        return str(self.outcome.get("sentence", ""))


def progress(session: Session, public_id: str | None) -> Progress | None:
    """How far the work with this public id is, in one statement; None where there is none."""
    dead = select(Job.id).where(Job.key == _key(public_id or ""), Job.state == JobState.DEAD).exists()
    row = session.execute(select(Undertaking, dead).where(Undertaking.public_id == public_id)).first()
    if row is None:
        return None
    work, stuck = row
    return Progress(
        public_id=work.public_id,
        kind=work.kind,
        by=work.by,
        state=work.state,
        done=min(work.done, work.total),
        total=work.total,
        begun_at=work.begun_at,
        ended_at=work.ended_at,
        stuck=bool(stuck) and work.state is UndertakingState.RUNNING,
        outcome=work.outcome,
    )


def latest(session: Session, kind: str, about: str) -> Progress | None:
    """How far the last work of this kind about something is; None where there was none of late."""
    last = select(Undertaking.public_id).where(Undertaking.kind == kind, Undertaking.about == about)
    public_id = session.scalar(last.order_by(Undertaking.id.desc()).limit(1))
    return progress(session, public_id) if public_id else None


def going_on(session: Session, kind: str) -> frozenset[str]:
    """What work of this kind is going on about."""
    running = select(Undertaking.about).where(Undertaking.kind == kind, Undertaking.state == UndertakingState.RUNNING)
    return frozenset(session.scalars(running))


@outbox.database("kernel.undertakings_tidy", every=86_400.0)
def tidy(session: Session, _payload: dict[str, Any], at: dt.datetime) -> None:
    """Forget work that ended three months ago."""
    session.execute(delete(Undertaking).where(Undertaking.ended_at < at - KEPT))
