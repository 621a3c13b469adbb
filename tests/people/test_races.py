"""Two at once: exactly one of them has the effect."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import func, select, text

from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.errors import Conflict, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services
from lms.people.host import HostUser
from lms.people.host_identity import viewer_of_host
from lms.people.models import (
    HostLink,
    Mandate,
    MandateAct,
    MandateActKind,
    Password,
    Person,
    Sector,
    SignInSession,
)
from lms.people.queries import mandates as asked
from lms.people.rules import Role, ScopeKind
from lms.people.rules.codes import Outcome, TokenPurpose
from tests.conftest import NOW
from tests.people.makers import give_mandate, make_person


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same time, each in a thread with an app context of its own; gives results or refusals."""
    start, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: Callable[[], Any]) -> None:
        with app.app_context(), frozen(NOW):
            start.wait()
            try:
                results[number] = act()
            except (Refused, Conflict) as no:
                results[number] = no

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_one_code_lets_one_in(app: Flask) -> None:
    person = make_person(welcomed=False)
    with unit_of_work() as session:
        address = services.primary_address(session, person.id) or 0
        made = services.make_code(
            session, purpose=TokenPurpose.INVITATION, person_id=person.id, identity_id=address, at=NOW
        )

    def enter() -> Outcome:
        with unit_of_work() as session:
            return services.try_code(
                session, purpose=TokenPurpose.INVITATION, link=made.link, code=made.code, at=NOW
            ).outcome

    assert sorted(outcome.name for outcome in at_once(app, *[enter] * 6)) == ["OVER"] * 5 + ["RIGHT"]


def test_wrong_codes_at_once_are_all_counted(app: Flask) -> None:
    person = make_person(welcomed=False)
    with unit_of_work() as session:
        address = services.primary_address(session, person.id) or 0
        made = services.make_code(session, purpose=TokenPurpose.RESET, person_id=person.id, identity_id=address, at=NOW)

    def guess() -> Outcome:
        with unit_of_work() as session:
            return services.try_code(
                session, purpose=TokenPurpose.RESET, link=made.link, code="WRONG234", at=NOW
            ).outcome

    outcomes = [outcome.name for outcome in at_once(app, *[guess] * 8)]
    assert sorted(outcomes) == ["OVER"] * 3 + ["WRONG"] * 5


def test_one_address_makes_one_person(app: Flask) -> None:
    def create() -> int:
        with unit_of_work() as session:
            return services.create_person(session, name="Amina Mfano", address="one@example.org", at=NOW).id

    results = at_once(app, *[create] * 4)
    assert sorted(isinstance(result, Conflict) for result in results) == [False, True, True, True]
    with unit_of_work() as session:
        assert session.scalar(select(func.count(Person.id))) == 1


def test_a_user_of_a_host_becomes_one_person(app: Flask) -> None:
    user = HostUser("u-1", "Amina Mfano", "amina@example.org")
    found = at_once(app, *[lambda: viewer_of_host(user)] * 4)
    assert len({viewer.person_id for viewer in found}) == 1
    with unit_of_work() as session:
        assert session.scalar(select(func.count(HostLink.id))) == session.scalar(select(func.count(Person.id))) == 1


def test_a_mandate_is_proposed_and_decided_once(app: Flask) -> None:
    admins = [make_person().id for _ in range(3)]
    concerned = make_person().id
    for person in admins:
        with unit_of_work() as session:
            row = session.get_one(Person, person)
        give_mandate(row, Role.ADMINISTRATOR)

    def propose() -> str:
        with unit_of_work() as session:
            return services.propose(
                session,
                person=session.get_one(Person, concerned),
                role=Role.TRAINER,
                scope=ScopeKind.ALL,
                scope_id=None,
                since=NOW.date(),
                until=None,
                by=admins[0],
                at=NOW,
            ).public_id

    [made] = set(at_once(app, *[propose] * 3))

    def confirm(by: int) -> Callable[[], None]:
        def act() -> None:
            with unit_of_work() as session:
                row = asked.mandate(session, made)
                assert row is not None
                services.confirm(session, mandate=row, by=by, at=NOW)

        return act

    results = at_once(app, confirm(admins[1]), confirm(admins[2]), confirm(admins[1]))
    assert sorted(isinstance(result, Refused) for result in results) == [False, True, True]
    with unit_of_work() as session:
        confirmed = select(func.count(MandateAct.id)).join(Mandate, Mandate.id == MandateAct.mandate_id)
        wanted = confirmed.where(Mandate.public_id == made, MandateAct.kind == MandateActKind.CONFIRMED)
        assert session.scalar(wanted) == 1


def test_sign_ins_at_once_leave_five(app: Flask) -> None:
    person = make_person().id

    def enter() -> str:
        with unit_of_work() as session:
            return services.start_session(session, person_id=person, at=NOW)

    at_once(app, *[enter] * 8)
    with unit_of_work() as session:
        live = select(func.count(SignInSession.id)).where(SignInSession.ended_at.is_(None))
        assert session.scalar(live) == 5


def test_two_administrators_who_end_each_other_leave_one(app: Flask) -> None:
    made = [
        (person.id, give_mandate(person, Role.ADMINISTRATOR).public_id) for person in (make_person(), make_person())
    ]
    (first, of_first), (second, of_second) = made

    def end(public_id: str, by: int) -> Callable[[], None]:
        def act() -> None:
            with unit_of_work() as session:
                row = asked.mandate(session, public_id)
                assert row is not None
                services.end(session, mandate=row, by=by, at=NOW)

        return act

    results = at_once(app, end(of_first, second), end(of_second, first))
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    with unit_of_work() as session:
        assert len(asked.administrators(session, NOW.date())) == 1


def test_a_mandate_that_ends_while_its_successor_is_confirmed_is_held_by_one_or_by_nobody(app: Flask) -> None:
    def act(do: Callable[..., None], public_id: str, by: int) -> Callable[[], None]:
        def acting() -> None:
            with unit_of_work() as session:
                row = asked.mandate(session, public_id)
                assert row is not None
                do(session, mandate=row, by=by, at=NOW)

        return acting

    holder, follower, administrator, coordinator = (make_person() for _ in range(4))
    held = give_mandate(holder, Role.FOCAL_POINT, ScopeKind.STATE, "TZ")
    give_mandate(administrator, Role.ADMINISTRATOR)
    give_mandate(coordinator, Role.COORDINATOR)
    with unit_of_work() as session:
        made = services.hand_over(
            session, mandate=session.get_one(Mandate, held.id), person=session.get_one(Person, follower.id),
            until=NOW.date(), by=holder.id, at=NOW,
        ).public_id  # fmt: skip

        follows, holds, old = follower.id, holder.id, held.public_id
        acts = act(services.confirm, made, coordinator.id), act(services.end, old, administrator.id)
    results = at_once(app, *acts)
    assert sorted(isinstance(result, Refused) for result in results) == [False, True]
    with unit_of_work() as session:
        followed = asked.grants_of(session, follows, NOW.date())
        assert len(followed) == (0 if isinstance(results[0], Refused) else 1)
        assert asked.grants_of(session, holds, NOW.date()) == ()


def test_a_ministry_named_by_two_at_once_is_one(app: Flask) -> None:
    def name(spelling: str) -> Callable[[], int]:
        def act() -> int:
            with unit_of_work() as session:
                made = services.create_institution(
                    session, state_code="TZ", sector=Sector.JUSTICE, name=spelling, zone="UTC", at=NOW, by=None
                )
                return made.id

        return act

    spellings = ("Ministry of Justice", "MINISTRY OF JUSTICE", "ministry  of justice")
    assert len(set(at_once(app, *[name(spelling) for spelling in spellings * 2]))) == 1


def test_a_sign_in_keeps_nobody_from_writing_what_points_to_the_person(app: Flask) -> None:
    person = make_person().id
    if db.engine.dialect.name != "postgresql":
        return  # there is one writer at a time
    entering, written = threading.Event(), threading.Event()

    def enter() -> None:
        with app.app_context(), frozen(NOW), unit_of_work() as session:
            services.start_session(session, person_id=person, at=NOW)
            entering.set()
            written.wait(5)

    door = threading.Thread(target=enter)
    door.start()
    assert entering.wait(5)
    try:
        with unit_of_work() as session:
            session.execute(text("SET LOCAL lock_timeout = '2s'"))
            services.keep_password(session, person_id=person, hashed="hash", at=NOW)
    finally:
        written.set()
        door.join()
    with unit_of_work() as session:
        assert session.scalar(select(func.count(Password.person_id))) == 1
