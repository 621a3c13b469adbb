"""What is known around some rows of an import, gathered in few statements however many rows there are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from lms.kernel.secrets import unseal
from lms.kernel.settings import keyring
from lms.people.models import Affiliation, IdentityRow, Institution, Mandate, Person
from lms.people.queries.institutions import function_place, held_on
from lms.people.queries.persons import full_names_of, owned
from lms.people.queries.sensitive import not_to_be_named, unnamed_people
from lms.people.rules.code_names import code_name, looks_like_code_name
from lms.people.rules.names import folded
from lms.people.sealing import keys_of
from lms.people.states import named
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment
from lms.web.languages import choices

from .judging import House, Known, Surroundings
from .models import Import, ImportRow
from .sealing import name_blind_in

Cells = Mapping[str, str]
_person_id = cast(Table, Person.__table__).c.id


def around(session: Session, found: Import, rows: Sequence[tuple[ImportRow, Cells]], at: dt.datetime) -> Surroundings:
    """What has to be known to judge these rows."""
    edition = session.get_one(Edition, found.edition_id)
    over = edition.ends_on < at.date()
    blinds = {row.blind for row, _ in rows if row.blind}
    called = {blind for _, cells in rows if (blind := name_blind_in(edition.public_id, cells))} if over else set()
    codes = {state.code for _, cells in rows if (state := named(cells.get(Column.STATE, "")))}
    today = at.date()
    return Surroundings(
        people=people_known(session, found.edition_id, blinds, today, called),
        houses=houses_of(session, codes),
        first=_first(session, found.id, blinds | called),
        languages=choices(),
        today=today,
        code_names=_code_names(session, [cells.get(Column.NAME, "") for _, cells in rows]),
        over=over,
    )


def houses_of(session: Session, codes: Iterable[str]) -> dict[str, dict[str, House]]:
    """The institutions of these states by folded name; of two that fold alike the older one."""
    every = select(Institution.id, Institution.state_code, Institution.name, Institution.sector)
    houses: dict[str, dict[str, House]] = {}
    for row in session.execute(every.where(Institution.state_code.in_(set(codes))).order_by(Institution.id)):
        houses.setdefault(row.state_code, {}).setdefault(folded(row.name), House(row.id, row.name, row.sector))
    return houses


def _first(session: Session, import_id: int, blinds: set[str]) -> dict[str, int]:
    mine = select(ImportRow.blind, func.min(ImportRow.number)).where(
        ImportRow.import_id == import_id, ImportRow.blind.in_(blinds)
    )
    return {blind: number for blind, number in session.execute(mine.group_by(ImportRow.blind)) if blind}


def _code_names(session: Session, names: Iterable[str]) -> frozenset[str]:
    """The code names of everybody who is not to be named, where one of these names looks like one."""
    if not any(looks_like_code_name(name) for name in names):
        return frozenset()
    return frozenset(code_name(number, keyring().veil) for number in session.scalars(unnamed_people()))


def people_known(
    session: Session, edition_id: int, blinds: set[str], today: dt.date, called: Collection[str] = ()
) -> dict[str, Known]:
    """What we have of the people with these addresses, by the blind index of each, and of those who came into the
    edition without one and are called so."""
    having = (
        select(IdentityRow.blind_index, Person)
        .join(Person, Person.id == IdentityRow.person_id)
        .where(IdentityRow.blind_index.in_(blinds), owned())
    )
    found = [(str(blind), person) for blind, person in session.execute(having)]
    if called:
        unaddressed = (
            select(Enrolment.name_blind, Person)
            .join(Person, Person.id == Enrolment.person_id)
            .where(Enrolment.edition_id == edition_id, Enrolment.name_blind.in_(called))
        )
        found += [(str(blind), person) for blind, person in session.execute(unaddressed)]
    people = {person.id: person for _blind, person in found}
    if not people:
        return {}
    names, keys = full_names_of(session, set(people)), keys_of(session, people)
    hidden = set(session.scalars(select(Person.id).where(Person.id.in_(people), not_to_be_named(_person_id))))
    places = {row.person_id: row for row in session.scalars(_in(edition_id, people))}
    serving = _serving(session, people, places, today)
    elsewhere = _elsewhere(session, edition_id, people)
    return {
        blind: replace(
            _known(
                person, names[person.id].full, keys[person.id], serving.get(person.id), places.get(person.id), elsewhere
            ),
            hidden=person.id in hidden,
            code_name=code_name(person.id, keyring().veil),
        )
        for blind, person in found
        if person.id in names
    }


def _in(edition_id: int, people: Iterable[int]):  # type: ignore[no-untyped-def]
    return select(Enrolment).where(Enrolment.edition_id == edition_id, Enrolment.person_id.in_(set(people)))


def _serving(
    session: Session, people: Iterable[int], places: Mapping[int, Enrolment], today: dt.date
) -> dict[int, Affiliation]:
    """Where each of them serves today; for somebody in the edition, where they served then."""
    mine = select(Affiliation).where(Affiliation.person_id.in_(set(people)))
    present = session.scalars(mine.where(held_on(today)).order_by(Affiliation.since, Affiliation.id)).all()
    kept = {place.affiliation_id for place in places.values()}
    then = session.scalars(mine.where(Affiliation.id.in_(kept))).all() if kept else []
    return {row.person_id: row for row in (*present, *then)}


def _elsewhere(session: Session, edition_id: int, people: Iterable[int]) -> set[int]:
    """Who of them is in another edition, or holds or held a mandate."""
    others = select(Enrolment.person_id).where(Enrolment.person_id.in_(set(people)), Enrolment.edition_id != edition_id)
    holders = select(Mandate.person_id).where(Mandate.person_id.in_(set(people)))
    return set(session.scalars(others.union(holders)))


def _known(
    person: Person, name: str, key: bytes, serving: Affiliation | None, place: Enrolment | None, elsewhere: set[int]
) -> Known:
    sealed = serving.sealed_function if serving else None
    return Known(
        person_id=person.id,
        name=name,
        ours=person.welcomed_at is None and person.name_confirmed_at is None and person.id not in elsewhere,
        locale=person.locale,
        function=unseal(key, sealed, function_place(serving.since)).decode() if serving and sealed else "",
        since=serving.since if serving else None,
        institution_id=serving.institution_id if serving else None,
        enrolment_id=place.id if place else None,
        state=place.state if place else None,
        invited=bool(place and place.invited_at),
    )
