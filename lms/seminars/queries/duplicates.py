"""Entries that may be one person: never joined by themselves, only laid side by side."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import asdict
from functools import cached_property
from itertools import combinations

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.kernel.errors import NotFound, Refused
from lms.kernel.settings import keyring
from lms.kernel.values import dataclass
from lms.people.joining import Told, told, why_not
from lms.people.models import Affiliation, Institution, Mandate, Person
from lms.people.queries import Identity, identities_of
from lms.people.queries.persons import CodeName, person_by_address
from lms.people.rules import Scope
from lms.seminars.models import Edition, Enrolment, StageReached
from lms.seminars.rules import EnrolmentState, Stage
from lms.seminars.spelling import words_of

MOST_COMPARED = 3000
"""Names are sealed: so many are opened at once, those of the edition first, then the newest of its states."""


@dataclass(frozen=True)
class PlaceHeld:
    """A place in an edition, as far as a joining asks."""

    enrolment_id: int
    public_id: str
    edition_id: int
    edition: str
    title: str
    state: EnrolmentState
    stages: frozenset[Stage]


@dataclass(frozen=True)
class Entry:
    """One of two entries, side by side with the other."""

    person_id: int
    subject: str
    name: str
    address: str
    since: dt.datetime
    welcomed_at: dt.datetime | None
    institutions: tuple[tuple[str, str], ...]
    """(name, state code) of every ministry and institution, the newest first."""
    places: tuple[PlaceHeld, ...]
    mandates: int


def candidates(session: Session, edition: Edition, scope: Scope) -> list[tuple[Entry, Entry]]:
    """Pairs with the same words in their names and a state in common, one of each in this edition; a handful of
    statements. Only for who may see everybody."""
    _for_all(scope)
    here = set(session.scalars(select(Enrolment.person_id).where(Enrolment.edition_id == edition.id)))
    names = _named(session, here | _around(session, edition.id, here))
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for person_id, who in names.items():
        alike[words_of(who.name.full)].append(person_id)
    pairs = [pair for group in alike.values() for pair in combinations(sorted(group), 2) if here.intersection(pair)]
    entries = _entries(session, {number for pair in pairs for number in pair}, names)
    return [
        (entries[first], entries[second])
        for first, second in pairs
        if _states(entries[first]) & _states(entries[second])
    ]


def pair(session: Session, first: str, second: str, scope: Scope) -> tuple[Entry, Entry]:
    """Two entries by their public ids; raises NotFound, also for one that was joined already."""
    _for_all(scope)
    asked = select(Person.subject, Person.id).where(Person.subject.in_((first, second)), Person.erased_at.is_(None))
    ids = {row.subject: row.id for row in session.execute(asked)}
    names = _named(session, ids.values())
    if len(names) != 2:
        raise NotFound
    entries = _entries(session, ids.values(), names)
    return entries[ids[first]], entries[ids[second]]


@dataclass(frozen=True)
class SideBySide:
    """Two entries, with what becomes of each part when they are joined, in the reader's language."""

    stays: Entry
    goes: Entry
    lines: Sequence[Told]
    reasons: Sequence[str]
    """Why they cannot be joined."""

    @property
    def clashes(self) -> list[tuple[PlaceHeld, PlaceHeld]]:
        """The places of both in one edition, of which one is kept."""
        theirs = {place.edition_id: place for place in self.goes.places}
        return [(place, theirs[place.edition_id]) for place in self.stays.places if place.edition_id in theirs]

    @cached_property
    def fingerprint(self) -> str:
        """Names exactly what is shown: another one when anything of it has changed."""
        told = json.dumps(asdict(self), default=lambda one: sorted(one) if isinstance(one, Set) else str(one))
        return keyring().veil(told)


def side_by_side(session: Session, stays: str, goes: str, scope: Scope) -> SideBySide:
    """Both by their public ids; raises NotFound as `pair` does."""
    first, second = pair(session, stays, goes, scope)
    numbers = first.person_id, second.person_id
    return SideBySide(first, second, told(session, *numbers), why_not(session, *numbers))


def pair_at(session: Session, first: str, second: str, scope: Scope) -> tuple[str, str]:
    """The public ids of the entries at two addresses; raises Refused where they cannot be laid side by side, and
    NotFound for whoever may not see everybody."""
    _for_all(scope)
    found = [person_by_address(session, address) for address in (first, second)]
    for person, address in zip(found, (first, second), strict=True):
        if person is None or not _named(session, [person.id]):
            raise Refused(_("Nobody who can be compared has the address %(address)s.", address=address))
    one, other = (person.subject for person in found if person)
    if one == other:
        raise Refused(_("Both addresses belong to one entry already."))
    return one, other


def _named(session: Session, ids: Iterable[int]) -> dict[int, Identity]:
    """Whoever may be named: a code name is compared with nobody's, and nothing that could tell stands beside it."""
    found = identities_of(session, list(ids))
    return {number: who for number, who in found.items() if not isinstance(who.name.full, CodeName)}


def _for_all(scope: Scope) -> None:
    if not scope.everything:
        raise NotFound


def _around(session: Session, edition_id: int, here: Collection[int]) -> set[int]:
    """The newest people of the edition's states, as many as may be compared beside those in it."""
    states = select(Enrolment.state_code).where(Enrolment.edition_id == edition_id)
    newest = (
        select(Affiliation.person_id)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .join(Person, Person.id == Affiliation.person_id)
        .where(Institution.state_code.in_(states), Person.erased_at.is_(None))
        .group_by(Affiliation.person_id)
        .order_by(Affiliation.person_id.desc())
        .limit(max(0, MOST_COMPARED - len(here)))
    )
    return set(session.scalars(newest))


def _states(entry: Entry) -> set[str]:
    return {state for _name, state in entry.institutions}


def _entries(session: Session, ids: Iterable[int], names: dict[int, Identity]) -> dict[int, Entry]:
    wanted = set(ids)
    served, held, mandates = _served(session, wanted), _held(session, wanted), _mandates(session, wanted)
    rows = session.execute(
        select(Person.id, Person.subject, Person.created_at, Person.welcomed_at).where(Person.id.in_(wanted))
    )
    return {
        row.id: Entry(
            person_id=row.id,
            subject=row.subject,
            name=names[row.id].name.full,
            address=names[row.id].address,
            since=row.created_at,
            welcomed_at=row.welcomed_at,
            institutions=tuple(served[row.id]),
            places=tuple(held[row.id]),
            mandates=mandates.get(row.id, 0),
        )
        for row in rows
    }


def _served(session: Session, ids: set[int]) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = session.execute(
        select(Affiliation.person_id, Institution.name, Institution.state_code)
        .join(Institution, Institution.id == Affiliation.institution_id)
        .where(Affiliation.person_id.in_(ids))
        .order_by(Affiliation.since.desc(), Affiliation.id.desc())
    )
    for person_id, name, state in rows:
        if (name, state) not in found[person_id]:
            found[person_id].append((name, state))
    return found


def _held(session: Session, ids: set[int]) -> dict[int, list[PlaceHeld]]:
    rows = session.execute(
        select(
            Enrolment.id, Enrolment.person_id, Enrolment.public_id, Enrolment.edition_id, Edition.public_id,
            Edition.title, Enrolment.state,
        )
        .join(Edition, Edition.id == Enrolment.edition_id)
        .where(Enrolment.person_id.in_(ids))
        .order_by(Edition.starts_on.desc(), Enrolment.id)
    ).all()  # fmt: skip
    stages: dict[int, set[Stage]] = defaultdict(set)
    reached = select(StageReached.enrolment_id, StageReached.stage)
    for enrolment_id, stage in session.execute(reached.where(StageReached.enrolment_id.in_([row[0] for row in rows]))):
        stages[enrolment_id].add(stage)
    found: dict[int, list[PlaceHeld]] = defaultdict(list)
    for number, person_id, public_id, edition_id, edition, title, state in rows:
        place = PlaceHeld(number, public_id, edition_id, edition, title, state, frozenset(stages[number]))
        found[person_id].append(place)
    return found


def _mandates(session: Session, ids: set[int]) -> dict[int, int]:
    counted = select(Mandate.person_id, func.count()).where(Mandate.person_id.in_(ids)).group_by(Mandate.person_id)
    return {row[0]: row[1] for row in session.execute(counted)}
