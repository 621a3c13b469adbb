"""That the feed tells what is true, all of it, and nothing of the erased."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.checks import Finding, check
from lms.people.models import Person
from lms.people.queries import subjects_of

from . import queries
from .models import FeedEvent
from .rules import EventKind


@check("alumni.feed")
def feed(session: Session) -> Iterable[Finding]:
    """Everything that is true is told; places and numbers have no gap; who was erased is emptied, and told last of."""
    behind, gaps = queries.behind(session), queries.misnumbered(session)
    late = _not_emptied(session)
    subjects = subjects_of(session, {*behind, *gaps, *late})
    for person in behind:
        yield Finding(f"person {subjects[person]}", "the feed does not tell what is true of them")
    for person in gaps:
        yield Finding(f"person {subjects[person]}", "the events of the feed about them have a gap")
    for person in late:
        yield Finding(f"person {subjects[person]}", "was erased, but the feed has more of them than that")
    last, placed = session.execute(select(func.max(FeedEvent.position), func.count(FeedEvent.position))).one()
    if (last or 0) != placed:
        yield Finding(f"place {last}", f"the feed has {placed} events up to here: some were removed")


def _not_emptied(session: Session) -> list[int]:
    erased = select(FeedEvent.person_id, FeedEvent.facts, FeedEvent.kind).join(Person, Person.id == FeedEvent.person_id)
    rows = session.execute(erased.where(Person.erased_at.is_not(None)).order_by(FeedEvent.number)).all()
    told = {row.person_id: row.kind for row in rows}
    full = {row.person_id for row in rows if row.facts}
    return sorted(full | {person for person, kind in told.items() if kind is not EventKind.PERSON_ERASED})
