"""A world grown from a seed."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.alumni.rules.directory import Audience, Consent, Field
from lms.alumni.services import introductions, reinvitations
from lms.alumni.services import membership as alumni
from lms.alumni.services.networks import add_network
from lms.authoring.models import Draft
from lms.authoring.rules.remarks import Anchor
from lms.authoring.services import Words, remark
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people
from lms.people.models import IdentityRow, Institution, Mandate, Person
from lms.people.queries import viewer_for_person
from lms.people.rules import Role, ScopeKind
from lms.records.models import RecordSubject
from lms.records.services.before import attest_before
from lms.reminders.models import ReminderLeftOut, ReminderSending
from lms.reminders.rules import LeftOut
from lms.seminars import queries, services
from lms.seminars.columns import Column
from lms.seminars.models import Edition, Enrolment, EnrolmentState, RequestKind
from lms.seminars.models import Mark as Attended
from lms.seminars.nominating.services import put_forward
from lms.seminars.rules import Companion
from lms.seminars.services.calls import Call
from tests.alumni.feeds import make_partner, make_token
from tests.authoring.desks import Worker
from tests.authoring.drafts import FIRST_PATH, begin, save, workspace
from tests.learning.makers import Reader, publish
from tests.people.makers import give_mandate
from tests.records.makers import attend, close, complete_reading
from tests.seminars.importing import said, taken_in
from tests.seminars.makers import enrol_person, make_edition, make_institution

from . import happenings
from .filling import PASSWORD
from .world import MARKED_STATE, SECTORS, STATES, Held, Kind, World, placed

TITLES = ("Seminar of the spring", "Seminar of the summer", "Seminar that is over")


def grow(app: Flask, folder: Path, seed: int) -> World:
    """The world of a seed."""
    world = World(app, random.Random(seed))
    publish(folder)
    with unit_of_work() as session:
        editions = [_edition(session, title) for title in TITLES]
        institutions = [
            make_institution(session, state, world.rng.choice(SECTORS))
            for state in STATES
            for _ in range(world.rng.randint(1, 3))
        ]
        world.editions = [edition.public_id for edition in editions]
        for edition in editions:
            _companion(world, session, edition)
        _people(world, session, editions, institutions)
        happenings.come_unnamed(world, session, editions)
        happenings.enter_twice(world, session, editions, institutions[0])
        happenings.move_on(world, session)
        happenings.import_and_undo(world, session, editions[0])
        _records(world, session, editions[-1])
        _members(world, session)
        _before(world, session, institutions[0])
        held = select(RecordSubject.record, RecordSubject.person_id)
        world.records = [(row[0], row[1]) for row in session.execute(held)]
        for edition in editions[:-1]:
            _import(world, session, edition)
            _left_out(session, edition)
        staff = {name: world.person(session).id for name in STAFF}
        officer = session.get_one(Person, staff["coordinator of all"]).subject
        _lost_mailbox(world, session, next(iter(world.members)), officer)
        reaches = _reaches(world, institutions)
    for name, (role, kind) in STAFF.items():
        _mandate(world, staff[name], role, kind, reaches)
    _several(world, reaches)
    happenings.mark_unnamed(world, staff["coordinator of all"])
    happenings.hand_over(world, world.rng.choice(STATES), staff["coordinator of all"])
    _over_and_to_come(world, reaches)
    world.viewers |= staff | {"visitor": 0} | _participants(world)
    _passwords(world)
    _nominate(world)
    _writings(world)
    _calendars(world)
    make_token(make_partner())
    _draft(world, staff)
    db.session.remove()
    return world


STAFF = {
    "administrator": (Role.ADMINISTRATOR, ScopeKind.ALL),
    "other administrator": (Role.ADMINISTRATOR, ScopeKind.ALL),
    "coordinator of all": (Role.COORDINATOR, ScopeKind.ALL),
    "coordinator": (Role.COORDINATOR, ScopeKind.EDITION),
    "focal point of a state": (Role.FOCAL_POINT, ScopeKind.STATE),
    "focal point of an institution": (Role.FOCAL_POINT, ScopeKind.INSTITUTION),
    "evaluator of all": (Role.EVALUATOR, ScopeKind.ALL),
    "evaluator": (Role.EVALUATOR, ScopeKind.EDITION),
    "observer": (Role.OBSERVER, ScopeKind.ALL),
    "observer of an edition": (Role.OBSERVER, ScopeKind.EDITION),
    "trainer": (Role.TRAINER, ScopeKind.ALL),
    "reviewer": (Role.REVIEWER, ScopeKind.COURSE),
}


def _edition(session: Session, title: str) -> Edition:
    if title == TITLES[0]:
        return make_edition(session, "tiny", title=title)
    if title == TITLES[1]:
        later = {"starts_on": dt.date(2027, 8, 9), "ends_on": dt.date(2027, 8, 10)}
        return make_edition(session, "tiny", title=title, **later)
    first, due = dt.date(2027, 3, 9), dt.datetime(2027, 3, 1, 16, 0, tzinfo=dt.UTC)
    over = {"starts_on": first, "ends_on": first + dt.timedelta(days=1), "deadline_at": due}
    return make_edition(session, "tiny", title=title, **over)


def _companion(world: World, session: Session, edition: Edition) -> None:
    person = world.person(session)
    who, role = {"person_id": person.id, "subject": person.subject}, world.rng.choice(list(Companion))
    services.add_companion(session, edition=edition, role=role, at=now(), by="-", **who)
    world.companions.append((edition.public_id, person.id))


def _people(world: World, session: Session, editions: list[Edition], institutions: list[Institution]) -> None:
    """Four to six in each edition, and more in the one that is over, so that some of them hold a record; some are in
    two, the second time for another institution."""
    crowd: list[Person] = []
    for edition in editions:
        for number in range(7 if edition is editions[-1] else world.rng.randint(4, 6)):
            moved = crowd.pop() if number == 0 and crowd else None
            person = moved or world.person(session)
            _place(world, session, edition, person, world.rng.choice(institutions), number)
            crowd.append(person)
    _put_off(world, session, editions[0], editions[1], institutions[0])


def _put_off(world: World, session: Session, edition: Edition, later: Edition, institution: Institution) -> None:
    """Somebody whose place was put off to a later edition."""
    person = world.person(session)
    place = enrol_person(session, edition, person=person, institution=institution, becomes=EnrolmentState.INVITED)
    reason = f"A birth, {world.mark(Kind.REASON, person.id, edition.public_id)}."
    again = services.defer(session, enrolment=place, later=later, at=now(), by="-", reason=reason)
    world.places += [placed(place, edition, institution), placed(again, later, institution)]


def _attested(world: World, session: Session, edition: Edition, place: Enrolment) -> None:
    """The first half-day was missed, for a reason, and is made up for."""
    person = place.person_id
    words = f"A page on {world.mark(Kind.REASON, person, edition.public_id)}."
    services.attest(
        session, edition=edition, enrolment=place, half_day=queries.sessions_of(session, edition.id)[0],
        mark=Attended.EXCUSED, reason=f"Was at {world.mark(Kind.REASON, person, edition.public_id)}.",
        make_up=services.MakeUpWork(words, edition.ends_on), at=now(), by="-",
    )  # fmt: skip


BECOMES = {3: EnrolmentState.INVITED, 4: EnrolmentState.NOMINATED}
LEAVES = (services.withdraw, services.decline)


def _place(
    world: World, session: Session, edition: Edition, person: Person, institution: Institution, number: int
) -> None:
    becomes = BECOMES.get(number, EnrolmentState.ACCEPTED)
    place = enrol_person(session, edition, person=person, institution=institution, becomes=becomes)
    if number == 0 and edition.public_id != world.editions[-1]:  # whose sheet is filled anew and closed
        _attested(world, session, edition, place)
    if number == 1:
        message = f"We have a session: {world.mark(Kind.REQUEST, person.id, edition.public_id)}."
        services.ask(session, enrolment=place, kind=RequestKind.MORE_TIME, message=message, at=now(), by=person.subject)
        person.welcomed_at, person.name_confirmed_at = now() - dt.timedelta(days=20), None  # has not looked at it since
    if number == 2:
        reason = f"An illness, {world.mark(Kind.REASON, person.id, edition.public_id)}."
        world.rng.choice(LEAVES)(session, enrolment=place, at=now(), by="-", reason=reason)
    if number == 3:
        services.send_invitation(session, enrolment=place, at=now(), by=None)
    world.places.append(placed(place, edition, institution))


def _import(world: World, session: Session, edition: Edition) -> None:
    """A file that names the people of an edition, and waits for its coordinator: some rows are right, some are not."""
    there = [place.person_id for place in world.places if place.edition == edition.public_id]
    mine = [person_id for person_id in there if person_id not in world.unnamed]
    rows = [
        said(
            name=world.of(person_id, Kind.NAME)[0].text,
            address=f"{world.of(person_id, Kind.ADDRESS)[0].text}@example.org",
            institution="Ministry of what is not known" if number % 2 else "",
        )
        for number, person_id in enumerate(mine)
    ]
    taken_in(session, edition, *rows, at=now())


def _left_out(session: Session, edition: Edition) -> None:
    """Reminders went out once, and nobody of the edition got one."""
    sent = ReminderSending(edition_id=edition.id, client_key=new_token(), letters=0, by="-", at=now())
    session.add(sent)
    session.flush()  # its id is what the rows refer to
    for place in session.scalars(select(Enrolment.id).where(Enrolment.edition_id == edition.id)):
        session.add(ReminderLeftOut(sending_id=sent.id, enrolment_id=place, reason=LeftOut.CAP))


def _records(world: World, session: Session, edition: Edition) -> None:
    """Everybody who came to the edition that is over has a record."""
    for place in [one for one in world.places if one.edition == edition.public_id and one.counted]:
        row = session.query(Enrolment).filter_by(public_id=place.public_id).one()
        if row.state is not EnrolmentState.ACCEPTED:
            continue
        complete_reading(session, row, now())
        row.person.name_confirmed_at = now()
        attend(session, edition, row)
    close(session, edition, now())


def _members(world: World, session: Session) -> None:
    """Whoever holds a record is a member, but one; every other one shows the name to all members. One was asked twice
    for an introduction."""
    held = list(session.scalars(select(RecordSubject.person_id).order_by(RecordSubject.person_id)))
    *_named, waits = (one for one in held if one not in world.unnamed)
    held.remove(waits)
    for number, person_id in enumerate(held):
        alumni.join(session, person_id=person_id, at=now())
        world.members[person_id] = shows_name = number % 2 == 1
        audience = Audience.MEMBERS if shows_name else Audience.NOBODY
        wanted = {one: Consent(audience if one is Field.NAME else Audience.MEMBERS) for one in Field}
        alumni.agree(session, person_id=person_id, wanted=wanted, languages="English", subjects="", at=now())
    _introduction(world, session, held[0], held[1], reported=True)
    _introduction(world, session, held[2], held[1], reported=False)
    world.viewers |= {"member who was asked": held[1], "holder of a record": waits}
    add_network(session, name="A network", states=STATES[:2], at=now(), by="-")


def _before(world: World, session: Session, institution: Institution) -> None:
    """Somebody of an edition from before this system, whose record was attested, and somebody who waits for it."""
    first = dt.date(2012, 11, 4)
    due = dt.datetime(2012, 10, 20, 16, 0, tzinfo=dt.UTC)
    over = {"starts_on": first, "ends_on": first + dt.timedelta(days=1), "deadline_at": due}
    edition = make_edition(session, "tiny", title="Seminar of long ago", **over)
    for _number in range(2):
        _place(world, session, edition, world.person(session, welcomed=False), institution, 4)
    first_place = session.query(Enrolment.id).filter_by(edition_id=edition.id).order_by(Enrolment.id).first()
    attest_before(session, edition=edition, places=[first_place[0]], at=now(), by="-")


def _introduction(world: World, session: Session, asker: int, asked: int, *, reported: bool) -> None:
    """Somebody asks somebody who shows the name; the message may be reported."""
    message = f"May I ask you about {world.mark(Kind.INTRODUCTION, asker)}?"
    public_id = introductions.ask(session, asker_id=asker, asked_id=asked, message=message, key="asked-once", at=now())
    world.introduced.append((asker, asked))
    if reported:
        reason = f"It speaks of {world.mark(Kind.INTRODUCTION, asker)}."
        introductions.report(session, introduction=public_id, person_id=asked, reason=reason, at=now())


def _lost_mailbox(world: World, session: Session, person_id: int, officer: str) -> None:
    """An officer has proposed another address for somebody."""
    old = f"{world.of(person_id, Kind.ADDRESS)[0].text}@example.org"
    new = f"{world.mark(Kind.MAILBOX, person_id)}@example.org"
    reason = f"I called and asked for {world.mark(Kind.MAILBOX, person_id)}, and the month of the seminar."
    reinvitations.propose(session, old_address=old, new_address=new, reason=reason, by=officer, at=now())


# Mandates -----------------------------------------------------------------------------------------------------------


def _reaches(world: World, institutions: list[Institution]) -> dict[ScopeKind, Callable[[], str | None]]:
    """What of each kind to reach over: mostly where somebody is, so that there is something to see."""
    counted = [place for place in world.places if place.counted]
    return {
        ScopeKind.ALL: lambda: None,
        ScopeKind.EDITION: lambda: world.rng.choice(world.editions[:2]),
        ScopeKind.STATE: lambda: world.rng.choice(counted).state_code,
        ScopeKind.INSTITUTION: lambda: world.rng.choice(counted).institution,
        ScopeKind.COURSE: lambda: "tiny",
    }


Reaches = dict[ScopeKind, Callable[[], str | None]]


def _mandate(
    world: World,
    person_id: int,
    role: Role,
    kind: ScopeKind,
    reaches: Reaches,
    *,
    counts: bool = True,
    **dates: dt.date,
) -> Mandate:
    with unit_of_work() as session:
        person = session.get_one(Person, person_id)
    scope_id = reaches[kind]()
    made = give_mandate(person, role, kind, scope_id, **dates)
    world.held.append(Held(made.public_id, person_id, role, kind, scope_id, counts))
    return made


GIVEN = (
    (Role.COORDINATOR, ScopeKind.EDITION),
    (Role.FOCAL_POINT, ScopeKind.STATE),
    (Role.FOCAL_POINT, ScopeKind.INSTITUTION),
    (Role.EVALUATOR, ScopeKind.EDITION),
    (Role.OBSERVER, ScopeKind.EDITION),
)


def _several(world: World, reaches: Reaches) -> None:
    """Two people hold several mandates each, drawn by lot; one of them has a place too."""
    with unit_of_work() as session:
        fresh = world.person(session).id
    placed_already = world.rng.choice([place.person_id for place in world.places if place.counted])
    for name, person_id in (("holder of several", fresh), ("participant with mandates", placed_already)):
        for role, kind in world.rng.sample(GIVEN, world.rng.randint(2, 3)):
            _mandate(world, person_id, role, kind, reaches)
        world.viewers[name] = person_id


def _over_and_to_come(world: World, reaches: Reaches) -> None:
    """Somebody whose every mandate shows nothing any more or not yet: lapsed, ended, to come, and only proposed."""
    with unit_of_work() as session:
        person_id = world.viewers["holder of nothing"] = world.person(session).id
    today, day = now().date(), dt.timedelta(days=1)
    for role, kind, dates in (
        (Role.COORDINATOR, ScopeKind.ALL, {"since": today - 30 * day, "until": today - day}),
        (Role.FOCAL_POINT, ScopeKind.STATE, {"since": today - 30 * day, "until": today - day}),
        (Role.COORDINATOR, ScopeKind.EDITION, {"since": today + day}),
    ):
        _mandate(world, person_id, role, kind, reaches, counts=False, **dates)
    ended = _mandate(world, person_id, Role.COORDINATOR, ScopeKind.ALL, reaches, counts=False)
    with unit_of_work() as session:
        people.end(session, mandate=session.get_one(Mandate, ended.id), by=person_id, at=now())
    _propose(world, person_id)


def _propose(world: World, person_id: int) -> None:
    administrator = next(one.person_id for one in world.held if one.role is Role.ADMINISTRATOR)
    with unit_of_work() as session:
        made = people.propose(
            session, person=session.get_one(Person, person_id), role=Role.COORDINATOR, scope=ScopeKind.ALL,
            scope_id=None, since=now().date(), until=None, by=administrator, at=now(),
        )  # fmt: skip
    world.held.append(Held(made.public_id, person_id, Role.COORDINATOR, ScopeKind.ALL, None, False))


def _nominate(world: World) -> None:
    """Every state was asked, and focal points have nominated somebody of theirs; nobody has decided on it."""
    with unit_of_work() as session:
        edition = session.query(Edition).filter_by(public_id=world.editions[0]).one()
        services.note_calls(session, edition=edition, codes=STATES, call=Call(2, now().date()), at=now(), by="-")
        for held in [one for one in world.held if one.role is Role.FOCAL_POINT and one.counts]:
            houses = session.query(Institution).filter_by(public_id=held.scope_id)
            world.nominators.append((edition.public_id, held.person_id))
            state = held.scope_id if held.scope is ScopeKind.STATE else houses.one().state_code
            words = [world.mark(Kind.NOMINEE, held.person_id, edition.public_id) for _ in range(3)]
            world.hidden |= {*words} if state == MARKED_STATE else set()
            put_forward(
                session, edition_id=edition.id, key=new_token(), at=now(), by=held.person_id,
                cells={
                    Column.NAME: words[0], Column.ADDRESS: f"{words[1]}@example.org", Column.FUNCTION: words[2],
                    Column.STATE: state,
                    Column.INSTITUTION: "A new one", Column.SECTOR: "Justice", Column.ZONE: "Africa/Nairobi",
                },
            )  # fmt: skip


# Texts --------------------------------------------------------------------------------------------------------------


def _passwords(world: World) -> None:
    """Everybody who looks has the same one, which costs little to check, and has proved their address."""
    hashed = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with unit_of_work() as session:
        for person_id in {one for one in world.viewers.values() if one}:
            people.keep_password(session, person_id=person_id, hashed=hashed, at=now())
            session.execute(update(IdentityRow).where(IdentityRow.person_id == person_id).values(verified_at=now()))


def _participants(world: World) -> dict[str, int]:
    """Somebody of each edition, and somebody who left."""
    left = next(place for place in world.places if not place.counted)
    found = {
        f"participant {number}": next(one.person_id for one in world.places if one.edition == edition and one.counted)
        for number, edition in enumerate(world.editions, 1)
    }
    return found | {"somebody who left": left.person_id}


def _calendars(world: World) -> None:
    """Two participants read their dates in a program of their own."""
    with unit_of_work() as session:
        for place in [one for one in world.places if one.counted][:2]:
            person = session.get_one(Person, place.person_id)
            made = services.make_calendar_address(session, person_id=person.id, subject=person.subject, at=now())
            world.tokens.append(made)


def _readers(world: World) -> Iterator[Reader]:
    for edition in world.editions[:2]:
        for place in [one for one in world.places if one.edition == edition and one.counted][:2]:
            yield Reader(world.app, place.person_id, 0, edition, 0, world.browser(place.person_id))


def _writings(world: World) -> None:
    """What people write on their way: journals, letters instead of a text, reports, words for terms."""
    for reader in _readers(world):
        mine = reader.person_id
        for unit, what, fields in (
            ("first", "report", {"wrong": world.mark(Kind.WORDS, mine)}),
            ("first", "instead", {"text": world.mark(Kind.JOURNAL, mine)}),
            ("thought", "reflection", {"text": world.mark(Kind.JOURNAL, mine)}),
        ):
            if unit == "thought":
                reader.pass_quiz()
            assert reader.post(unit, what, **fields).status_code == 303, (unit, what)
        words = {"language": "sw", "word": world.mark(Kind.WORDS, mine), "remark": "", "client_key": new_token()}
        path = f"/learn/{reader.edition}/terms/state/proposals"
        assert reader.client.post(path, data=words).status_code == 303


def _draft(world: World, staff: dict[str, int]) -> None:
    """A draft of the course, written by the trainer, with a remark of the reviewer."""
    with unit_of_work() as session:
        person = session.get_one(Person, staff["trainer"])
    worker = Worker(person, world.client("trainer"))
    draft = begin(worker)
    save(worker, draft, workspace(draft).files.texts[FIRST_PATH].replace("It ended.", "It came to its end."))
    with unit_of_work() as session:
        reviewer = viewer_for_person(session, staff["reviewer"], now())
        assert reviewer is not None
        anchor, words = Anchor("course.yaml", "", "A tiny course"), Words("Is this so?", new_token())
        remark(session, draft=session.get_one(Draft, draft.id), anchor=anchor, words=words, by=reviewer, at=now())
    world.authored |= {staff["trainer"], staff["reviewer"]}
