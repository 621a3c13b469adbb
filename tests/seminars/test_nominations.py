"""Nominations by state: deferred to a later edition, declined by the invited themselves, and steps taken back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.kernel.checks import run_all
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.models import Job
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.letters import Letter, letter_for
from lms.people.models import Affiliation, SignInSession
from lms.people.rules import Scope
from lms.seminars import queries, services
from lms.seminars.models import Edition, Enrolment, EnrolmentEvent
from lms.seminars.rules import ENDED, OPEN, TAKEN_BACK, EnrolmentState, Link, Stage, may_become, sound, state_before
from lms.seminars.services.nominations import serve_at
from tests.people.test_views import link_and_code
from tests.seminars.browsing import Browser, coordinator, words
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution, make_person

LATER = dt.date(2027, 11, 7)
NOMINATED, INVITED, ACCEPTED = EnrolmentState.NOMINATED, EnrolmentState.INVITED, EnrolmentState.ACCEPTED
DECLINED, WITHDRAWN, DEFERRED = EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN, EnrolmentState.DEFERRED
EVERYTHING = Scope(person_id=0, everything=True)


def later_edition(session: Session) -> Edition:
    return make_edition(session, title="Global seminar, November 2027", starts_on=LATER, ends_on=LATER)


def letters() -> list[Letter]:
    db.session.rollback()
    jobs = db.session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id))
    return [found for job in jobs if (found := letter_for(db.session(), job.payload))]


def numbers(edition: Edition) -> dict[Stage, int]:
    found: dict[Stage, int] = {}
    for (_state, _sector, stage), number in queries.counts(db.session(), edition.id).items():
        found[stage] = found.get(stage, 0) + number
    return {stage: number for stage, number in found.items() if number}


# The table ----------------------------------------------------------------------------------------------------------


def test_every_state_is_open_or_ended_and_only_open_places_end() -> None:
    assert set(EnrolmentState) == OPEN | ENDED
    assert not OPEN & ENDED
    for before in EnrolmentState:
        for then in ENDED:
            assert may_become(before, then) == (before in OPEN), (before, then)


def test_each_state_can_be_reached_and_left() -> None:
    for state in EnrolmentState:
        assert any(may_become(before, state) for before in (None, *EnrolmentState))
        assert any(may_become(state, then) for then in EnrolmentState)


@given(st.lists(st.sampled_from(EnrolmentState), max_size=6))
def test_a_step_back_leads_to_an_open_place_and_is_allowed(steps: list[EnrolmentState]) -> None:
    before = state_before(steps)
    if before is not None:
        assert steps[-1] in TAKEN_BACK
        assert before is steps[-2]
        assert before in OPEN
        assert sound([*steps, before]) == sound(steps)


def test_a_place_given_up_is_not_taken_without_an_invitation_but_can_be_taken_back() -> None:
    assert not may_become(WITHDRAWN, ACCEPTED)
    assert sound([NOMINATED, INVITED, ACCEPTED, WITHDRAWN, ACCEPTED])
    assert not sound([NOMINATED, INVITED, WITHDRAWN, ACCEPTED])
    assert not sound([NOMINATED, INVITED, EnrolmentState.REPLACED, ACCEPTED])
    assert sound([NOMINATED, INVITED, ACCEPTED, EnrolmentState.REPLACED, ACCEPTED])


@pytest.mark.parametrize(
    ("steps", "before"),
    [
        ([NOMINATED, WITHDRAWN], NOMINATED),
        ([NOMINATED, INVITED, DECLINED], INVITED),
        ([NOMINATED, INVITED, ACCEPTED, DEFERRED], ACCEPTED),
        ([NOMINATED, INVITED, EnrolmentState.REPLACED], INVITED),
        ([NOMINATED, WITHDRAWN, EnrolmentState.REPLACED], None),
        ([NOMINATED], None),
        ([], None),
    ],
)
def test_where_a_place_comes_back_to(steps: list[EnrolmentState], before: EnrolmentState | None) -> None:
    assert state_before(steps) is before


# Deferral -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("becomes", [NOMINATED, INVITED, ACCEPTED])
def test_a_deferred_place_leaves_the_numbers_and_points_to_the_later_one(app: Flask, becomes: EnrolmentState) -> None:
    with unit_of_work() as session:
        here, later = make_edition(session), later_edition(session)
        place = enrol_person(session, here, becomes=becomes)
        made = services.put_off(session, enrolment=place, later=later, reason="A mission", at=AT, by="c")
        assert (place.state, made.state, made.deferred_from_id) == (DEFERRED, NOMINATED, place.id)
        assert (made.institution_id, made.person_id) == (place.institution_id, place.person_id)
    assert numbers(here) == {}
    assert [link.kind for link in queries.linked_places(db.session(), place.id, EVERYTHING)] == [Link.DEFERRED_TO]
    assert [link.kind for link in queries.linked_places(db.session(), made.id, EVERYTHING)] == [Link.DEFERRED_FROM]
    assert not any(run_all(db.session()).values())
    written = [sent.subject for sent in letters()]
    assert written == ([] if becomes is NOMINATED else ["Raphael Lemkin Seminar: your place is deferred"])


def test_a_place_is_deferred_to_a_later_edition_alone(app: Flask) -> None:
    with unit_of_work() as session:
        here, later = make_edition(session), later_edition(session)
        place = enrol_person(session, later)
    with pytest.raises(Refused, match="begins later"), unit_of_work() as session:
        services.defer(session, enrolment=session.get_one(Enrolment, place.id), later=here, at=AT, by="c")
    with unit_of_work() as session:
        enrol_person(session, here, person=place.person)
    with pytest.raises(Refused, match="in this edition already"), unit_of_work() as session:
        mine = session.scalars(select(Enrolment).where(Enrolment.edition_id == here.id)).one()
        services.defer(session, enrolment=mine, later=later, at=AT, by="c")
    assert session.scalars(select(Enrolment.state)).all() == [ACCEPTED, ACCEPTED]


def test_a_deferral_taken_back_gives_the_place_and_the_numbers_back(app: Flask) -> None:
    with unit_of_work() as session:
        here, later = make_edition(session), later_edition(session)
        place = enrol_person(session, here)
        before = numbers(here)
        made = services.put_off(session, enrolment=place, later=later, reason="", at=AT, by="c")
    with unit_of_work() as session:
        services.take_back(session, enrolment=session.get_one(Enrolment, place.id), at=AT, by="c")
    states = dict(db.session.execute(select(Enrolment.id, Enrolment.state)).all())
    assert states == {place.id: ACCEPTED, made.id: WITHDRAWN}
    assert numbers(here) == before
    assert not any(run_all(db.session()).values())
    with unit_of_work() as session:
        other = make_edition(session, starts_on=dt.date(2028, 5, 7), ends_on=dt.date(2028, 5, 8))
        services.put_off(session, enrolment=session.get_one(Enrolment, place.id), later=other, reason="", at=AT, by="c")


def test_a_deferral_is_not_taken_back_once_the_person_is_invited_later(app: Flask) -> None:
    with unit_of_work() as session:
        here, later = make_edition(session), later_edition(session)
        place = enrol_person(session, here)
        made = services.put_off(session, enrolment=place, later=later, reason="", at=AT, by="c")
        services.invite(session, enrolment=made, at=AT, by="c")
    with pytest.raises(Refused, match="Withdraw them there first"), unit_of_work() as session:
        services.take_back(session, enrolment=session.get_one(Enrolment, place.id), at=AT, by="c")


@pytest.mark.parametrize("then", ["nothing", "declines", "accepts", "is seen", "is replaced"])
def test_a_replacement_is_taken_back_until_the_other_one_has_the_place(app: Flask, then: str) -> None:
    with unit_of_work() as session:
        here = make_edition(session)
        place, other, third = (enrol_person(session, here, becomes=state) for state in (ACCEPTED, NOMINATED, NOMINATED))
        before = numbers(here)
        services.replace(session, enrolment=place, substitute=other, at=AT, by="c")
        acts: dict[str, Callable[[], object]] = {
            "declines": lambda: services.decline(session, enrolment=other, at=AT, by="c"),
            "accepts": lambda: services.accept(session, enrolment=other, at=AT, by="c"),
            "is seen": lambda: services.came_back(session, person_id=other.person_id, at=AT),
            "is replaced": lambda: services.replace(session, enrolment=other, substitute=third, at=AT, by="c"),
        }
        acts.get(then, lambda: None)()
    with ExitStack() as stays:
        if then not in ("nothing", "declines"):
            stays.enter_context(pytest.raises(Refused, match="has the place already"))
        session = stays.enter_context(unit_of_work())
        services.take_back(session, enrolment=session.get_one(Enrolment, place.id), at=AT, by="c")
    db.session.expire_all()
    if then in ("nothing", "declines"):
        assert place.state is ACCEPTED
        assert place.replaced_by_id is None
        assert other.state is (WITHDRAWN if then == "nothing" else DECLINED)
        assert numbers(here) == before
    assert not any(run_all(db.session()).values())


def test_what_somebody_declined_for_themselves_is_not_taken_back_by_others(app: Flask) -> None:
    with unit_of_work() as session:
        place = enrol_person(session, make_edition(session), becomes=INVITED)
        services.decline_own(session, enrolment=place, reason="", at=AT, by=place.person.subject)
    with pytest.raises(Refused, match="declined themselves"), unit_of_work() as session:
        services.take_back(session, enrolment=session.get_one(Enrolment, place.id), at=AT, by="c")


def test_the_database_knows_the_states_and_no_others(app: Flask) -> None:
    with unit_of_work() as session:
        place = enrol_person(session, make_edition(session))
        for table in ("lms_enrolment", "lms_enrolment_event"):
            session.execute(text(f"UPDATE {table} SET state = 'deferred'"))
            with pytest.raises(IntegrityError), session.begin_nested():
                session.execute(text(f"UPDATE {table} SET state = 'lost'"))
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text("UPDATE lms_enrolment SET sector = 'sports'"))
        assert place.id


# Pages --------------------------------------------------------------------------------------------------------------


def test_a_coordinator_defers_and_takes_back(app: Flask) -> None:
    with unit_of_work() as session:
        here, later = make_edition(session), later_edition(session)
        place = enrol_person(session, here, name="Juma Mfano")
        person, ids = f"/editions/{here.public_id}/people/{place.public_id}", (here.public_id, later.public_id)
    browser = coordinator(app)
    assert "Global seminar, November 2027" in words(browser.get(f"{person}/defer"))
    assert browser.post(f"{person}/defer", later="").status_code == 422
    assert browser.post(f"{person}/defer", later=ids[0]).status_code == 422
    assert browser.post(f"{person}/defer", later=ids[1], reason="A mission abroad").status_code == 303
    page = words(browser.get(person))
    assert "Deferred to a later edition" in page
    assert "The place in the later edition Global seminar, November 2027" in page
    assert "A mission abroad" in page
    assert browser.post(f"{person}/take-back").status_code == 303
    assert "The step is taken back." in words(browser.get(person))
    assert browser.post(f"{person}/take-back").status_code == 303, "a click made twice"
    twice = browser.post(f"{person}/take-back", shown="")
    assert twice.status_code == 422
    assert "This step cannot be taken back." in words(twice)


def test_a_coordinator_of_one_edition_cannot_defer_into_another(app: Flask) -> None:
    with unit_of_work() as session:
        here, later = make_edition(session), later_edition(session)
        place = enrol_person(session, here)
        edition, elsewhere = here.public_id, later.public_id
        path = f"/editions/{edition}/people/{place.public_id}/defer"
    browser = coordinator(app, edition)
    assert "There is no later edition yet" in words(browser.get(path))
    assert browser.post(path, later=elsewhere).status_code == 422
    assert db.session.scalars(select(Enrolment.state)).all() == [ACCEPTED]


def test_an_invited_person_declines_on_a_page_of_their_own(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place = enrol_person(session, edition, becomes=NOMINATED)
        place.person.welcomed_at = AT
        number, subject, path = place.id, place.person.subject, f"/seminar/{edition.public_id}/decline"
    browser = Browser(app, place.person)  # signed in before the invitation comes
    with unit_of_work() as session:
        services.invite(session, enrolment=session.get_one(Enrolment, number), at=AT, by="c")
    assert "held against you" in words(browser.get(path))
    assert browser.post(path, reason="An election").status_code == 303
    assert browser.post(path, reason="An election").status_code == 303, "a click made twice"
    assert browser.post(path, reason="Another").status_code == 404
    step = db.session.scalars(select(EnrolmentEvent).order_by(EnrolmentEvent.id.desc())).first()
    assert step is not None
    assert (step.state, step.by) == (DECLINED, subject)
    assert [sent.subject for sent in letters()] == ["Raphael Lemkin Seminar: you have declined"]


def test_whoever_has_taken_the_place_asks_instead(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        place = enrol_person(session, edition)
        place.person.welcomed_at = AT
        path = f"/seminar/{edition.public_id}/decline"
    answer = Browser(app, place.person).get(path)
    assert answer.status_code == 303
    assert answer.location.endswith("/cannot-attend")


def test_a_letter_about_a_place_that_has_changed_before_it_is_written_is_not_sent(app: Flask) -> None:
    with unit_of_work() as session:
        edition, later = make_edition(session), later_edition(session)
        stays, withdrawn, known = (enrol_person(session, edition, becomes=INVITED) for _number in range(3))
        known.person.welcomed_at = AT
        for place in (stays, withdrawn, known):
            services.send_invitation(session, enrolment=place, at=AT, by=None)
        services.withdraw(session, enrolment=withdrawn, at=AT, by="c")
        services.put_off(session, enrolment=known, later=later, reason="", at=AT, by="c")
    with unit_of_work() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
        assert [job.payload["template"] for job in jobs] == [
            "people/invitation", "people/invitation", "people/invited-again", "seminars/deferred",
        ]  # fmt: skip
        assert [letter_for(session, job.payload) is not None for job in jobs] == [True, False, False, True]
        services.take_back(session, enrolment=session.get_one(Enrolment, known.id), at=AT, by="c")
        session.flush()
        assert letter_for(session, jobs[3].payload) is None


def test_an_invited_person_declines_from_the_letter_without_an_account(app: Flask) -> None:
    with unit_of_work() as session:
        place = enrol_person(session, make_edition(session), becomes=INVITED)
        services.send_invitation(session, enrolment=place, at=AT, by=None)
    link, code = link_and_code(letters()[-1])
    client = app.test_client()
    assert client.post(link, data={"code": "WRONGWRO", "answer": "decline"}).status_code == 422
    assert db.session.scalar(select(Enrolment.state)) is INVITED
    answer = client.post(link, data={"code": code, "answer": "decline"})
    assert answer.status_code == 200
    assert "You have declined." in words(answer)
    db.session.rollback()
    assert db.session.scalar(select(Enrolment.state)) is DECLINED
    assert db.session.scalars(select(SignInSession)).all() == []
    assert client.post(link, data={"code": code}).status_code == 400


@pytest.mark.parametrize(("welcomed", "named"), [(True, "Elsewhere"), (False, "Announced"), (False, "Elsewhere")])
def test_who_serves_nowhere_until_an_announced_day_never_serves_at_two_places(
    session: Session, welcomed: bool, named: str
) -> None:
    person = make_person(session)
    person.welcomed_at = AT if welcomed else None
    houses = {name: make_institution(session, "TZ", name=name) for name in ("Announced", "Elsewhere")}
    day = AT.date() + dt.timedelta(days=20)
    announced = people_services.affiliate(session, person=person, institution=houses["Announced"], since=day)
    there = serve_at(session, person, houses[named], AT, "c")
    if welcomed or named == "Announced":
        assert there == announced.id
    else:
        assert session.get_one(Affiliation, there).until == day - dt.timedelta(days=1)
        assert serve_at(session, person, houses["Announced"], AT + dt.timedelta(days=2), "c") == there
    serving = session.scalars(
        select(Affiliation).where(Affiliation.person_id == person.id, Affiliation.until.is_(None))
    )
    assert serving.one().id == announced.id
