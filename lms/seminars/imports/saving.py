"""The one act by which a rehearsed import becomes people and places. Nobody is written to by it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.errors import Conflict, Refused
from lms.kernel.models import Undertaking
from lms.kernel.secrets import seal
from lms.kernel.undertakings import begin, undertaking
from lms.people import services as people_services
from lms.people.models import Affiliation, IdentityKind, IdentityRow, Institution, Person, Sector
from lms.people.rules.names import folded
from lms.people.sealing import key_of as key_of_person
from lms.people.sealing import name_place
from lms.people.services.persons import checked_name
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment
from lms.seminars.rules import Deadline, due_at
from lms.seminars.services.enrolments import Serving, enrol_all, nominate_again
from lms.seminars.services.nominations import serve_at
from lms.web.languages import gettext as _

from .judging import Judgement, Known, Nominee
from .models import Import, ImportInstitution, ImportRow, ImportState, Verdict
from .rehearsing import AT_ONCE, PIECE, end, held, judge, rows_of, times_mended
from .sealing import before_place

SAVE = "seminars.import.save"
Row = tuple[ImportRow, Judgement]
_TAKEN = (Verdict.NEW, Verdict.CHANGED)


def save(session: Session, *, found: Import, at: dt.datetime, by: str, seen: int | None = None) -> None:
    """Take over every row that is new or changed: at once where there are few, else in the worker. Asked twice, it is
    done once. `seen` is how often it had been mended when somebody looked at it.

    Raises Conflict where the import is not rehearsed or was mended since, Refused once attendance is closed."""
    mine = update(Import).where(Import.id == found.id, Import.state == ImportState.REHEARSED)
    change = mine.values(state=ImportState.SAVING).execution_options(synchronize_session=False)
    begun = session.execute(change)
    session.refresh(found)
    if not (isinstance(begun, CursorResult) and begun.rowcount):
        if found.state not in (ImportState.SAVING, ImportState.SAVED):
            raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
        return
    if seen not in (None, times_mended(session, found)):
        raise Conflict(_("Somebody has corrected a row meanwhile. Look at the page again before you save."))
    total = session.scalar(select(func.count()).where(ImportRow.import_id == found.id, _waiting())) or 0
    audit.record(session, at=at, actor=by, act="import.confirmed", about=found.public_id, rows=total)
    if total <= AT_ONCE:
        save_rows(session, found, AT_ONCE, by=by, at=at)
        _finish(session, found, at=at, by=by)
        return
    found.undertaking = begin(session, SAVE, about=found.public_id, by=by, total=total, at=at).public_id


def _waiting() -> Any:
    return ImportRow.verdict.in_(_TAKEN) & ImportRow.enrolment_id.is_(None)


@undertaking(SAVE)
def save_more(session: Session, work: Undertaking, at: dt.datetime) -> bool:
    """Take over the next rows."""
    found = held(session, work.about)
    if found.state is not ImportState.SAVING:
        return True
    try:
        with session.begin_nested():
            number = save_rows(session, found, PIECE, by=work.by, at=at)
    except Refused as no:
        # What is saved stays; the rest has become impossible meanwhile.
        work.outcome = {"sentence": str(no)}
        _leave_out(session, found)
        _finish(session, found, at=at, by=work.by)
        return True
    work.done += number
    if number < PIECE:
        _finish(session, found, at=at, by=work.by)
        return True
    return False


def _leave_out(session: Session, found: Import) -> None:
    rest = update(ImportRow).where(ImportRow.import_id == found.id, _waiting())
    change = rest.values(verdict=Verdict.REFUSED, reason="closed", column=None)
    session.execute(change, execution_options={"synchronize_session": False})


def _finish(session: Session, found: Import, *, at: dt.datetime, by: str) -> None:
    end(session, found, ImportState.SAVED, at)
    found.saved_at = at
    audit.record(session, at=at, actor=by, act="import.saved", about=found.public_id)


def save_rows(session: Session, found: Import, most: int, *, by: str, at: dt.datetime) -> int:
    """Take over the next rows, as they are judged now; says how many were looked at."""
    edition = session.get_one(Edition, found.edition_id)
    rows = rows_of(session, found, _waiting(), limit=most)
    confirmed = {row.number: _shown(row) for row, _cells in rows}
    verdicts = []
    for row, verdict in judge(session, found, rows, at):
        if _shown(row) == confirmed[row.number]:
            verdicts.append((row, verdict))
        elif verdict.verdict in _TAKEN:  # other than what whoever saves it was shown
            row.verdict, row.reason, row.column = Verdict.REFUSED, "meanwhile", None
    houses = _houses(session, found, [verdict.nominee for _, verdict in verdicts if verdict.nominee], by=by, at=at)
    fresh = [one for one in verdicts if one[1].known is None]
    _take_newcomers(session, edition, fresh, houses, by=by, at=at)
    for row, verdict in verdicts:
        if verdict.known is not None and verdict.nominee is not None:
            _take_known(session, found, edition, row, verdict, _house(houses, verdict.nominee), by=by, at=at)
    session.flush()  # the next rows are found by what these have become
    return len(rows)


def _shown(row: ImportRow) -> tuple[object, ...]:
    """What becomes of a row, as far as whoever saves it has seen it: of somebody known also what changes."""
    return (row.verdict, row.reason, row.column) if row.verdict is Verdict.CHANGED else (row.verdict,)


Houses = Mapping[tuple[str, str], Institution]


def _house(houses: Houses, nominee: Nominee) -> Institution:
    return houses[nominee.state, folded(nominee.institution)]


def _houses(session: Session, found: Import, nominees: Sequence[Nominee], *, by: str, at: dt.datetime) -> Houses:
    """Every institution that these rows name; those that are not there yet are made."""
    known = {nominee.house.id for nominee in nominees if nominee.house}
    rows = {row.id: row for row in session.scalars(select(Institution).where(Institution.id.in_(known)))}
    houses: dict[tuple[str, str], Institution] = {}
    for nominee in nominees:
        place = (nominee.state, folded(nominee.institution))
        if place not in houses:
            house = nominee.house
            houses[place] = rows[house.id] if house else _new_house(session, found, nominee, by=by, at=at)
    return houses


def _new_house(session: Session, found: Import, nominee: Nominee, *, by: str, at: dt.datetime) -> Institution:
    made = people_services.create_institution(
        session,
        state_code=nominee.state,
        sector=nominee.sector or Sector.OTHER,
        name=nominee.institution,
        zone=nominee.zone,
        at=at,
        by=by,
    )
    session.add(ImportInstitution(import_id=found.id, institution_id=made.id))
    return made


def _take_newcomers(
    session: Session, edition: Edition, rows: Sequence[Row], houses: Houses, *, by: str, at: dt.datetime
) -> None:
    """People whom nobody here knows, with their places, in few statements."""
    nominees = [verdict.nominee for _, verdict in rows if verdict.nominee]
    if not nominees:
        return
    newcomers = [people_services.Newcomer(one.name, one.address, one.locale) for one in nominees]
    people = people_services.create_people(session, newcomers, at=at)
    belongings = [
        people_services.Belonging(number, key, _house(houses, one).id, one.function, one.since or at.date())
        for (number, key), one in zip(people, nominees, strict=True)
    ]
    serving = [
        replace(
            _serving(one.person_id, affiliation, _house(houses, verdict.nominee)),
            name_blind=None if verdict.nominee.address else row.blind,
        )
        for one, affiliation, (row, verdict) in zip(
            belongings, people_services.affiliate_all(session, belongings), rows, strict=True
        )
        if verdict.nominee
    ]
    places = enrol_all(session, edition=edition, serving=serving, at=at, by=by)
    if len(places) < len(people):  # somebody without an address was taken from another file beside us
        raise Conflict(_("This has been changed in the meantime. Look at the page again before you repeat it."))
    for (row, _verdict), (person_id, _key) in zip(rows, people, strict=True):
        row.enrolment_id, row.person_made = places[person_id], True


def _serving(person_id: int, affiliation_id: int, house: Institution) -> Serving:
    return Serving(person_id, affiliation_id, house.id, house.state_code)


def _take_known(
    session: Session,
    found: Import,
    edition: Edition,
    row: ImportRow,
    verdict: Judgement,
    house: Institution,
    *,
    by: str,
    at: dt.datetime,
) -> None:
    """Somebody whom we know: a place for them, or what the row corrects."""
    known, nominee = verdict.known, verdict.nominee
    if known is None or nominee is None:
        return
    person = session.get_one(Person, known.person_id)
    if known.enrolment_id is None:
        row.sealed_before = _serving_before(session, found, row, person)
        there = session.get_one(Affiliation, serve_at(session, person, house, at, by))
        # What they say of themselves counts more than the row, so it need not be the house that it names.
        serving = _serving(person.id, there.id, session.get_one(Institution, there.institution_id))
        row.enrolment_id = enrol_all(session, edition=edition, serving=[serving], at=at, by=by).get(person.id)
        return
    place = session.get_one(Enrolment, known.enrolment_id)
    row.sealed_before = _before(session, found, row, known, again=verdict.reason == "again")
    if verdict.reason == "again":
        nominate_again(session, enrolment=place, at=at, by=by)
    if known.ours:
        correct(session, place, person, nominee, house, verdict.columns)
        audit.record(session, at=at, actor=by, act="enrolment.corrected", about=place.public_id)
    row.enrolment_id = place.id


def _before(session: Session, found: Import, row: ImportRow, known: Known, *, again: bool) -> bytes:
    said = {
        Column.NAME: known.name,
        Column.LANGUAGE: known.locale,
        Column.FUNCTION: known.function,
        Column.INSTITUTION: known.institution_id,
        "again": again,
        "ours": known.ours,
        "served": _plainly(_serving_now(session, known.person_id)),
    }
    key = key_of_person(session, known.person_id)
    return seal(key, json.dumps(said, ensure_ascii=False).encode(), before_place(found.public_id, row.number))


def _serving_before(session: Session, found: Import, row: ImportRow, person: Person) -> bytes:
    """Where somebody serves who is about to be given a place, since the row may say that they have moved."""
    served, place = _serving_now(session, person.id), before_place(found.public_id, row.number)
    return sealed_serving(key_of_person(session, person.id), served, place)


def sealed_serving(key: bytes, served: Mapping[int, dt.date | None], place: str) -> bytes:
    """Where somebody serves, by their affiliations and until when each is, as a row keeps it."""
    return seal(key, json.dumps(_plainly(served)).encode(), place)


def _plainly(served: Mapping[int, dt.date | None]) -> list[tuple[int, str | None]]:
    return [(number, until.isoformat() if until else None) for number, until in served.items()]


def _serving_now(session: Session, person_id: int) -> dict[int, dt.date | None]:
    serving = select(Affiliation.id, Affiliation.until).where(Affiliation.person_id == person_id)
    return {row.id: row.until for row in session.execute(serving)}


def correct(
    session: Session,
    place: Enrolment,
    person: Person,
    nominee: Nominee,
    house: Institution,
    changes: Collection[Column],
) -> None:
    """Bring name, language, function and institution of somebody who has not been here yet in line with a row; what
    the row does not say stays, and so does a name that it only spells in another case."""
    key = key_of_person(session, person.id)
    if Column.NAME in changes:
        set_name(session, person.id, key, nominee.name)
    person.locale = nominee.locale or person.locale
    set_house(session, place, key, house, nominee.function or None)


def set_name(session: Session, person_id: int, key: bytes, name: str) -> None:
    """The name of somebody who has not confirmed one."""
    mine = (IdentityRow.person_id == person_id, IdentityRow.kind == IdentityKind.NAME, IdentityRow.primary)
    identity = session.scalars(select(IdentityRow).where(*mine)).one()
    identity.sealed = sealed_name(key, name, identity.place)


def sealed_name(key: bytes, name: str, place: str) -> bytes:
    """A name as it is kept in the row of identity with this place."""
    return seal(key, checked_name(name).to_json().encode(), name_place(place))


def set_house(session: Session, place: Enrolment, key: bytes, house: Institution, function: str | None) -> None:
    """Where the holder of a place serves, said rightly now; a function of None stays."""
    serving = session.get_one(Affiliation, place.affiliation_id)
    serving.institution_id = place.institution_id = house.id
    place.state_code, place.sector = house.state_code, house.sector
    edition = session.get_one(Edition, place.edition_id)
    extended = Deadline(place.deadline_at) if place.deadline_at else None
    place.due_at = due_at(edition.deadline, extended, house.zone)
    if function is not None:
        serving.sealed_function = people_services.sealed_function(key, function, serving.since)
