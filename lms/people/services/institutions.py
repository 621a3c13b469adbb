"""States and institutions, and the dated belonging of people to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

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
    refuse_text(mistake_in_name(name))
    if not is_zone(zone):
        raise Refused(_("Choose the time zone of the ministry or institution."))
    # The state is held, so that two who name one institution at once do not both miss it.
    session.execute(select(StateRow.code).where(StateRow.code == state.code).with_for_update(key_share=True))
    known = session.scalars(select(Institution).where(Institution.state_code == state.code).order_by(Institution.id))
    for row in known:
        if folded(row.name) == folded(name):
            return row
    made = Institution(public_id=new_token(), state_code=state.code, sector=sector, name=name, zone=zone)
    session.add(made)
    session.flush()  # its id is what an affiliation keeps
    audit.record(session, at=at, actor=by, act="institution.added", about=made.public_id)
    return made


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
