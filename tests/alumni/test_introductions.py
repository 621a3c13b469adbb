"""Members are introduced to each other through us: nobody is shown an address that its owner did not give."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.alumni.models import Introduction, IntroductionReport, Member
from lms.alumni.queries.introductions import Answer, received, sent
from lms.alumni.rules.directory import Field
from lms.alumni.rules.introductions import (
    AGAIN_AFTER,
    ASKED_IN_WINDOW,
    ASKS_IN_WINDOW,
    Before,
    Hindrance,
    hindrance,
)
from lms.alumni.services import introductions as services
from lms.alumni.services import membership
from lms.kernel.clock import frozen
from lms.kernel.db import db
from lms.kernel.errors import Refused
from lms.kernel.models import AuditEntry, Job
from lms.kernel.secrets import new_token
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.models import Affiliation, Institution, Person, Role
from lms.people.queries.viewers import viewer_for_person
from lms.people.services import erase, sensitive
from tests.conftest import NOW, statements
from tests.people.makers import give_mandate, make_person
from tests.people.test_races import at_once

from .makers import browser, members, show

SECRET = "Zqshall we compare our committees?"


@given(st.integers(0, 400), st.integers(0, 12), st.integers(0, 12))
def test_nobody_asks_too_often(days: int, asked_for: int, reached: int) -> None:
    found = hindrance(Before(NOW - dt.timedelta(days=days), asked_for, reached), NOW)
    if days < AGAIN_AFTER.days:
        assert found is Hindrance.ASKED_ALREADY
    elif asked_for >= ASKS_IN_WINDOW:
        assert found is Hindrance.ASKS_MANY
    else:
        assert (found is Hindrance.IS_ASKED_BY_MANY) == (reached >= ASKED_IN_WINDOW)


def path_to(person: Person) -> str:
    with reading() as session:
        public_id = session.scalar(select(Member.public_id).where(Member.person_id == person.id))
    return f"/alumni/members/{public_id}/introduction"


def two(to_name: bool = True) -> tuple[Person, Person]:
    """Who asks, and who is asked."""
    asker, asked = members("Amina Zqmfano", "Zuri Zqkielelezo", states=("TZ", "KE"))
    more = [Field.NAME] if to_name else []
    show(asked, Field.SUBJECTS, Field.SECTOR, Field.STATE, *more, subjects="Early warning")
    return asker, asked


def ask(app: Flask, asker: Person, asked: Person, message: str = SECRET) -> str:
    answer = browser(app, asker).post(path_to(asked), data={"message": message, "client_key": new_token()})
    assert answer.status_code == 303, answer.text
    with reading() as session:
        return session.scalars(select(Introduction.public_id).order_by(Introduction.id.desc())).first() or ""


def letters(template: str) -> list[int]:
    with reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send")).all()
        return [job.payload["person_id"] for job in jobs if job.payload["template"] == template]


def test_who_is_asked_reads_it_and_gives_what_they_choose(app: Flask) -> None:
    asker, asked = two(to_name=False)
    public_id = ask(app, asker, asked)
    assert letters("alumni/introduction") == [asked.id]
    client = browser(app, asked)
    text = client.get(f"/alumni/introductions/{public_id}").text
    assert SECRET in text
    assert "Amina Zqmfano" in text
    assert "Tanzania" in text
    mine = browser(app, asker)
    assert "No answer yet" in mine.get("/alumni/introductions").text
    given = {"words": "Yes, gladly.", "address": "y"}
    for _again in range(2):
        assert client.post(f"/alumni/introductions/{public_id}", data=given).status_code == 303
    assert client.post(f"/alumni/introductions/{public_id}", data={"words": "No."}).status_code == 422
    found = mine.get("/alumni/introductions").text
    assert "Yes, gladly." in found
    assert "@example.org" in found
    assert "Zqkielelezo" not in found
    assert "Kenya" in found
    assert letters("alumni/introduction-answered") == [asker.id]


def test_no_address_of_either_stands_anywhere_before_it_is_given(app: Flask) -> None:
    asker, asked = two()
    public_id = ask(app, asker, asked)
    mine, theirs = browser(app, asker), browser(app, asked)
    for page in ("/alumni", "/alumni/introductions", path_to(asked)):
        assert "@example.org" not in mine.get(page).text
    shown = theirs.get(f"/alumni/introductions/{public_id}").text
    assert shown.count("@example.org") == 1  # their own, beside the box that would give it
    assert "@example.org" not in theirs.get("/alumni/introductions").text
    theirs.post(f"/alumni/introductions/{public_id}", data={"words": "Write to the office."})
    assert "@example.org" not in mine.get("/alumni/introductions").text


def test_declining_gives_nothing(app: Flask) -> None:
    asker, asked = two()
    public_id = ask(app, asker, asked)
    for _again in range(2):
        assert browser(app, asked).post(f"/alumni/introductions/{public_id}/decline").status_code == 303
    assert "Said no" in browser(app, asked).get("/alumni/introductions").text
    text = browser(app, asker).get("/alumni/introductions").text
    assert "No answer yet" in text
    assert "Said no" not in text
    assert letters("alumni/introduction-answered") == []


def test_a_double_click_sends_one_message_and_other_words_under_its_key_none(app: Flask) -> None:
    asker, asked = two()
    client, key = browser(app, asker), new_token()
    for _again in range(2):
        assert client.post(path_to(asked), data={"message": SECRET, "client_key": key}).status_code == 303
    other = client.post(path_to(asked), data={"message": "Something else", "client_key": key})
    assert other.status_code == 422
    assert "with other words" in other.text
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Introduction)) == 1
    assert len(letters("alumni/introduction")) == 1


def test_six_clicks_at_once_send_one_message(app: Flask) -> None:
    asker, asked = (person.id for person in two())

    def click(key: str) -> Callable[[], str]:
        def act() -> str:
            with unit_of_work() as session:
                return services.ask(session, asker_id=asker, asked_id=asked, message=SECRET, key=key, at=NOW)

        return act

    db.session.rollback()  # what was looked at so far would hold the database
    results = at_once(app, *(click(f"key-of-{number % 2}") for number in range(6)))
    sent = [one for one in results if isinstance(one, str)]
    assert len(sent) == 3
    assert len(set(sent)) == 1
    assert all(isinstance(one, Refused) for one in results if one not in sent)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(Introduction)) == 1


def test_nobody_asks_whom_they_do_not_see(app: Flask) -> None:
    asker, asked = members("Amina Mfano", "Zuri Kielelezo")
    path = path_to(asked)
    client = browser(app, asker)
    missing = client.get("/alumni/members/AAAAAAAAAAAAAAAAAAAAAA/introduction")
    assert client.get(path).status_code == missing.status_code == 404
    assert client.post(path, data={"message": SECRET, "client_key": new_token()}).status_code == 404
    assert client.get(path_to(asker)).status_code == 404
    stranger = browser(app, make_person())
    assert stranger.get(path).status_code == 404
    assert stranger.get("/alumni/introductions").status_code == 404


def test_the_same_person_is_not_asked_again_and_five_are_enough(app: Flask) -> None:
    asker, *others = members(*(f"Person Mfano {n}" for n in range(8)))
    for one in others:
        show(one, Field.NAME)
    ask(app, asker, others[0])
    client = browser(app, asker)
    again = client.post(path_to(others[0]), data={"message": "Again", "client_key": new_token()})
    assert again.status_code == 422
    assert "within the last six months" in again.text
    for one in others[1:5]:
        ask(app, asker, one)
    sixth = client.post(path_to(others[5]), data={"message": SECRET, "client_key": new_token()})
    assert sixth.status_code == 422
    assert "five introductions" in sixth.text
    with frozen(NOW + dt.timedelta(days=31)):
        ask(app, asker, others[5])


def test_who_was_shut_out_is_not_told_and_reaches_nobody(app: Flask) -> None:
    asker, asked = two()
    public_id = ask(app, asker, asked)
    client = browser(app, asked)
    assert client.post(f"/alumni/introductions/{public_id}/block").status_code == 303
    with frozen(NOW + AGAIN_AFTER):
        second = ask(app, asker, asked, "Once more")
        sent = browser(app, asker).get("/alumni/introductions").text
        assert sent.count("No answer yet") == 2
        assert "Once more" not in browser(app, asked).get("/alumni/introductions").text
        assert browser(app, asked).get(f"/alumni/introductions/{second}").status_code == 404
    assert len(letters("alumni/introduction")) == 1
    assert client.post(f"/alumni/introductions/{public_id}/unblock").status_code == 303
    with frozen(NOW + 2 * AGAIN_AFTER):
        ask(app, asker, asked, "And again")
        assert "Amina Zqmfano" in browser(app, asked).get("/alumni/introductions").text
    assert len(letters("alumni/introduction")) == 2


def test_a_report_reaches_those_who_coordinate_everything_and_nobody_else(app: Flask) -> None:
    asker, asked = two()
    public_id = ask(app, asker, asked)
    officer, local = make_person(), make_person()
    give_mandate(officer, Role.COORDINATOR)
    client = browser(app, asked)
    empty = client.post(f"/alumni/introductions/{public_id}/report", data={"reason": ""})
    assert empty.status_code == 422
    for _again in range(2):
        sent = client.post(f"/alumni/introductions/{public_id}/report", data={"reason": "It offers money."})
        assert sent.status_code == 303
    assert letters("alumni/report") == [officer.id]
    desk = browser(app, officer)
    text = desk.get("/alumni/reports").text
    assert all(words in text for words in (SECRET, "It offers money.", "Amina Zqmfano", "Zuri Zqkielelezo", "Waits"))
    assert browser(app, local).get("/alumni/reports").status_code == 404
    assert browser(app, asker).post(f"/alumni/reports/{public_id}/handled").status_code == 404
    for _again in range(2):
        assert desk.post(f"/alumni/reports/{public_id}/handled").status_code == 303
    assert "Dealt with" in desk.get("/alumni/reports").text
    with reading() as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.about == public_id)).all()
        assert session.scalar(select(IntroductionReport.handled_by)) == officer.subject
    assert acts.count("introduction.reported") == acts.count("introduction.report-handled") == 1


def test_what_was_written_is_sealed_and_goes_with_its_writer(app: Flask) -> None:
    asker, asked = two()
    public_id = ask(app, asker, asked)
    browser(app, asked).post(f"/alumni/introductions/{public_id}", data={"words": "Zqgladly", "name": "y"})
    with reading() as session:
        row = session.scalars(select(Introduction)).one()
        kept = repr((row.sealed_message, row.sealed_answer))
        queue = repr([job.payload for job in session.scalars(select(Job))])
        audit = repr([(one.act, one.details) for one in session.scalars(select(AuditEntry))])
    words = (SECRET, "Zqgladly", "Zqmfano", "Zqkielelezo")
    assert not [word for word in words if word in kept + audit]
    assert not [word for word in words if word in queue]
    with unit_of_work() as session:
        erase(session, person=session.get_one(Person, asker.id), by=None, at=NOW)
    text = browser(app, asked).get(f"/alumni/introductions/{public_id}").text
    assert SECRET not in text
    assert "Zqmfano" not in text


def take_away(how: str, person: Person) -> None:
    with unit_of_work() as session:
        if how == "left and back":
            membership.leave(session, person_id=person.id, at=NOW)
            membership.join(session, person_id=person.id, at=NOW + dt.timedelta(days=1))
        elif how == "left":
            membership.leave(session, person_id=person.id, at=NOW)
        elif how == "shows nothing":
            membership.withdraw_all(session, person_id=person.id, at=NOW)
        elif how == "hidden":
            membership.hide(session, person_id=person.id, at=NOW)
        else:
            session.get_one(Person, person.id).disabled_at = NOW


@pytest.mark.parametrize("how", ["left", "left and back", "shows nothing", "hidden", "disabled", "marked"])
def test_who_is_not_seen_in_the_community_is_shown_no_longer(app: Flask, how: str) -> None:
    asker, asked = two()
    show(asker, Field.SECTOR)
    public_id = ask(app, asker, asked)
    mine, theirs = browser(app, asker), browser(app, asked)
    theirs.post(f"/alumni/introductions/{public_id}", data={"words": "Zqgladly", "name": "y", "address": "y"})
    assert "Zqkielelezo" in mine.get("/alumni/introductions").text
    marking = make_person()
    with unit_of_work() as session:
        officer = viewer_for_person(session, marking.id, NOW)
        assert officer is not None
        for one in (asker, asked) if how == "marked" else ():
            sensitive.mark_person(
                session, person_id=one.id, state_code="", on=True, reason="For their safety.", by=officer, at=NOW
            )
    for one in (asker, asked) if how != "marked" else ():
        take_away(how, one)
    with reading() as session:
        rows = received(session, asked.id, NOW)
        answered = sent(session, asker.id, NOW)
    assert [(row.institution, "Zqmfano" in row.name, row.message) for row in rows] == [(None, False, SECRET)]
    assert [row.answer for row in answered] == [Answer(words="Zqgladly")]


def test_of_one_line_that_is_taken_back_the_others_stay_and_a_later_ministry_is_not_told(app: Flask) -> None:
    asker, asked = two()
    show(asker, Field.NAME, Field.STATE)
    public_id = ask(app, asker, asked)
    mine, theirs = browser(app, asker), browser(app, asked)
    theirs.post(f"/alumni/introductions/{public_id}", data={"words": "Zqgladly", "name": "y", "address": "y"})
    with unit_of_work() as session:
        before = session.scalars(select(Affiliation).where(Affiliation.person_id == asker.id)).one()
        then = session.get_one(Institution, before.institution_id).name
        other = select(Institution.id).where(Institution.id != before.institution_id).limit(1)
        before.until, later = NOW.date(), NOW.date() + dt.timedelta(days=1)
        session.add(Affiliation(person_id=asker.id, institution_id=session.scalars(other).one(), since=later))
    show(asked, Field.STATE)
    show(asker, Field.STATE)
    assert "Zqkielelezo" not in mine.get("/alumni/introductions").text
    with reading() as session:
        [answer] = [one.answer for one in sent(session, asker.id, NOW + dt.timedelta(days=2))]
        [one] = received(session, asked.id, NOW + dt.timedelta(days=2))
    assert (answer.name, answer.words, bool(answer.address)) == ("", "Zqgladly", True)
    assert one.institution is not None
    assert (one.name, one.institution.name) == ("", then)


def test_the_list_takes_as_many_statements_for_many_as_for_few(app: Flask) -> None:
    asked, *askers = members(*(f"Person Mfano {n}" for n in range(6)))
    show(asked, Field.NAME)
    for one in askers[:2]:
        ask(app, one, asked)
    client = browser(app, asked)
    client.get("/alumni/introductions")
    with statements(app) as few:
        client.get("/alumni/introductions")
    for one in askers[2:]:
        ask(app, one, asked)
    with statements(app) as many:
        client.get("/alumni/introductions")
    assert len(many) == len(few) <= 16, len(many)


@pytest.mark.parametrize("words", ["", "x" * 601, "a\u202eb"])
def test_a_message_that_cannot_be_sent_is_refused_in_words(app: Flask, words: str) -> None:
    asker, asked = two()
    answer = browser(app, asker).post(path_to(asked), data={"message": words, "client_key": new_token()})
    assert answer.status_code == 422
    assert "note-error" in answer.text
