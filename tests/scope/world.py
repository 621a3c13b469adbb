"""A small world: states, institutions, editions, places, mandates and texts, in which everything that belongs to one
person bears a mark of its own, so that it is known again wherever it turns up."""

from __future__ import annotations

import enum
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people
from lms.people.models import Institution, Person, Sector
from lms.people.rules import Role, ScopeKind
from lms.people.services.mail import give_handles
from lms.seminars.models import Edition, Enrolment, EnrolmentState
from tests.people.makers import signed_in_client

BEGINNING = "zq"
"""Of every mark: no word of any language begins so."""
STATES = ("TZ", "KE", "GH", "ID")
MARKED_STATE = "NP"
"""Whose people are not to be named."""
SECTORS = (Sector.JUSTICE, Sector.EDUCATION, Sector.HUMAN_RIGHTS)


class Kind(enum.StrEnum):
    """What a mark stands in."""

    NAME = "name"
    ADDRESS = "address"
    REQUEST = "request"
    """What a participant asked a coordinator for."""
    REASON = "reason"
    """Why a place was given up."""
    WORDS = "words"
    """What a reader reported or proposed: shown to authors, without whose it is."""
    INTRODUCTION = "introduction"
    """What a member wrote to another: for these two, and once it is reported for those who coordinate everything."""
    MAILBOX = "mailbox"
    """What officers write of somebody's lost mailbox: for those who coordinate everything."""
    NOMINEE = "nominee"
    """What a focal point wrote of somebody they nominate: shown to them, and to those who coordinate the edition."""
    ROW = "row of a file"
    """What stood in an import that was taken back: for those who coordinate its edition, if at all."""
    HOME = "home"
    """Where somebody serves who is not to be named."""
    TYPED = "typed"
    """What a viewer has just written into a form."""
    JOURNAL = "journal"
    """Private reflections."""


@dataclass(frozen=True)
class Mark:
    """A word that stands nowhere but with one person; `edition` where it belongs to one place only."""

    text: str
    kind: Kind
    person_id: int
    edition: str | None = None


@dataclass(frozen=True)
class Held:
    """A mandate as the world gave it."""

    public_id: str
    person_id: int
    role: Role
    scope: ScopeKind
    scope_id: str | None
    counts: bool
    """Whether it is in force: confirmed, begun, not lapsed, not ended."""
    waits: bool = False
    """Whether a second person is to confirm it."""


@dataclass(frozen=True)
class Placed:
    """A place as the world gave it."""

    public_id: str
    edition: str
    person_id: int
    state_code: str
    institution: str
    counted: bool


@dataclass
class World:
    """Everything that was made, and who looks."""

    app: Flask
    rng: random.Random
    marks: list[Mark] = field(default_factory=list)
    places: list[Placed] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    companions: list[tuple[str, int]] = field(default_factory=list)
    members: dict[int, bool] = field(default_factory=dict)
    """The members of the alumni community, and whether they show their name to the others."""
    introduced: list[tuple[int, int]] = field(default_factory=list)
    """Who has asked whom for an introduction: that one is shown the name of the first."""
    unnamed: dict[int, str] = field(default_factory=dict)
    """Who is not to be named, with their place."""
    serving: set[tuple[int, str]] = field(default_factory=set)
    """Which state somebody serves or has served, as far as that was not known from the beginning."""
    handed: list[tuple[int, int]] = field(default_factory=list)
    """Whose mandate was handed, or is to be handed, to whom."""
    gone: list[Mark] = field(default_factory=list)
    """Of entries that were joined into others."""
    authored: set[int] = field(default_factory=set)
    """Who has written in a draft or on it."""
    nominators: list[tuple[str, int]] = field(default_factory=list)
    """Who has nominated somebody for an edition; its coordinator is told by whom."""
    records: list[tuple[str, int]] = field(default_factory=list)
    """Every record of a completion, with its holder."""
    hidden: set[str] = field(default_factory=set)
    """Words on those who were nominated for a state whose people are not to be named: for who nominated them."""
    editions: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    """Of the addresses under which calendars are read."""
    codes: dict[str, str] = field(default_factory=dict)
    """From letters, by the address that asks for them."""
    viewers: dict[str, int] = field(default_factory=dict)
    _clients: dict[str, FlaskClient] = field(default_factory=dict)
    _words: set[str] = field(default_factory=set)

    def client(self, viewer: str) -> FlaskClient:
        """A viewer's own browser; "visitor" is nobody's."""
        if viewer not in self._clients:
            self._clients[viewer] = (
                self.browser(self.viewers[viewer]) if viewer != "visitor" else self.app.test_client()
            )
        return self._clients[viewer]

    def browser(self, person_id: int) -> FlaskClient:
        """A browser in which a person has just signed in."""
        with unit_of_work() as session:
            person = session.get_one(Person, person_id)
        return signed_in_client(self.app, person)

    @contextmanager
    def seen_through(self, viewer: str, client: FlaskClient) -> Iterator[None]:
        """Within the block a viewer looks through this browser."""
        before = self._clients.get(viewer)
        self._clients[viewer] = client
        try:
            yield
        finally:
            self._clients.pop(viewer)
            self._clients |= {viewer: before} if before else {}

    @contextmanager
    def also_seen_by(self, viewer: str, person_id: int) -> Iterator[None]:
        """Within the block somebody more looks, who is not signed in."""
        self.viewers[viewer] = person_id
        try:
            with self.seen_through(viewer, self.app.test_client()):
                yield
        finally:
            del self.viewers[viewer]

    def word(self) -> str:
        """A word that no text has and that was not used yet."""
        while True:
            word = BEGINNING + "".join(self.rng.choices("bcdfghjkmnpqrtvwxz", k=7))
            if word not in self._words:
                self._words.add(word)
                return word

    def mark(self, kind: Kind, person_id: int, edition: str | None = None) -> str:
        """A new mark of a person."""
        made = Mark(self.word(), kind, person_id, edition)
        self.marks.append(made)
        return made.text

    def of(self, person_id: int, kind: Kind) -> list[Mark]:
        """A person's marks of a kind."""
        return [mark for mark in self.marks if mark.person_id == person_id and mark.kind is kind]

    def joined(self, stays: int, goes: int) -> None:
        """Two entries are one: the name of the other is nobody's, its address waits for their proof."""
        name, address = self.of(goes, Kind.NAME)[0], self.of(goes, Kind.ADDRESS)[0]
        moved = self.marks[self.marks.index(address)] = replace(address, person_id=stays)
        self.gone += [name, moved]
        self.places = [replace(one, person_id=stays) if one.person_id == goes else one for one in self.places]

    def person(self, session: Session, *, welcomed: bool = True) -> Person:
        """Somebody whose name and address are marks."""
        name, address = self.word(), self.word()
        made = people.create_person(
            session,
            name=f"{name.capitalize()} Mfano",
            address=f"{address}@example.org",
            at=now(),
            locale="en",
            zone="UTC",
        )
        if welcomed:
            made.welcomed_at = made.name_confirmed_at = now()
        give_handles(session, [(made.id, made.subject)])
        self.marks += [Mark(name, Kind.NAME, made.id), Mark(address, Kind.ADDRESS, made.id)]
        return made


def placed(place: Enrolment, edition: Edition, institution: Institution) -> Placed:
    """What the world notes of a place."""
    counted = place.state in (EnrolmentState.INVITED, EnrolmentState.ACCEPTED)
    return Placed(
        place.public_id, edition.public_id, place.person_id, institution.state_code, institution.public_id, counted
    )
