"""The directory as one member sees it. Every read of members for members goes through here: nothing of anybody comes
out that they have not agreed to show to this very person. Consents, audiences, states, sectors and editions are asked
of the database; what is sealed is opened only for those who are shown, and for their order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, Subquery, func, or_, select
from sqlalchemy.orm import Session

from lms.alumni.models import AlumniRecord, AlumniStatus, DirectoryConsent, Member, NetworkState
from lms.alumni.rules.directory import MOST_SORTED_BY_NAME, Audience, Circle, Consent, Field, shown
from lms.kernel.values import dataclass
from lms.people.models import Person, Sector
from lms.people.queries import names_of
from lms.people.queries.institutions import InstitutionView, institutions_on, serving_on
from lms.people.queries.persons import full_names_of
from lms.records.queries import EditionHeld, editions_of
from lms.records.queries.held import editions_named

from .membership import SAID, Words, agreed, last_word, said_by_them, to_be_listed, words_of
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
class Viewpoint:
    """From where a member looks: what they share with others decides what these show them."""

    viewer_id: int
    at: dt.datetime
    circle: Circle
    editions: tuple[EditionHeld, ...]
    """Those that they have completed."""

    @property
    def today(self) -> dt.date:
        """The day by which people serve somewhere."""
        return self.at.date()


@dataclass(frozen=True, slots=True)
class Entry:
    """A member whom somebody sees, and the fields that they see; nothing is opened yet."""

    person_id: int
    public_id: str
    fields: frozenset[Field]


@dataclass(frozen=True, slots=True)
class Among:
    """Of whom entries are asked for: of an edition, a state, a sector that they show; one member; some people."""

    edition: str = ""
    state: str = ""
    sector: str = ""
    member: str = ""
    people: Collection[int] | None = None


EVERYBODY = Among()


@dataclass(frozen=True, slots=True)
class Options:
    """What those whom a member sees show of themselves, to be chosen among."""

    states: frozenset[str]
    sectors: frozenset[Sector]
    editions: tuple[EditionHeld, ...]


def viewpoint(session: Session, viewer_id: int, moment: dt.datetime) -> Viewpoint:
    """From where a member looks; four statements."""
    at = institutions_on(session, [viewer_id], moment.date()).get(viewer_id)
    state, editions = at.state_code if at else "", editions_of(session, [viewer_id], sure=True).get(viewer_id, ())
    networks = networks_by_state(session).get(state, frozenset())
    return Viewpoint(viewer_id, moment, Circle(frozenset(one.edition for one in editions), state, networks), editions)


def entries(session: Session, here: Viewpoint, among: Among = EVERYBODY) -> list[Entry]:
    """Whom of these a member sees, and what of each, in no order; one statement. What is filtered by must be shown by
    their own word: the database alone does not look at marks."""
    shown = _shown(here)
    fields: dict[tuple[int, str], set[Field]] = {}
    for row in filter(said_by_them, session.execute(select(shown).where(*_among(shown, among)))):
        fields.setdefault((row.person_id, row.public_id), set()).add(row.field)
    by = {Field.STATE: among.state, Field.SECTOR: among.sector, Field.EDITION: among.edition}
    needed = {field for field, value in by.items() if value}
    return [Entry(*who, frozenset(seen)) for who, seen in fields.items() if needed <= seen]


def options(session: Session, here: Viewpoint) -> Options:
    """What can be filtered by; three statements."""
    shown, held = _shown(here), AlumniRecord
    rows = session.execute(select(shown).where(shown.c.field.in_((Field.STATE, Field.SECTOR)))).all()
    records = select(shown, held.edition, held.record).join(held, held.person_id == shown.c.person_id)
    latest = session.execute(records.where(shown.c.field == Field.EDITION).order_by(held.record.desc()))
    return Options(
        states=frozenset(_said_by_one((row.state_code, row) for row in rows if row.field is Field.STATE)),
        sectors=frozenset(_said_by_one((row.sector, row) for row in rows if row.field is Field.SECTOR)),
        editions=tuple(
            editions_named(session, [row.record for row in _said_by_one((row.edition, row) for row in latest).values()])
        ),
    )


def _said_by_one(rows: Iterable[tuple[Any, Any]]) -> dict[Any, Any]:
    """What somebody at least shows by their own word, with the first row that says so. A mark takes its time: no more
    are looked at than it needs."""
    found: dict[Any, Any] = {}
    for value, row in rows:
        if value and value not in found and said_by_them(row):
            found[value] = row
    return found


def _shown(here: Viewpoint) -> CTE:
    """Everything that others show to the one who looks, a row for each field, with where they serve."""
    one, at = DirectoryConsent, serving_on(here.today)
    return (
        select(Member.person_id, Member.public_id, *SAID, at.c.state_code, at.c.sector)
        .join(Person, Person.id == Member.person_id)
        .join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
        .join(one, one.step_id == Member.step_id)
        .outerjoin(at, at.c.person_id == Member.person_id)
        .where(to_be_listed(), Member.person_id != here.viewer_id, last_word())
        .where(or_(one.ends_at.is_(None), one.ends_at > here.at), _reaches(here.circle, at))
        .cte("shown")
    )


def _reaches(mine: Circle, at: Subquery) -> ColumnElement[bool]:
    """The condition that the audience of a consent holds the one who looks: `rules.directory.shared`, for many."""
    to = DirectoryConsent.audience
    fellows = select(AlumniRecord.person_id).where(AlumniRecord.edition.in_(mine.editions))
    near = select(NetworkState.state_code).where(NetworkState.network_id.in_(mine.networks))
    return or_(
        to == Audience.MEMBERS,
        (to == Audience.EDITION) & Member.person_id.in_(fellows),
        (to == Audience.STATE) & (at.c.state_code == mine.state),
        (to == Audience.NETWORK) & at.c.state_code.in_(near),
    )


def _among(shown: CTE, among: Among) -> Iterator[ColumnElement[bool]]:
    """The conditions over what is shown; what somebody does not show is never compared."""
    one = shown.alias()
    if among.state:
        of_state = select(one.c.person_id).where(one.c.field == Field.STATE, one.c.state_code == among.state)
        yield shown.c.person_id.in_(of_state)
    if among.sector:
        of_sector = select(one.c.person_id).where(one.c.field == Field.SECTOR, one.c.sector == among.sector)
        yield shown.c.person_id.in_(of_sector)
    if among.edition:
        there = select(AlumniRecord.person_id).where(AlumniRecord.edition == among.edition)
        yield shown.c.person_id.in_(select(one.c.person_id).where(one.c.field == Field.EDITION))
        yield shown.c.person_id.in_(there)
    if among.member:
        yield shown.c.public_id == among.member
    if among.people is not None:
        yield shown.c.person_id.in_(among.people)


def in_order(session: Session, found: Collection[Entry]) -> list[Entry]:
    """By name, and who does not show theirs last; so many that opening every name takes too long, in no order that
    tells anything."""
    named = [one.person_id for one in found if Field.NAME in one.fields]
    names = names_of(session, named) if len(named) <= MOST_SORTED_BY_NAME else {}
    return sorted(
        found, key=lambda one: (one.person_id not in names, names.get(one.person_id, "").casefold(), one.public_id)
    )


def opened(session: Session, found: Collection[Entry], today: dt.date) -> list[Seen]:
    """These with the fields that may be shown, and nothing else, unsealed; in the order in which they come, in five
    statements however many."""
    people = {one.person_id for one in found}
    institutions, editions = institutions_on(session, people, today), editions_of(session, people)
    names = names_of(session, [one.person_id for one in found if Field.NAME in one.fields])
    written = {Field.LANGUAGES, Field.SUBJECTS}
    words = words_of(session, [one.person_id for one in found if written & one.fields])
    return [
        _seen(
            one,
            institutions.get(one.person_id),
            editions.get(one.person_id, ()),
            names.get(one.person_id, ""),
            words.get(one.person_id, Words()),
        )
        for one in found
    ]


def _seen(one: Entry, at: InstitutionView | None, editions: tuple[EditionHeld, ...], name: str, said: Words) -> Seen:
    shows = one.fields
    return Seen(
        person_id=one.person_id,
        public_id=one.public_id,
        name=name,
        state_code=at.state_code if at and Field.STATE in shows else "",
        sector=at.sector if at and Field.SECTOR in shows else None,
        institution=at.name if at and Field.INSTITUTION in shows else "",
        editions=editions if Field.EDITION in shows else (),
        languages=said.languages if Field.LANGUAGES in shows else "",
        subjects=said.subjects if Field.SUBJECTS in shows else "",
    )


def as_seen(session: Session, person_id: int, to: frozenset[Audience], at: dt.datetime) -> Seen:
    """A member as somebody in these audiences would see them; for themselves alone."""
    public_id = _public_id(session, person_id)
    consents: Mapping[Field, Consent] = agreed(session, [person_id]).get(person_id, {})
    fields = shown(consents, to, at) if public_id else frozenset()
    return opened(session, [Entry(person_id, public_id, fields)], at.date())[0]


def own_facts(session: Session, person_id: int, today: dt.date) -> Seen:
    """Everything a member could show, for the page on which they choose."""
    own = Entry(person_id, _public_id(session, person_id), frozenset(Field))
    [found] = opened(session, [own], today)
    return replace(found, name=full_names_of(session, {person_id})[person_id].listed)


def _public_id(session: Session, person_id: int) -> str:
    """Of a member who may be listed; empty for everybody else."""
    listed = (
        select(Member.public_id)
        .join(Person, Person.id == Member.person_id)
        .join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
    )
    return session.scalar(listed.where(Member.person_id == person_id, to_be_listed())) or ""


@dataclass(frozen=True, slots=True)
class Counters:
    """How many alumni, members and states of members there are, exactly; pages round them down."""

    alumni: int
    members: int
    states: int


def counters(session: Session, today: dt.date) -> Counters:
    """The community in numbers, as it follows from records and steps; two statements."""
    alumni = session.scalar(select(func.count()).select_from(AlumniStatus)) or 0
    at = serving_on(today)
    theirs = select(func.count(), func.count(at.c.state_code.distinct())).select_from(Member)
    joined = theirs.join(AlumniStatus, AlumniStatus.person_id == Member.person_id)
    members, states = session.execute(joined.outerjoin(at, at.c.person_id == Member.person_id)).one()
    return Counters(alumni, members, states)
