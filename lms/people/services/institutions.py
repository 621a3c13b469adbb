"""States and institutions, and the dated belonging of people to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.kernel import audit
from lms.kernel.db import dialect_insert
from lms.kernel.errors import Refused
from lms.kernel.secrets import new_token, seal
from lms.kernel.values import dataclass
from lms.people.models import Affiliation, Institution, Person, Sector, StateRow
from lms.people.queries.institutions import function_place
from lms.people.rules.names import folded, mistake_in_line, mistake_in_name, tidy_line
from lms.people.sealing import seal_text
from lms.people.states import all_states, recognise
from lms.web.dates import is_zone
from lms.web.meanwhile import together

from .wording import refuse_text

LONGEST_FUNCTION = 200


def sync_states(session: Session) -> None:
    """Bring the table of states in line with the data file, so that the database can refuse unknown ones."""
    inserting = dialect_insert(session)
    rows = [{"code": state.code, "membership": state.membership} for state in all_states()]
    change = inserting(StateRow).values(rows)
    session.execute(
        change.on_conflict_do_update(index_elements=["code"], set_={"membership": change.excluded.membership})
    )


def create_institution(
    session: Session, *, state_code: str, sector: Sector, name: str, zone: str, at: dt.datetime, by: str | None
) -> Institution:
    """A ministry or institution of a state, or the one that goes by this name there already, however it is written.
    `by` is the subject of who adds it. Raises Refused."""
    state, name = recognise(state_code), tidy_line(name)
    _check(name, zone)
    hold_names(session, state.code)
    known = _called(session, state.code, name)
    if known:
        return known[0]
    made = Institution(public_id=new_token(), state_code=state.code, sector=sector, name=name, zone=zone)
    session.add(made)
    session.flush()  # its id is what an affiliation keeps
    audit.record(session, at=at, actor=by, act="institution.added", about=made.public_id)
    return made


def _check(name: str, zone: str) -> None:
    refuse_text(mistake_in_name(name))
    if not is_zone(zone):
        raise Refused(_("Choose the time zone of the ministry or institution."))


def hold_names(session: Session, state_code: str) -> None:
    """Nobody names an institution of this state until the transaction ends: of two who name one at once neither misses
    it."""
    session.execute(select(StateRow.code).where(StateRow.code == state_code).with_for_update(key_share=True))


def _called(session: Session, state_code: str, name: str) -> list[Institution]:
    """The institutions of a state that go by this name, however it is written."""
    known = select(Institution).where(Institution.state_code == state_code).order_by(Institution.id)
    return [row for row in session.scalars(known) if folded(row.name) == folded(name)]


def said_of(institution: Institution) -> dict[str, Any]:
    """What there is to be corrected of an institution."""
    return {"name": institution.name, "sector": institution.sector, "zone": institution.zone}


def correct_institution(
    session: Session,
    *,
    institution: Institution,
    name: str,
    sector: Sector,
    zone: str,
    shown: str = "",
    at: dt.datetime,
    by: str,
) -> set[str]:
    """What was entered wrongly is put right, said on the page with the marks `shown`; says what is another thing now.
    What follows from it at places in editions is the caller's, who holds the names of the state. Raises Refused,
    ChangedMeanwhile."""
    # Held as whoever gives a place here holds it: they find it as it is before or after.
    session.refresh(institution, with_for_update={"key_share": True})
    present = said_of(institution)
    said = together(present, {"name": tidy_line(name), "sector": sector, "zone": zone}, shown)
    _check(said["name"], said["zone"])
    if any(row.id != institution.id for row in _called(session, institution.state_code, said["name"])):
        raise Refused(_("Another ministry or institution of this state has this name."))
    changed = {part for part, value in said.items() if present[part] != value}
    for part in changed:
        setattr(institution, part, said[part])
    session.flush()
    if changed:
        about = institution.public_id
        audit.record(session, at=at, actor=by, act="institution.corrected", about=about, fields=sorted(changed))
    return changed


def affiliate(
    session: Session,
    *,
    person: Person,
    institution: Institution,
    function: str = "",
    since: dt.date,
    until: dt.date | None = None,
) -> Affiliation:
    """Say from which day on a person serves at an institution, and until when if that is known; the function is sealed.
    Raises Refused."""
    function = tidy_line(function)
    refuse_text(mistake_in_line(function, LONGEST_FUNCTION))
    made = Affiliation(person_id=person.id, institution_id=institution.id, since=since, until=until)
    if function:
        made.sealed_function = seal_text(session, person.id, function, function_place(since))
    session.add(made)
    session.flush()  # its id is what an enrolment keeps
    return made


@dataclass(frozen=True)
class Belonging:
    """That a person whose key is at hand serves at an institution since a day; the function is checked already."""

    person_id: int
    key: bytes
    institution_id: int
    function: str
    since: dt.date


def affiliate_all(session: Session, belongings: Sequence[Belonging]) -> list[int]:
    """As `affiliate`, for any number at once in one statement: the ids, in their order."""
    rows = [
        {
            "person_id": one.person_id,
            "institution_id": one.institution_id,
            "since": one.since,
            "sealed_function": sealed_function(one.key, one.function, one.since),
        }
        for one in belongings
    ]
    return list(session.scalars(insert(Affiliation).returning(Affiliation.id, sort_by_parameter_order=True), rows))


def sealed_function(key: bytes, function: str, since: dt.date) -> bytes | None:
    """A function as it is kept, for the affiliation that began on that day; nothing where there is none."""
    return seal(key, function.encode(), function_place(since)) if function else None


def move(
    session: Session, *, person: Person, institution: Institution, function: str, on: dt.date, at: dt.datetime, by: str
) -> Affiliation:
    """From a day on the person serves elsewhere; what was open before ends the day before. `by` is the subject of who
    says so. Raises Refused."""
    before = session.scalars(
        select(Affiliation).where(Affiliation.person_id == person.id).order_by(Affiliation.since.desc())
    ).all()
    if any(row.since >= on for row in before):
        raise Refused(_("The new place must begin after the day on which the present one began."))
    if on > at.date() + dt.timedelta(days=366):
        raise Refused(_("Choose a day within the coming year."))
    for row in before:
        if row.until is None or row.until >= on:
            row.until = on - dt.timedelta(days=1)
    audit.record(session, at=at, actor=by, act="person.moved", about=person.subject, on=on.isoformat())
    return affiliate(session, person=person, institution=institution, function=function, since=on)
