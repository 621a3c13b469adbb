"""The directory as one member sees it. Every read of members for members goes through here: nothing of anybody comes
out that they have not agreed to show to this very person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniStatus, Member
from lms.alumni.rules.directory import Audience, Circle, Consent, Field, shared, shown
from lms.people.models import Person, Sector
from lms.people.queries import names_of
from lms.people.queries.institutions import InstitutionView, institutions_on
from lms.people.queries.persons import full_names_of
from lms.records.queries import EditionHeld, editions_of

from .membership import Words, agreed, to_be_listed, words_of
from .networks import networks_by_state


@dataclass(frozen=True, slots=True)
class Seen:
    """A member as somebody else sees them: what is not shown is empty."""

    person_id: int
    public_id: str
    name: str = ""
    state_code: str = ""
    sector: Sector | None = None
    institution: str = ""
    editions: tuple[EditionHeld, ...] = ()
    languages: str = ""
    subjects: str = ""


@dataclass(frozen=True, slots=True)
class Directory:
    """Everybody whom a member sees, and of how many alumni in all."""

    seen: tuple[Seen, ...]
    others: int
    """How many alumni there are beside the member who looks and those they see."""
    editions: tuple[EditionHeld, ...]
    """Those that the member who looks has completed."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What there is to know of some members, before anybody's consent is asked."""

    public_ids: Mapping[int, str]
    institutions: Mapping[int, InstitutionView]
    editions: Mapping[int, tuple[EditionHeld, ...]]
    networks: Mapping[str, frozenset[int]]

    def circle(self, person_id: int) -> Circle:
        """Where one of them stands."""
        at = self.institutions.get(person_id)
        state = at.state_code if at else ""
        held = frozenset(one.edition for one in self.editions.get(person_id, ()))
        return Circle(held, state, self.networks.get(state, frozenset()))


def directory(session: Session, viewer_id: int, today: dt.date) -> Directory:
    """The directory for the member `viewer_id`, by name; who does not show theirs comes last."""
    facts = _facts(session, viewer_id, today)
    mine, consents = facts.circle(viewer_id), agreed(session)
    fields = {
        person: found
        for person in facts.public_ids
        if person != viewer_id and (found := shown(consents.get(person, {}), shared(facts.circle(person), mine), today))
    }
    seen = _opened(session, facts, fields)
    alumni = session.scalar(select(func.count()).select_from(AlumniStatus)) or 0
    return Directory(
        seen=tuple(sorted(seen, key=lambda one: (not one.name, one.name.casefold(), one.public_id))),
        others=max(0, alumni - 1 - len(seen)),
        editions=facts.editions.get(viewer_id, ()),
    )


def as_seen(session: Session, person_id: int, to: frozenset[Audience], today: dt.date) -> Seen:
    """A member as somebody in these audiences would see them; for themselves alone."""
    facts = _facts(session, person_id, today)
    consents: Mapping[Field, Consent] = agreed(session, [person_id]).get(person_id, {})
    fields = shown(consents, to, today) if person_id in facts.public_ids else frozenset()
    return next(iter(_opened(session, facts, {person_id: fields})), Seen(person_id, ""))


def own_facts(session: Session, person_id: int, today: dt.date) -> Seen:
    """Everything a member could show, for the page on which they choose."""
    found = _opened(session, _facts(session, person_id, today), {person_id: frozenset(Field)})[0]
    name = full_names_of(session, {person_id})[person_id]
    return Seen(person_id, found.public_id, name.listed, *_rest(found))


def _rest(found: Seen) -> tuple[str, Sector | None, str, tuple[EditionHeld, ...], str, str]:
    return (found.state_code, found.sector, found.institution, found.editions, found.languages, found.subjects)


def _facts(session: Session, viewer_id: int, today: dt.date) -> _Facts:
    members = (
        select(Member.person_id, Member.public_id)
        .join(Person, Person.id == Member.person_id)
        .join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
        .where(to_be_listed())
    )
    public_ids = {row.person_id: row.public_id for row in session.execute(members)}
    people = {*public_ids, viewer_id}
    return _Facts(
        public_ids, institutions_on(session, people, today), editions_of(session, people), networks_by_state(session)
    )


def _opened(session: Session, facts: _Facts, fields: Mapping[int, Collection[Field]]) -> list[Seen]:
    """The fields that may be shown, and nothing else, unsealed."""
    names = names_of(session, [person for person, shows in fields.items() if Field.NAME in shows])
    written = {Field.LANGUAGES, Field.SUBJECTS}
    words = words_of(session, [person for person, shows in fields.items() if written.intersection(shows)])
    return [_seen(person, shows, facts, names, words) for person, shows in fields.items()]


def _seen(
    person: int, shows: Collection[Field], facts: _Facts, names: Mapping[int, str], words: Mapping[int, Words]
) -> Seen:
    at, said = facts.institutions.get(person), words.get(person, Words())
    return Seen(
        person_id=person,
        public_id=facts.public_ids.get(person, ""),
        name=names.get(person, ""),
        state_code=at.state_code if at and Field.STATE in shows else "",
        sector=at.sector if at and Field.SECTOR in shows else None,
        institution=at.name if at and Field.INSTITUTION in shows else "",
        editions=facts.editions.get(person, ()) if Field.EDITION in shows else (),
        languages=said.languages if Field.LANGUAGES in shows else "",
        subjects=said.subjects if Field.SUBJECTS in shows else "",
    )


@dataclass(frozen=True, slots=True)
class Counters:
    """How many alumni, members and states of members there are, exactly; pages round them down."""

    alumni: int
    members: int
    states: int


def counters(session: Session, today: dt.date) -> Counters:
    """The community in numbers, as it follows from records and steps; three statements."""
    alumni = session.scalar(select(func.count()).select_from(AlumniStatus)) or 0
    rows = select(Member.person_id).join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
    members = set(session.scalars(rows))
    states = {one.state_code for one in institutions_on(session, members, today).values()}
    return Counters(alumni, len(members), len(states))
