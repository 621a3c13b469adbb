"""A record is issued once, in the transaction that meets the last condition, and names what was met."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.catalogue.models import Course
from lms.kernel.errors import NotFound, Refused
from lms.kernel.models import AuditEntry, Job
from lms.kernel.secrets import unseal
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Sector
from lms.people.rules.mandates import Scope
from lms.people.sealing import key_of
from lms.records import queries, services
from lms.records.models import LedgerEntry, RecordAct, RecordSubject
from lms.records.queries.held import sealed_place
from lms.records.rules.completion import Key
from lms.records.rules.ledger import commit_to
from lms.seminars import queries as seminars
from lms.seminars import services as seminar_services
from lms.seminars.models import Edition, Enrolment, EnrolmentState, Stage
from tests.conftest import statements
from tests.records.makers import (
    AT,
    attend,
    close,
    complete_reading,
    confirm_name,
    finished_place,
    make_course,
    make_edition,
    make_place,
    make_version,
    read_module,
)

Step = Callable[[Session, Edition, Enrolment], None]
STEPS: dict[str, Step] = {
    "reading": lambda session, edition, place: complete_reading(session, place),
    "name": lambda session, edition, place: confirm_name(session, place),
    "closing": lambda session, edition, place: close(session, edition),
}


def records(session: Session) -> int:
    assert session.scalar(select(func.count()).select_from(RecordSubject)) == session.scalar(
        select(func.count()).select_from(LedgerEntry)
    )
    return session.scalar(select(func.count()).select_from(LedgerEntry)) or 0


@pytest.mark.parametrize("order", list(itertools.permutations(STEPS)), ids="-".join)
def test_whatever_comes_last_issues_the_record(session: Session, order: tuple[str, ...]) -> None:
    edition = make_edition(session)
    place = make_place(session, edition)
    attend(session, edition, place, present=3)
    for step in order[:2]:
        STEPS[step](session, edition, place)
        assert records(session) == 0
    STEPS[order[2]](session, edition, place)
    assert records(session) == 1


def test_an_entry_says_what_was_met_and_nothing_of_its_holder(session: Session) -> None:
    edition = make_edition(session, zone="Pacific/Auckland")
    place = finished_place(session, edition, name="Amina Mfano")
    close(session, edition, at=dt.datetime(2027, 5, 21, 22, 0, tzinfo=dt.UTC))
    entry = session.scalars(select(LedgerEntry)).one()
    assert entry.edition == edition.public_id
    assert entry.dated == dt.date(2027, 5, 22)
    assert entry.version_hash == "10".ljust(64, "a")
    assert entry.facts["version"] == "1.0"
    assert entry.facts["met"]["attendance"]["present"] == 4
    assert entry.facts["edition"]["title"] == edition.title
    written = json.dumps(entry.facts) + entry.subject + entry.record + entry.commitment
    assert "Mfano" not in written
    assert "TZ" not in written
    assert str(place.public_id) not in written


def test_the_commitment_can_be_opened_with_the_holder_s_own_copy_alone(session: Session) -> None:
    edition = make_edition(session)
    place = finished_place(session, edition, name="Amina Mfano")
    close(session, edition)
    subject, entry = session.scalars(select(RecordSubject)).one(), session.scalars(select(LedgerEntry)).one()
    copy = json.loads(unseal(key_of(session, place.person_id), subject.sealed_name, sealed_place(subject.record)))
    assert copy["name"]["full"] == "Amina Mfano"
    assert commit_to(copy["name"], copy["salt"]) == entry.commitment
    assert commit_to(copy["name"], "guessed") != entry.commitment


def test_a_record_is_counted_audited_and_waits_for_its_seal(session: Session) -> None:
    edition = make_edition(session)
    finished_place(session, edition)
    close(session, edition)
    assert seminars.counts(session, edition.id)["TZ", Sector.JUSTICE, Stage.RECORDED] == 1
    assert session.scalar(select(func.count()).where(AuditEntry.act == "record.issued")) == 1
    assert session.scalar(select(func.count()).where(Job.kind == "records.seal")) == 1


def test_considering_again_issues_nothing_more(session: Session) -> None:
    edition = make_edition(session)
    place = finished_place(session, edition)
    close(session, edition)
    assert services.consider(session, enrolment_id=place.id, at=AT) == []
    assert services.consider_edition(session, edition_id=edition.id, at=AT) == []
    assert services.consider_person(session, person_id=place.person_id, at=AT) == []
    confirm_name(session, place)
    assert records(session) == 1


@pytest.mark.parametrize("state", [EnrolmentState.INVITED, EnrolmentState.WITHDRAWN])
def test_only_a_place_that_is_taken_gets_a_record(session: Session, state: EnrolmentState) -> None:
    edition = make_edition(session)
    place = make_place(session, edition, becomes=EnrolmentState.INVITED)
    complete_reading(session, place)
    confirm_name(session, place)
    if state is EnrolmentState.WITHDRAWN:
        seminar_services.withdraw(session, enrolment=place, at=AT, by="coordinator", reason="ill")
    close(session, edition)
    assert records(session) == 0


def test_closing_issues_to_those_who_meet_the_rule_and_to_nobody_else(session: Session) -> None:
    edition = make_edition(session)
    met = [finished_place(session, edition) for _ in range(3)]
    absent = make_place(session, edition)
    complete_reading(session, absent)
    confirm_name(session, absent)
    attend(session, edition, absent, present=2, excused=2)
    close(session, edition)
    holders = set(session.scalars(select(RecordSubject.enrolment_id)))
    assert holders == {place.id for place in met}


def test_a_single_half_day_issues_nothing_before_the_closing(session: Session) -> None:
    edition = make_edition(session)
    finished_place(session, edition)
    assert records(session) == 0


def test_one_person_keeps_one_subject_over_two_editions(session: Session) -> None:
    first = make_edition(session)
    place = finished_place(session, first)
    close(session, first)
    second = make_edition(session, title="Second")
    again = make_place(session, second)
    again.person_id = place.person_id
    session.flush()
    complete_reading(session, again)
    attend(session, second, again)
    close(session, second)
    subjects = session.scalars(select(RecordSubject.subject).where(RecordSubject.person_id == place.person_id)).all()
    assert len(subjects) == 2
    assert len(set(subjects)) == 1


def test_the_record_names_the_version_under_which_the_reading_was_completed(session: Session) -> None:
    edition = make_edition(session)
    place = make_place(session, edition)
    complete_reading(session, place)
    course = session.get_one(Course, edition.course_id)
    later = make_version(session, course, (2, 0))
    seminar_services.use_version(session, edition=edition, version_id=later.id, at=AT, by="coordinator")
    attend(session, edition, place)
    confirm_name(session, place)
    close(session, edition)
    assert session.scalars(select(LedgerEntry)).one().facts["version"] == "1.0"


def test_conditions_say_which_module_is_missing_and_how_the_sheet_stands(session: Session) -> None:
    edition = make_edition(session)
    place = make_place(session, edition)
    read_module(session, place, "pillars")
    attend(session, edition, place, present=1, excused=1)
    verdict = queries.conditions_for(session, place.id, Scope(place.person_id))
    assert verdict is not None
    modules, attendance, name = verdict.conditions
    assert dict(modules.figures) == {"passed": 1, "needed": 2, "missing": ({"en": "The cases"},)}
    assert attendance.figures["present"] == 1
    assert attendance.figures["held"] == 4
    assert attendance.figures["needed"] == 3
    assert [condition.key for condition in verdict.missing] == [Key.MODULES, Key.ATTENDANCE, Key.NAME]
    assert not name.met


def test_conditions_are_shown_to_nobody_outside_the_scope(session: Session) -> None:
    edition = make_edition(session)
    place, other = make_place(session, edition), make_place(session, edition)
    assert queries.conditions_for(session, place.id, Scope(other.person_id)) is None
    assert queries.conditions_for(session, place.id, Scope(other.person_id, counts_only=True, everything=True)) is None
    coordinator = Scope(0, editions=frozenset({edition.public_id}))
    assert queries.conditions_for(session, place.id, coordinator) is not None


def test_a_course_without_days_on_site_issues_without_a_closing(session: Session) -> None:
    make_course(session, "online", {"modules": ["pillars"], "name_confirmed": True})
    edition = make_edition(session, "online")
    place = make_place(session, edition)
    confirm_name(session, place)
    assert records(session) == 0
    read_module(session, place, "pillars")
    complete_reading(session, place)
    assert records(session) == 1


def test_a_place_taken_after_everything_else_is_met_gets_its_record(session: Session) -> None:
    make_course(session, rule={"modules": "all", "name_confirmed": True})
    place = make_place(session, make_edition(session), becomes=EnrolmentState.INVITED)
    complete_reading(session, place)
    confirm_name(session, place)
    assert records(session) == 0
    seminar_services.accept(session, enrolment=place, at=AT, by="coordinator")
    assert records(session) == 1


def test_an_ended_record_is_not_valid_and_cannot_end_twice(session: Session) -> None:
    edition = make_edition(session)
    place = finished_place(session, edition)
    close(session, edition)
    record = session.scalars(select(RecordSubject.record)).one()
    assert [held for held, _ in queries.valid_records(session, place.person_id)] == [record]
    services.end(session, record=record, act=RecordAct.WITHDRAWN, at=AT)
    assert queries.valid_records(session, place.person_id) == []
    with pytest.raises(Refused):
        services.end(session, record=record, act=RecordAct.REVOKED, at=AT)
    with pytest.raises(NotFound):
        services.end(session, record="unknown", act=RecordAct.REVOKED, at=AT)


def test_a_failed_transaction_leaves_neither_entry_nor_holder(app: Flask) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        finished_place(session, edition)

    class Failed(Exception):
        pass

    def fail() -> None:
        with unit_of_work() as session:
            close(session, session.merge(edition))
            assert records(session) == 1
            raise Failed

    with pytest.raises(Failed):
        fail()
    with unit_of_work() as session:
        assert records(session) == 0


@pytest.mark.parametrize("number", [2, 40])
def test_closing_takes_as_many_changes_for_many_as_for_few(app: Flask, number: int) -> None:
    with unit_of_work() as session:
        edition = make_edition(session)
        for _ in range(number):
            finished_place(session, edition)
    with unit_of_work() as session, statements(app) as sent:
        close(session, session.merge(edition))
    # The audit trail has a line for each record, and SQLite takes them one by one; PostgreSQL asks for two locks where
    # SQLite holds the whole database.
    others = [statement for statement in sent if "lms_audit" not in statement and "advisory" not in statement]
    assert len(others) <= 52
    with unit_of_work() as session:
        assert records(session) == number
        assert seminars.counts(session, edition.id)["TZ", Sector.JUSTICE, Stage.RECORDED] == number
        assert seminars.counts(session, edition.id)["TZ", Sector.JUSTICE, Stage.ATTENDED] == number
