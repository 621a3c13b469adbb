"""Records of two entries that turn out to be one person: both are kept, and both stay good."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.alumni.feed.models import FeedEvent
from lms.alumni.feed.rules import EventKind
from lms.alumni.models import IntroductionBlock, Member
from lms.alumni.queries import status_of
from lms.alumni.services import membership
from lms.kernel.checks import run_all
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.unit_of_work import unit_of_work
from lms.people import services as people_services
from lms.people.models import Person
from lms.records.models import PublicRecord, RecordSubject
from lms.records.queries.held import my_record, my_records
from lms.records.verification.queries import look_up
from lms.seminars.services import withdraw
from tests.records.makers import close, finished_place, make_edition
from tests.seminars.makers import AT, enrol_person, make_person


def test_records_of_both_are_one_persons_and_stay_verifiable(app: Flask) -> None:
    with unit_of_work() as session:
        numbers = []
        for title in ("Seminar, May 2027", "Seminar, May 2028"):
            edition = make_edition(session, title=title)
            numbers.append(finished_place(session, edition, name="Amina Mfano").person_id)
            close(session, edition)
        third = make_person(session).id
        stays, goes = numbers
        for number in numbers:
            membership.join(session, person_id=number, at=now())
        session.add_all(IntroductionBlock(person_id=number, blocked_id=third, at=AT) for number in numbers)
        session.add(IntroductionBlock(person_id=goes, blocked_id=stays, at=AT))
    join(stays, goes)
    session = db.session()
    records = my_records(session, stays)
    assert sorted(held.edition_title for held in records) == ["Seminar, May 2027", "Seminar, May 2028"]
    assert all(my_record(session, held.record, stays).name.full == "Amina Mfano" for held in records)
    found = [look_up(session, code, now()) for code in session.scalars(select(PublicRecord.code))]
    assert [(one.state.valid, one.erased) for one in found if one] == [(True, False)] * 2
    status = status_of(session, stays)
    assert status is not None
    assert status.records == 2
    assert session.scalars(select(Member.person_id)).all() == [stays]
    assert [
        tuple(row) for row in session.execute(select(IntroductionBlock.person_id, IntroductionBlock.blocked_id))
    ] == [(stays, third)]
    told = {
        number: session.scalars(select(FeedEvent.kind).where(FeedEvent.person_id == number)).all() for number in numbers
    }
    assert told[goes][-1] is EventKind.PERSON_ERASED
    assert told[stays].count(EventKind.RECORD_ISSUED) == 2
    assert not differing(session)


def test_two_records_of_one_edition_stay_two(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        stays, goes = (finished_place(session, edition).person_id for _ in range(2))
        close(session, edition)
    with pytest.raises(Refused, match="Two records of one edition stay two"):
        join(stays, goes)


def test_a_record_is_kept_where_the_other_place_was_given_up(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        goes = finished_place(session, edition).person_id
        given_up = enrol_person(session, edition)
        stays = given_up.person_id
        withdraw(session, enrolment=given_up, at=AT, by="c", reason="Entered twice")
        close(session, edition)
    with pytest.raises(Refused, match="is not confirmed"):
        join(stays, goes)
    with unit_of_work() as session:
        session.get_one(Person, stays).name_confirmed_at = AT
    join(stays, goes)
    session = db.session()
    [held] = my_records(session, stays)
    assert my_record(session, held.record, stays).name.full
    assert session.scalar(select(func.count()).select_from(RecordSubject).where(RecordSubject.person_id == goes)) == 0
    assert not differing(session)


def differing(session: Session) -> list[str]:
    """What the checks find, but for reading: these places were finished without a step."""
    return [name for name, found in run_all(session).items() if found and not name.startswith("learning.")]


def join(stays: int, goes: int) -> None:
    with unit_of_work() as session:
        first, second = session.get_one(Person, stays), session.get_one(Person, goes)
        people_services.join(session, stays=first, goes=second, kept=(), at=now(), by="c")
    db.session.remove()
