"""What happens to people of the world beside the plain case: some are not to be named, somebody was entered twice,
somebody serves elsewhere by now, an import was taken back, and mandates change hands."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from lms.kernel.clock import now
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people
from lms.people.models import Institution, Mandate, Person
from lms.people.queries import Viewer, viewer_for_person
from lms.people.rules import Role, ScopeKind
from lms.seminars import services
from lms.seminars.imports.saving import save
from lms.seminars.imports.undoing import undo
from lms.seminars.models import Edition, EnrolmentState, RequestKind
from tests.people.makers import give_mandate
from tests.seminars.importing import said, taken_in
from tests.seminars.makers import enrol_person, make_institution

from .world import MARKED_STATE, SECTORS, Held, Kind, World, placed

HOMES = {MARKED_STATE: ("nepal", "kathmandu"), "BT": ("bhutan", "thimphu")}
"""States in which nobody serves but who is not to be named: the words that tell them, and the town of their clocks."""
ZONES = {MARKED_STATE: "Asia/Kathmandu", "BT": "Asia/Thimphu"}
A_YEAR = dt.timedelta(days=300)
REASON = "Asked for it in writing."


# Who is not to be named ---------------------------------------------------------------------------------------------


def come_unnamed(world: World, session: Session, editions: list[Edition]) -> None:
    """People of a marked state, and somebody who is marked; one of the state will serve another one soon. The marks
    themselves are set later, by somebody who may."""
    for number, state in enumerate((MARKED_STATE, "BT", MARKED_STATE, "BT")):
        person, edition = world.person(session), editions[(0, 1, 0, -1)[number]]
        home = _home(world, session, state, person.id)
        invited = number == 1
        becomes = EnrolmentState.INVITED if invited else EnrolmentState.ACCEPTED
        place = enrol_person(session, edition, person=person, institution=home, becomes=becomes)
        if invited:
            services.send_invitation(session, enrolment=place, at=now(), by=None)
        else:
            message = f"We have a session: {world.mark(Kind.REQUEST, person.id, edition.public_id)}."
            services.ask(
                session, enrolment=place, kind=RequestKind.MORE_TIME, message=message, at=now(), by=person.subject
            )
        world.places.append(placed(place, edition, home))
        world.unnamed[person.id] = place.public_id
        if number == 2:
            _serves(session, person, make_institution(session, "TZ", SECTORS[0]), now().date() + A_YEAR)


def _home(world: World, session: Session, state: str, person_id: int) -> Institution:
    made = make_institution(session, state, world.rng.choice(SECTORS), f"House of {world.mark(Kind.HOME, person_id)}")
    made.zone = ZONES[state]
    session.flush()
    return made


def mark_unnamed(world: World, by: int) -> None:
    """One state is marked, and everybody else who is not to be named."""
    with unit_of_work() as session:
        officer = _viewer(session, by)
        people.mark_state(session, state_code=MARKED_STATE, on=True, reason=REASON, by=officer, at=now())
        for place in [one for one in world.places if one.person_id in world.unnamed]:
            if place.state_code != MARKED_STATE:
                who = {"person_id": place.person_id, "state_code": place.state_code}
                people.mark_person(session, **who, on=True, reason=REASON, by=officer, at=now())


def _viewer(session: Session, person_id: int) -> Viewer:
    found = viewer_for_person(session, person_id, now())
    assert found is not None
    return found


# Who was entered twice, who moved, who was taken back ---------------------------------------------------------------


def _serves(session: Session, person: Person, institution: Institution, on: dt.date) -> None:
    people.move(
        session, person=person, institution=institution, function="", on=on, at=now(), by=person.subject
    )  # fmt: skip


def move_on(world: World, session: Session) -> None:
    """Somebody has served another state since last week; the place is that of the state which sent them."""
    place = world.rng.choice([one for one in world.places if one.counted and one.person_id not in world.unnamed])
    elsewhere = world.rng.choice([code for code in ("TZ", "KE", "GH") if code != place.state_code])
    person = session.get_one(Person, place.person_id)
    _serves(session, person, make_institution(session, elsewhere), now().date() - dt.timedelta(days=7))


def enter_twice(world: World, session: Session, editions: list[Edition], institution: Institution) -> None:
    """Two entries of one person, each with a place, are one since today."""
    stays, goes = world.person(session), world.person(session)
    for person, edition in ((stays, editions[0]), (goes, editions[1])):
        place = enrol_person(session, edition, person=person, institution=institution, becomes=EnrolmentState.INVITED)
        world.places.append(placed(place, edition, institution))
    people.join(session, stays=stays, goes=goes, kept=(), at=now(), by="-")
    world.joined(stays.id, goes.id)


def import_and_undo(world: World, session: Session, edition: Edition) -> None:
    """A file was saved and taken back: whom it named is known to nobody but its coordinator."""
    words = [world.mark(Kind.ROW, 0, edition.public_id) for _ in range(4)]
    rows = [
        said(name=f"{name.capitalize()} Mfano", address=f"{address}@example.org", institution=house)
        for name, address, house in ((words[0], words[1], HOUSE), (words[2], words[3], HOUSE))
    ]
    make_institution(session, "TZ", name=HOUSE)
    found = taken_in(session, edition, *rows, at=now())
    save(session, found=found, at=now(), by="-")
    assert undo(session, found=found, at=now(), by="-") == []


HOUSE = "Ministry of rows"


# Mandates that change hands -----------------------------------------------------------------------------------------


def hand_over(world: World, state: str, second: int) -> None:
    """A focal point's mandate is another's since today; that one, in turn, has proposed who is to follow."""
    with unit_of_work() as session:
        before, after, to_come = (world.person(session).id for _ in range(3))
    held = give_mandate(_person(before), Role.FOCAL_POINT, ScopeKind.STATE, state)
    world.held.append(Held(held.public_id, before, Role.FOCAL_POINT, ScopeKind.STATE, state, False))
    now_held = _proposed(world, held, before, after, state, second)
    _proposed(world, now_held, after, to_come, state, None)
    world.viewers |= {"focal point before": before, "focal point after": after, "focal point to come": to_come}
    world.handed += [(before, after), (after, to_come)]


def _proposed(world: World, held: Mandate, holder: int, successor: int, state: str, second: int | None) -> Mandate:
    """The holder proposes; `second` confirms, where somebody does."""
    with unit_of_work() as session:
        made = people.hand_over(
            session, mandate=session.get_one(Mandate, held.id), person=session.get_one(Person, successor),
            until=now().date() + A_YEAR, by=holder, at=now(),
        )  # fmt: skip
        if second:
            people.confirm(session, mandate=made, by=second, at=now())
    scope = (Role.FOCAL_POINT, ScopeKind.STATE, state)
    world.held.append(Held(made.public_id, successor, *scope, counts=bool(second), waits=not second))
    return made


def _person(person_id: int) -> Person:
    with unit_of_work() as session:
        return session.get_one(Person, person_id)
