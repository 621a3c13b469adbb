"""An import taken back: what it made goes, what it changed is put back. Few rows at once; many in the worker, which
first looks whether anybody stands against it, and leaves all as it is where somebody does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Conflict
from lms.kernel.models import Undertaking
from lms.kernel.undertakings import begin, undertaking
from lms.people.models import Affiliation, IdentityRow, Institution, Mandate, Person, PersonKey
from lms.people.rules import ScopeKind
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent
from lms.seminars.rules import PLACES
from lms.seminars.services.counting import count
from lms.web.languages import gettext as _

from .models import Import, ImportInstitution, ImportRow, ImportState, Verdict
from .putting_back import put_back, serve_as_before, served_before
from .rehearsing import AT_ONCE, PIECE, held
from .traces import Touched, references, touched

UNDO = "seminars.import.undo"
MOST_NAMED = 50
"""So many of those who stand against it are named; of the others only the number."""


def undo(session: Session, *, found: Import, at: dt.datetime, by: str) -> list[Touched]:
    """Take an import back; where somebody stands against it, says who, and leaves all as it is. Twice is once. Of many
    rows it is the worker that looks and takes back.

    Raises Conflict for one that is not saved.
    """
    found = held(session, found.public_id)
    if found.state in (ImportState.UNDOING, ImportState.UNDONE):
        return []
    if found.state is not ImportState.SAVED:
        raise Conflict(_("Only an import that is saved can be taken back."))
    _hold(session, found)
    total = session.scalar(select(func.count()).where(*_left(found, 0))) or 0
    if total > AT_ONCE:
        found.state = ImportState.UNDOING
        found.undertaking = begin(session, UNDO, about=found.public_id, by=by, total=total, at=at).public_id
        audit.record(session, at=at, actor=by, act="import.undoing", about=found.public_id, rows=total)
        return []
    rows, whose = _next(session, found, 0, AT_ONCE)
    against = touched(session, found)
    if not against:
        people = _take_back(session, found, rows, whose, at=at, by=by)
        _finish(session, found, people, at=at, by=by)
    return against


def _hold(session: Session, found: Import) -> None:
    """So that nobody is invited or removed beside it."""
    session.execute(select(Edition.id).where(Edition.id == found.edition_id).with_for_update())


@undertaking(UNDO)
def undo_more(session: Session, work: Undertaking, at: dt.datetime) -> bool:
    """First look at everybody: somebody who stands against it ends the work, with nothing taken back. Then take back
    row after row; who acts before theirs is reached stays as they are."""
    found = held(session, work.about)
    if found.state is not ImportState.UNDOING:
        return True
    _hold(session, found)
    if "row" not in work.outcome:
        against = touched(session, found)
        work.outcome = {"row": 0, "people": 0, **told(against)}
        if against:
            found.state = ImportState.SAVED
        return bool(against)
    rows, whose = _next(session, found, work.outcome["row"], PIECE)
    kept = touched(session, found, ImportRow.number.in_([row.number for row in rows]))
    stay = {one.enrolment_id for one in kept}
    going = [row for row in rows if row.enrolment_id not in stay]
    people = _take_back(session, found, going, whose, at=at, by=work.by)
    work.outcome = _so_far(work, rows, people, kept)
    work.done += len(rows)
    if len(rows) == PIECE:
        return False
    _finish(session, found, work.outcome["people"], at=at, by=work.by)
    return True


def told(against: Sequence[Touched]) -> dict[str, Any]:
    """Who stands against it, as long work may keep it: public ids of places, and how many there are."""
    return {"against": [one.enrolment for one in against[:MOST_NAMED]], "number": len(against)}


def _so_far(work: Undertaking, rows: Sequence[ImportRow], people: int, kept: Sequence[Touched]) -> dict[str, Any]:
    before = work.outcome
    return {
        "row": rows[-1].number if rows else before["row"],
        "people": before["people"] + people,
        "against": [*before["against"], *(one.enrolment for one in kept)][:MOST_NAMED],
        "number": before["number"] + len(kept),
    }


def _left(found: Import, after: int) -> tuple[Any, ...]:
    return ImportRow.import_id == found.id, ImportRow.enrolment_id.is_not(None), ImportRow.number > after


def _next(session: Session, found: Import, after: int, most: int) -> tuple[Sequence[ImportRow], dict[int | None, int]]:
    """The next rows, and whose their places are; both are held before it is looked at what is known of them, so that
    nothing is noted of them beside it, nor anything of the same people taken back."""
    numbers = select(ImportRow.enrolment_id).where(*_left(found, after)).order_by(ImportRow.number).limit(most)
    theirs = (
        select(Enrolment.id, Enrolment.person_id)
        .where(Enrolment.id.in_(session.scalars(numbers).all()))
        .order_by(Enrolment.id)
    )
    whose = {row.id: row.person_id for row in session.execute(theirs.with_for_update())}
    people = select(Person.id).where(Person.id.in_(whose.values())).order_by(Person.id)
    session.execute(people.with_for_update(key_share=True))
    rows = select(ImportRow).where(*_left(found, after)).order_by(ImportRow.number).limit(most)
    return session.scalars(rows.execution_options(populate_existing=True)).all(), whose


def _take_back(
    session: Session,
    found: Import,
    rows: Sequence[ImportRow],
    whose: Mapping[int | None, int],
    *,
    at: dt.datetime,
    by: str,
) -> int:
    """Take these rows back; says how many people left the edition by it."""
    put_back(session, found, [row for row in rows if row.verdict is Verdict.CHANGED], at=at, by=by)
    new = [(row, whose[row.enrolment_id]) for row in rows if row.verdict is Verdict.NEW and row.enrolment_id in whose]
    moved = served_before(session, found, new)
    mine = update(ImportRow).where(ImportRow.import_id == found.id, ImportRow.number.in_([row.number for row in rows]))
    places = [row.enrolment_id for row, _person in new]
    session.execute(mine.values(enrolment_id=None, sealed_before=None))
    _remove(session, places, [person for row, person in new if row.person_made])
    count(session, edition_id=found.edition_id, what=PLACES, change=-len(new))
    serve_as_before(session, moved)
    return len(new)


def _remove(session: Session, places: Collection[int | None], people: Collection[int]) -> None:
    """Places of which nobody was told, and people of whom nothing but these places was known."""
    session.execute(delete(EnrolmentEvent).where(EnrolmentEvent.enrolment_id.in_(places)))
    session.execute(delete(Enrolment).where(Enrolment.id.in_(places)))
    for table in (IdentityRow, PersonKey, Affiliation):
        session.execute(delete(table).where(table.person_id.in_(people)))
    session.execute(delete(Person).where(Person.id.in_(people)))


def _finish(session: Session, found: Import, people: int, *, at: dt.datetime, by: str) -> None:
    _remove_houses(session, found)
    found.state, found.ended_at = ImportState.UNDONE, at
    audit.record(session, at=at, actor=by, act="import.undone", about=found.public_id, people=people)


def _remove_houses(session: Session, found: Import) -> None:
    """Institutions that were added by it and are nobody's now, and over which no mandate was given."""
    mine = select(ImportInstitution.institution_id).where(ImportInstitution.import_id == found.id)
    made = session.scalars(mine).all()
    session.execute(delete(ImportInstitution).where(ImportInstitution.import_id == found.id))
    unused = select(Institution.id).where(Institution.id.in_(made))
    for column in references("lms_institution"):
        unused = unused.where(~exists().where(column == Institution.id))
    over = (Mandate.scope == ScopeKind.INSTITUTION, Mandate.scope_id == Institution.public_id)
    unused = unused.where(~exists().where(*over))
    session.execute(delete(Institution).where(Institution.id.in_(session.scalars(unused).all())))
