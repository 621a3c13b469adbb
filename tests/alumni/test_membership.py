"""Membership opens with a record and a consent, and ends with either."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from lms.alumni.checks import memberships
from lms.alumni.models import DirectoryConsent, DirectoryWords, Member, MembershipStep
from lms.alumni.queries.membership import agreed, member
from lms.alumni.rules.directory import Field
from lms.alumni.rules.membership import Step, Taken, membership
from lms.alumni.services import membership as services
from lms.kernel.clock import frozen
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Person
from lms.records.models import RecordAct
from lms.records.services import end
from tests.conftest import NOW
from tests.people.makers import make_person

from .makers import browser, join, make_alumni, members, page, record_of, show

steps = st.lists(st.sampled_from(list(Step)), max_size=12)


@given(steps)
def test_a_membership_is_open_from_a_joining_until_a_leaving(taken: list[Step]) -> None:
    found = membership(Taken(n, step, NOW + dt.timedelta(days=n)) for n, step in enumerate(taken))
    ends = [n for n, step in enumerate(taken) if step is Step.LEFT]
    joined = [n for n, step in enumerate(taken) if step is Step.JOINED and n > (ends[-1] if ends else -1)]
    assert (found is not None) == bool(joined)
    if found:
        assert found.step_id == joined[0]
        after = [step for step in taken[joined[0] :] if step in (Step.CONFIRMED, Step.HIDDEN)]
        assert (found.hidden_at is not None) == (after[-1:] == [Step.HIDDEN])


def open_of(person: Person) -> bool:
    with reading() as session:
        return member(session, person.id) is not None


def test_who_holds_no_record_cannot_join(app: Flask) -> None:
    person = make_person()
    with pytest.raises(Refused, match="completion record"), unit_of_work() as session:
        services.join(session, person_id=person.id, at=NOW)
    client = browser(app, person)
    assert client.post("/alumni/join").status_code == 303
    assert "you hold none that is valid" in client.get("/alumni").text
    assert not open_of(person)


def test_a_record_alone_makes_nobody_a_member(app: Flask) -> None:
    [person] = make_alumni("Amina Mfano")
    assert not open_of(person)
    client = browser(app, person)
    assert "I agree and become a member" in client.get("/alumni").text
    assert client.get("/alumni/listing").status_code == 404
    assert client.post("/alumni", data={"words": "a"}).status_code == 404
    assert client.get("/alumni/leave").status_code == 404


def test_joining_twice_is_one_step_and_is_in_the_audit(app: Flask) -> None:
    [person] = make_alumni("Amina Mfano")
    client = browser(app, person)
    for _again in range(2):
        assert client.post("/alumni/join").headers["Location"].endswith("/alumni/listing")
    with reading() as session:
        assert session.scalars(select(MembershipStep.step)).all() == [Step.JOINED]
        assert session.scalars(select(AuditEntry.act).where(AuditEntry.about == person.subject)).all().count(
            "membership.opened"
        ) == 1  # fmt: skip
    assert open_of(person)


def test_the_end_of_the_last_record_closes_the_membership_at_once(app: Flask) -> None:
    first, second = members("Amina Mfano", "Beatriz Exemplo")
    show(second, Field.NAME)
    assert "Beatriz Exemplo" in page(app, first)
    with unit_of_work() as session:
        end(session, record=record_of(second), act=RecordAct.REVOKED, at=NOW)
    assert not open_of(second)
    assert "Beatriz Exemplo" not in page(app, first)
    assert "You are not a member yet" in page(app, second)
    with reading() as session:  # gone, so that a later record brings nothing back without a new word
        assert session.get(Member, second.id) is None


def test_leaving_takes_everything_away_and_joining_again_begins_with_nothing(app: Flask) -> None:
    first, second = members("Amina Mfano", "Beatriz Exemplo")
    show(second, Field.NAME, Field.SUBJECTS, subjects="Curricula")
    with reading() as session:
        before = session.scalar(select(Member.public_id).where(Member.person_id == second.id))
    client = browser(app, second)
    assert "Your completion records stay valid" in client.get("/alumni/leave").text
    for _again in range(2):
        assert client.post("/alumni/leave").status_code == 303
    assert "Beatriz Exemplo" not in page(app, first)
    with reading() as session:
        assert session.scalars(select(DirectoryWords.person_id)).all() == []
    join(second)
    with reading() as session:
        assert agreed(session, [second.id]) == {}
        assert session.scalar(select(Member.public_id).where(Member.person_id == second.id)) != before
    assert "Beatriz Exemplo" not in page(app, first)


@pytest.mark.parametrize("table", ["lms_membership_step", "lms_directory_consent"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id + 1", "DELETE FROM {}"])
def test_the_database_itself_refuses_to_change_what_was_agreed(app: Flask, table: str, change: str) -> None:
    [person] = members("Amina Mfano")
    show(person, Field.NAME)
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text(change.format(table)))


def test_the_check_names_a_membership_that_the_steps_do_not_give(app: Flask) -> None:
    first, second = members("Amina Mfano", "Beatriz Exemplo")
    with unit_of_work() as session:
        assert list(memberships(session)) == []
        services.confirm(session, person_id=first.id, at=NOW + dt.timedelta(days=1))
        services.hide(session, person_id=second.id, at=NOW + dt.timedelta(days=2))
        assert list(memberships(session)) == []
        session.execute(update(Member).where(Member.person_id == second.id).values(hidden_at=None))
        session.execute(delete(Member).where(Member.person_id == first.id))
        found = {finding.about for finding in memberships(session)}
    assert found == {f"person {first.subject}", f"person {second.subject}"}


def test_every_consent_is_kept_with_its_day(app: Flask) -> None:
    [person] = members("Amina Mfano")
    show(person, Field.NAME)
    with frozen(NOW + dt.timedelta(days=3)):
        show(person)
    with reading() as session:
        rows = session.execute(select(DirectoryConsent.audience, DirectoryConsent.at).order_by(DirectoryConsent.id))
        assert [(str(row.audience), row.at) for row in rows] == [
            ("members", NOW),
            ("nobody", NOW + dt.timedelta(days=3)),
        ]
