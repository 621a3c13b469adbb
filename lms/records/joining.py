"""A record is its holder's, under whichever of two entries it was earned. Nothing in the ledger changes with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.people.joining import Joining, Told, moves, objects, tells
from lms.people.models import Person
from lms.web.languages import gettext as _

from .models import RecordSubject


@moves(RecordSubject.person_id)
def held(session: Session, joining: Joining) -> None:
    """Whose it is; what is in it, and the name sealed with it, stay as they were issued."""
    theirs = update(RecordSubject).where(RecordSubject.person_id == joining.goes)
    session.execute(theirs.values(person_id=joining.stays))


@objects
def a_record_follows_a_confirmed_name(session: Session, stays: int, goes: int) -> list[str]:
    """Whoever holds a record has a name that was confirmed."""
    holds = select(RecordSubject.record).where(RecordSubject.person_id == goes).limit(1)
    if session.scalar(holds) is None or session.get_one(Person, stays).name_confirmed_at is not None:
        return []
    return [
        str(
            _("The entry that would go holds a completion record, and the name of the other one is not confirmed.")
            + " "
            + _("Confirm that name first, or exchange the two.")
        )
    ]


@tells
def completion_records(session: Session, stays: int, goes: int) -> Iterable[Told]:
    """How many there are, and that they stay good."""
    rows = select(RecordSubject.person_id).where(RecordSubject.person_id.in_((stays, goes)))
    found = Counter(session.scalars(rows))
    yield Told(
        _("Completion records"),
        str(found[stays]),
        str(found[goes]),
        _(
            "All are kept and stay verifiable, under their codes, with the name and the date that stand in them. What"
            " the person shows of each holds on."
        ),
    )
