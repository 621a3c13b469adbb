"""Alumni status follows from valid records, whatever happens to them in whatever order."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from lms.alumni import queries
from lms.alumni.checks import statuses
from lms.alumni.models import AlumniRecord, AlumniStatus
from lms.alumni.rules import Status, status
from lms.alumni.services import recompute
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import unit_of_work
from lms.records import queries as records
from lms.records import services
from lms.records.models import RecordAct
from lms.seminars.models import Edition
from tests.people.makers import make_person, signed_in_client
from tests.records.makers import (
    AT,
    attend,
    close,
    complete_reading,
    confirm_name,
    finished_place,
    make_edition,
    make_place,
)

days = st.dates(dt.date(2012, 1, 1), dt.date(2030, 1, 1))
held = st.lists(st.tuples(st.uuids().map(str), days), unique_by=lambda record: record[0])


@given(held)
def test_the_status_is_of_the_first_record_and_counts_them_all(found: list[tuple[str, dt.date]]) -> None:
    made = status(found)
    if not found:
        assert made is None
    else:
        assert made == Status(min(found, key=lambda r: (r[1], r[0]))[0], min(day for _, day in found), len(found))


@given(held, st.randoms())
def test_the_order_in_which_records_are_found_does_not_matter(found: list, random) -> None:
    mixed = list(found)
    random.shuffle(mixed)
    assert status(mixed) == status(found)


def test_a_record_makes_the_status_and_its_end_takes_it_away(session: Session) -> None:
    edition = make_edition(session)
    place = finished_place(session, edition)
    assert queries.status_of(session, place.person_id) is None
    close(session, edition)
    [(record, dated)] = records.valid_records(session, place.person_id)
    assert queries.status_of(session, place.person_id) == Status(record, dated, 1)
    services.end(session, record=record, act=RecordAct.REVOKED, at=AT)
    assert queries.status_of(session, place.person_id) is None


acts = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), st.integers(0, 2)),
        st.tuples(st.sampled_from([RecordAct.CORRECTED, RecordAct.WITHDRAWN, RecordAct.REVOKED]), st.integers(0, 2)),
    ),
    max_size=10,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts)
def test_after_any_sequence_of_acts_the_stored_status_is_the_recomputed_one(app: Flask, done: list) -> None:
    with unit_of_work() as session:
        people = [make_place(session, make_edition(session)) for _ in range(3)]
        for place in people:
            confirm_name(session, place)
    for act, who in done:
        with unit_of_work() as session:
            _do(session, act, people[who].person_id)
            assert queries.stored(session) == queries.recomputed(session)
    with unit_of_work() as session:
        assert list(statuses(session)) == []


def _do(session: Session, act: str, person_id: int) -> None:
    if act == "issue":
        edition = make_edition(session)
        place = make_place(session, edition)
        place.person_id = person_id
        session.flush()
        complete_reading(session, place)
        attend(session, edition, place)
        close(session, session.get_one(Edition, edition.id))
        return
    valid = records.valid_records(session, person_id)
    if valid:
        services.end(session, record=sorted(valid)[0][0], act=RecordAct(act), at=AT)


def test_the_check_names_a_status_typed_in_by_hand(session: Session) -> None:
    edition = make_edition(session)
    place, other = finished_place(session, edition), make_place(session, edition)
    close(session, edition)
    assert list(statuses(session)) == []
    session.execute(update(AlumniStatus).values(records=7))
    session.execute(
        insert(AlumniStatus).values(person_id=other.person_id, first_record="r", since=dt.date(2020, 1, 1), records=1)
    )
    found = [finding.problem for finding in statuses(session)]
    assert any("is listed with" in problem for problem in found)
    assert any("holds no valid record" in problem for problem in found)
    session.execute(AlumniStatus.__table__.delete().where(AlumniStatus.person_id == place.person_id))
    assert any("is not listed" in finding.problem for finding in statuses(session))


def test_the_check_names_an_edition_counted_by_hand(session: Session) -> None:
    edition = make_edition(session)
    place, other = finished_place(session, edition), make_place(session, edition)
    close(session, edition)
    [record] = session.scalars(select(AlumniRecord.record))
    session.execute(update(AlumniRecord).values(edition="another"))
    session.execute(insert(AlumniRecord).values(record="r", person_id=other.person_id, edition=edition.public_id))
    assert {finding.about for finding in statuses(session)} == {f"record {record}", "record r"}
    recompute(session, person_ids=[place.person_id, other.person_id])
    assert list(statuses(session)) == []


@pytest.mark.parametrize("alumnus", [True, False])
def test_the_page_says_one_s_own_status_in_words(app: Flask, alumnus: bool) -> None:
    person = make_person(address=f"{new_token()}@example.org")
    if alumnus:
        with unit_of_work() as session:
            _do(session, "issue", person.id)
    page = signed_in_client(app, person).get("/alumni")
    assert page.status_code == 200
    text = page.get_data(as_text=True)
    assert ("You are an alumna or alumnus of the seminar since 21 May 2027." in text) is alumnus
    assert ("You are not a member yet" in text) is not alumnus
    assert "2PREVENT" in text


def test_the_page_asks_who_looks(app: Flask) -> None:
    assert app.test_client().get("/alumni").status_code == 303
