"""Once a year members are asked; whoever does not answer twice is hidden, never deleted."""

from __future__ import annotations

import datetime as dt
import re

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from lms.alumni.checks import memberships
from lms.alumni.models import DirectoryConsent, Member, MembershipAsk
from lms.alumni.rules.directory import Field
from lms.alumni.rules.yearly import ASKED_TWICE, PATIENCE, YEAR, Next, next_step
from lms.alumni.services.yearly import ask_yearly
from lms.kernel.clock import frozen
from lms.kernel.models import Job
from lms.kernel.unit_of_work import reading, unit_of_work
from lms.people.letters import letter_for
from lms.people.models import Person
from tests.conftest import NOW

from .makers import browser, members, page, show

DAY = dt.timedelta(days=1)


@given(st.lists(st.integers(0, 500), max_size=4), st.integers(0, 600), st.booleans())
def test_nobody_is_hidden_before_two_letters_and_two_waits(days: list[int], day: int, hidden: bool) -> None:
    at = NOW + YEAR + day * DAY
    asked = [NOW + YEAR + one * DAY for one in days if one <= day]
    found = next_step(NOW, asked, at, hidden=hidden)
    if hidden or (asked and at < max(asked) + PATIENCE):
        assert found is Next.NOTHING
    else:
        assert found is (Next.ASK if len(asked) < ASKED_TWICE else Next.HIDE)
    assert next_step(NOW, asked, NOW + YEAR - DAY) is Next.NOTHING


def work(at: dt.datetime) -> None:
    with frozen(at), unit_of_work() as session:
        ask_yearly(session, {}, at)


def links() -> list[str]:
    """The addresses in the letters that were asked for, as their readers get them."""
    with reading() as session:
        jobs = session.scalars(select(Job).where(Job.kind == "mail.send").order_by(Job.id)).all()
        letters = [letter_for(session, job.payload) for job in jobs if job.payload["template"] == "alumni/yearly"]
    found = [part for letter in letters if letter for part in letter.body_text.split() if "/alumni/still/" in part]
    return [one.partition("//")[2].partition("/")[2] for one in found]


def hidden(person: Person) -> bool:
    with reading() as session:
        return session.scalar(select(Member.hidden_at).where(Member.person_id == person.id)) is not None


def test_a_member_is_asked_twice_then_hidden_and_nothing_is_deleted(app: Flask) -> None:
    one, viewer = members("Zuri Kielelezo", "Pia Beispiel")
    show(one, Field.NAME)
    show(viewer, Field.NAME)
    work(NOW + YEAR - DAY)
    assert links() == []
    for after in (YEAR, YEAR + DAY, YEAR + PATIENCE, YEAR + PATIENCE + DAY):
        work(NOW + after)
    with reading() as session:
        assert session.scalar(select(func.count()).where(MembershipAsk.person_id == one.id)) == 2
    assert not hidden(one)
    work(NOW + YEAR + 2 * PATIENCE)
    work(NOW + YEAR + 2 * PATIENCE)
    assert hidden(one)
    at = NOW + YEAR + 2 * PATIENCE + DAY
    with frozen(at):
        assert "Zuri Kielelezo" not in page(app, viewer)
        text = page(app, one)
        assert "nobody sees you" in text
        assert browser(app, one).post("/alumni/confirm").status_code == 303
        assert "Zuri Kielelezo" in page(app, viewer)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(DirectoryConsent)) == 2
        assert list(memberships(session)) == []


def test_who_has_left_before_the_letter_is_written_gets_none(app: Flask) -> None:
    one, _other = members("Zuri Kielelezo", "Pia Beispiel")
    work(NOW + YEAR)
    assert len(links()) == 2
    assert browser(app, one).post("/alumni/leave").status_code == 303
    assert len(links()) == 1


def test_one_click_from_the_letter_is_enough_and_opening_it_changes_nothing(app: Flask) -> None:
    one, _other = members("Zuri Kielelezo", "Pia Beispiel")
    work(NOW + YEAR)
    link = "/" + links()[0]
    at = NOW + YEAR + DAY
    with frozen(at):
        stranger = app.test_client()
        assert "Everything is still right" in stranger.get(link).text
        with reading() as session:
            assert session.scalar(select(Member.confirmed_at).where(Member.person_id == one.id)) == NOW
        assert stranger.post(link).status_code == 422
        for _click in range(2):
            assert stranger.post(link, data={"answer": "right"}).status_code == 200
    with reading() as session:
        assert session.scalar(select(Member.confirmed_at).where(Member.person_id == one.id)) == at
    work(NOW + YEAR + PATIENCE)
    with reading() as session:
        assert session.scalar(select(func.count()).where(MembershipAsk.person_id == one.id)) == 1


def test_an_unknown_link_and_one_of_a_membership_that_ended_look_like_any_other(app: Flask) -> None:
    one, _other = members("Zuri Kielelezo", "Pia Beispiel")
    work(NOW + YEAR)
    link = "/" + links()[0]
    client = app.test_client()

    def answered(path: str) -> str:
        """The page, but for the form's token, which holds the second."""
        text = client.post(path, data={"answer": "right"}).text.replace(path, link)
        return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", text)

    good = answered(link)
    assert browser(app, one).post("/alumni/leave").status_code == 303
    assert answered(link) == answered("/alumni/still/AAAAAAAAAAAAAAAAAAAAAA") == good


def test_the_letter_of_one_year_does_not_answer_for_a_later_one(app: Flask) -> None:
    one, _other = members("Zuri Kielelezo", "Pia Beispiel")
    work(NOW + YEAR)
    old = "/" + links()[0]
    stranger = app.test_client()
    with frozen(NOW + YEAR + DAY):
        assert stranger.post(old, data={"answer": "right"}).status_code == 200
    for after in (2 * YEAR, 2 * YEAR + PATIENCE, 2 * YEAR + 2 * PATIENCE):
        work(NOW + after + 2 * DAY)
    assert hidden(one)
    with frozen(NOW + 3 * YEAR):
        assert stranger.post(old, data={"answer": "right"}).status_code == 200
        assert hidden(one)
        assert stranger.post("/" + links()[-1], data={"answer": "right"}).status_code == 200
        assert not hidden(one)


def test_neither_queue_nor_database_keeps_the_link(app: Flask) -> None:
    members("Zuri Kielelezo")
    work(NOW + YEAR)
    token = links()[0].rsplit("/", 1)[1]
    with reading() as session:
        kept = repr([job.payload for job in session.scalars(select(Job))])
        kept += repr(list(session.scalars(select(MembershipAsk.digest))))
    assert token not in kept
    assert "Kielelezo" not in kept
