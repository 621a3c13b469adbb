"""Whatever happens, the summary is what the events say, and a list shows exactly the people whose doors open."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.kernel.db import db
from lms.kernel.errors import Conflict, NotFound, Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Institution, Sector
from lms.people.rules import Scope
from lms.seminars import checks, queries, services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Mark, Stage
from lms.seminars.rules import Place, may_become, visible
from tests.seminars.makers import AT, enrol_person, make_edition, make_institution, make_person

STEPS = ("invite", "back", "accept", "decline", "withdraw", "replace", "fold", *(stage.value for stage in Stage))
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


class Abandoned(Exception):
    """Ends a unit of work so that nothing of an example stays."""


def act(session: Session, people: list[Enrolment], which: int, step: str) -> None:
    """Do one step to one person; what the rules do not allow changes nothing."""
    enrolment, other = people[which], people[which - 1]
    steps = {
        "invite": lambda: services.invite(session, enrolment=enrolment, at=AT, by="c"),
        "back": lambda: services.came_back(session, person_id=enrolment.person_id, at=AT),
        "accept": lambda: services.accept(session, enrolment=enrolment, at=AT, by="c"),
        "decline": lambda: services.decline(session, enrolment=enrolment, at=AT, by="c"),
        "withdraw": lambda: services.withdraw(session, enrolment=enrolment, at=AT, by="c"),
        "replace": lambda: services.replace(session, enrolment=enrolment, substitute=other, at=AT, by="c"),
        "fold": lambda: services.fold_tallies(session),
    }
    try:
        with session.begin_nested():
            steps.get(step, lambda: services.reach(session, enrolment=enrolment, stage=Stage(step), at=AT))()
    except (Refused, Conflict):
        return


def findings(session: Session) -> list[str]:
    """What the checks of this context find."""
    every = (checks.enrolments, checks.deadlines, checks.tallies, checks.attendance, checks.versions)
    return [f"{found.about}: {found.problem}" for check in every for found in check(session)]


@quick
@given(steps=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(STEPS)), max_size=14))
def test_after_any_steps_the_summary_is_the_recomputation(sqlite_app: Flask, steps: list[tuple[int, str]]) -> None:
    with pytest.raises(Abandoned), unit_of_work() as session:
        edition = make_edition(session)
        places = zip(("TZ", "TZ", "AR"), (Sector.JUSTICE, Sector.DEFENCE, Sector.JUSTICE), strict=True)
        people = [
            enrol_person(session, edition, state=state, sector=sector, becomes=EnrolmentState.NOMINATED)
            for state, sector in places
        ]
        for which, step in steps:
            act(session, people, which, step)
        session.flush()
        assert findings(session) == []
        for (state, sector, stage), number in queries.counts(session, edition.id).items():
            listed = queries.people_rows(session, edition.id, EVERYTHING, stage=stage, state=state, sector=sector)
            assert len(listed) == number
        raise Abandoned


EVERYTHING = Scope(person_id=0, everything=True)
STATES = ("AR", "KE", "TZ")


@pytest.fixture
def crowd(sqlite_app: Flask) -> list[Enrolment]:
    """Two editions, three states, two ministries each, everyone in some of them."""
    with unit_of_work() as session:
        editions = [make_edition(session), make_edition(session)]
        ministries = [make_institution(session, state) for state in STATES for _ in range(2)]
        people = [make_person(session) for _ in range(4)]
        for number, (edition, ministry) in enumerate(itertools.product(editions, ministries)):
            person = people[number % 4] if number < 4 else make_person(session)
            enrol_person(session, edition, person=person, institution=ministry)
    return list(db.session.scalars(select(Enrolment)))


def scopes(crowd: list[Enrolment]) -> st.SearchStrategy[Scope]:
    """Any mixture of mandates."""
    editions = db.session.scalars(select(Edition.public_id)).all()
    ministries = db.session.scalars(select(Institution.public_id)).all()
    return st.builds(
        Scope,
        person_id=st.sampled_from([0, *(row.person_id for row in crowd)]),
        everything=st.sampled_from([False, False, False, True]),
        editions=st.frozensets(st.sampled_from([*editions, "elsewhere"])),
        states=st.frozensets(st.sampled_from([*STATES, "FR"])),
        institutions=st.frozensets(st.sampled_from([*ministries, "elsewhere"]), max_size=3),
        counts_only=st.booleans(),
        counts_everything=st.booleans(),
        counts_editions=st.frozensets(st.sampled_from(list(editions))),
    )


def place_of(row: Enrolment) -> Place:
    institution = db.session.get_one(Institution, row.institution_id).public_id
    return Place(row.edition.public_id, row.state_code, institution, row.person_id)


@quick
@given(data=st.data())
def test_a_list_shows_exactly_the_people_whose_doors_open(crowd: list[Enrolment], data: st.DataObject) -> None:
    session, scope = db.session(), data.draw(scopes(crowd))
    listed = set(session.scalars(select(Enrolment.id).where(queries.visible_to(scope))))
    assert listed == {row.id for row in crowd if visible(scope, place_of(row))}
    in_lists = {
        row.enrolment_id
        for edition in session.scalars(select(Edition.id))
        for row in queries.people_rows(session, edition, scope)
    }
    assert in_lists == listed
    assert listed == {row.id for row in crowd if opens(session, row, scope)}
    known = {row.id for row in queries.editions_visible(session, scope)}
    assert {row.edition_id for row in crowd if row.id in listed} <= known


def opens(session: Session, row: Enrolment, scope: Scope) -> bool:
    try:
        found = queries.enrolment_row(session, row.edition.public_id, row.public_id, scope)
    except NotFound:
        return False
    return visible(scope, found.place)


@pytest.mark.parametrize(("before", "then"), [*itertools.product([None, *EnrolmentState], EnrolmentState)])
def test_only_somebody_offered_a_place_takes_it_and_only_an_ending_is_reopened(
    before: EnrolmentState | None, then: EnrolmentState
) -> None:
    ended = {EnrolmentState.DECLINED, EnrolmentState.WITHDRAWN, EnrolmentState.REPLACED, EnrolmentState.DEFERRED}
    expected = {
        EnrolmentState.NOMINATED: before in {None, EnrolmentState.WITHDRAWN},  # a list that was taken back comes again
        EnrolmentState.INVITED: before in {EnrolmentState.NOMINATED, *ended},
        EnrolmentState.ACCEPTED: before is EnrolmentState.INVITED,
    }
    still_in = {EnrolmentState.NOMINATED, EnrolmentState.INVITED, EnrolmentState.ACCEPTED}
    assert may_become(before, then) is expected.get(then, before in still_in)


def test_the_checks_name_what_was_changed_by_hand(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        one, two = enrol_person(session, edition), enrol_person(session, edition)
        half_day = queries.sessions_of(session, edition.id)[0]
        marks = {(one.id, half_day.id): Mark.PRESENT}
        services.mark_attendance(session, edition=edition, marks=marks, at=AT, by="c")
        services.close_attendance(session, edition=edition, at=AT.replace(hour=18), by="c")
        session.flush()
        assert findings(session) == []
        one.state = EnrolmentState.INVITED
        two.deadline_at = AT
        session.connection().exec_driver_sql("update lms_attendance_result set present = present + 1")
        session.connection().exec_driver_sql("update lms_tally_delta set change = 7 where stage = 'invited'")
        session.flush()
        found = "\n".join(findings(session))
    for problem in ("its last event says", "another deadline", "other than its marks", "says 14, the stages say 2"):
        assert problem in found
