"""Lines are cut, sessions end, tabs multiply, people go back: no answer is lost silently, none counts twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect

from lms.plugins.unit_kind import Question
from tests.journeys import steps
from tests.journeys.questions import quizzes
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
TITLE = "Six questions on the three pillars"
MODULE = "The Responsibility to Protect and its three pillars"
ANSWERS = "**/answers?*"
# Each test has somebody of its own, who has finished the pre-reading and tries the questions again.
CUT, UNHEARD, EXPIRED, TABS, BACK, AGAIN = "finisher", "urs", "dara", "adwoa", "keza", "julian"
Arrive = Callable[..., Page]


@pytest.fixture
def arrive(chromium: Browser, house: Running) -> Iterator[Arrive]:
    """`arrive(key)`: somebody, in a browser of their own, with a new try at the questions before them."""
    opened: list[BrowserContext] = []
    with closing(sqlite3.connect(house.home / "lms.sqlite")) as database, database:
        database.execute("UPDATE lms_person SET locale = 'en'")  # two of the six read other languages, this file one

    def begin(who: str, *, script: bool = True) -> Page:
        opened.append(chromium.new_context(base_url=f"{house.url}/", java_script_enabled=script))
        page = opened[-1].new_page()
        steps.sign_in(page, who)
        _questions(page)
        if steps.button(page, "Try again").count():
            steps.follow(steps.button(page, "Try again"))
        expect(steps.button(page, "Check my answers")).to_be_visible()
        return page

    yield begin
    for context in opened:
        context.close()


def _questions(page: Page) -> None:
    steps.home(page)
    steps.follow(steps.link(page, MODULE).first)
    steps.follow(steps.link(page, TITLE).first)


def _choice() -> tuple[Question, str, str]:
    """A question with one answer, the right one and another."""
    question = next(question for question in quizzes()[TITLE] if question.kind == "one-of-many")
    right = next(option.text for option in question.options if option.correct)
    return question, right, next(option.text for option in question.options if not option.correct)


def _option(page: Page, text: str) -> Locator:
    return steps.asked(page, _choice()[0]).get_by_role("radio", name=text, exact=True)


def _kept(house: Running, page: Page) -> list[str]:
    """What the database holds for that question in the try under way, in the order it came."""
    action = page.locator("form[data-save]").get_attribute("data-save") or ""
    question, tried = _choice()[0], action.split("/tries/")[1].split("/")[0]
    texts = {option.id: option.text for option in question.options}
    with closing(sqlite3.connect(house.home / "lms.sqlite")) as database:
        rows = database.execute(
            "SELECT given FROM lms_answer JOIN lms_quiz_try t ON t.id = try_id WHERE t.public_id = ? AND question = ?"
            " ORDER BY lms_answer.id",
            (tried, question.id),
        ).fetchall()
    return [next(text for key, text in texts.items() if key in given) for (given,) in rows]


def test_a_choice_made_while_the_line_is_cut_is_saved_once_when_it_is_back(house: Running, arrive: Arrive) -> None:
    page, (_question, right, wrong) = arrive(CUT), _choice()
    page.context.set_offline(True)
    _option(page, wrong).check()
    expect(page.get_by_text("Not saved yet. We keep trying.")).to_be_visible()
    _option(page, right).check()
    assert _kept(house, page) == []
    page.context.set_offline(False)
    expect(page.get_by_role("status").filter(has_text=steps.SAVED)).to_have_count(1)
    assert _kept(house, page) == [right]
    page.reload()
    expect(_option(page, right)).to_be_checked()


def test_an_answer_whose_receipt_was_lost_counts_once(house: Running, arrive: Arrive) -> None:
    page, (_question, right, _wrong) = arrive(UNHEARD), _choice()
    arrived: list[int] = []

    def swallow(route: Route) -> None:
        arrived.append(route.fetch().status)
        route.abort("internetdisconnected")

    page.route(ANSWERS, swallow, times=1)
    _option(page, right).check()
    expect(page.get_by_role("status").filter(has_text=steps.SAVED)).to_have_count(1, timeout=10_000)
    assert arrived == [200]
    assert _kept(house, page) == [right]


def test_a_session_that_ends_among_the_questions_is_told_and_keeps_the_choice(house: Running, arrive: Arrive) -> None:
    page, (_question, right, _wrong) = arrive(EXPIRED), _choice()
    elsewhere = arrive(EXPIRED)
    steps.follow(elsewhere.get_by_role("navigation", name="Main").get_by_role("link", name="Your account"))
    steps.follow(steps.button(elsewhere, "End all others"))
    expect(elsewhere.get_by_text("This device")).to_be_visible()
    _option(page, right).check()
    told = page.get_by_role("status").filter(has=page.get_by_role("link", name="Sign in"))
    expect(told).to_have_count(1)
    expect(told).to_contain_text("You are not signed in any more. What you chose is still on the page.")
    expect(_option(page, right)).to_be_checked()
    assert _kept(house, page) == []
    with page.context.expect_page() as opened:
        told.get_by_role("link", name="Sign in").click()
    steps.enter(opened.value, EXPIRED)
    page.reload()
    _option(page, right).check()
    expect(page.get_by_role("status").filter(has_text=steps.SAVED)).to_have_count(1)
    assert _kept(house, page) == [right]


def test_two_tabs_on_the_same_questions_keep_the_later_choice_and_close_once(house: Running, arrive: Arrive) -> None:
    first, (_question, right, wrong) = arrive(TABS), _choice()
    second = first.context.new_page()
    second.goto(first.url)
    _option(first, wrong).check()
    expect(first.get_by_role("status").filter(has_text=steps.SAVED)).to_have_count(1)
    _option(second, right).check()
    expect(second.get_by_role("status").filter(has_text=steps.SAVED)).to_have_count(1)
    assert _kept(house, first) == [wrong, right]
    first.reload()
    expect(_option(first, right)).to_be_checked()
    for question in quizzes()[TITLE]:
        steps.answer(first, question, right=True)
    steps.follow(steps.button(first, "Check my answers"))
    expect(first.get_by_text("so this unit is passed.")).to_be_visible()
    second.bring_to_front()
    _option(second, wrong).check()
    expect(second.get_by_text("These questions have been checked already.")).to_be_visible()
    first.reload()
    expect(first.get_by_text("so this unit is passed.")).to_be_visible()


def test_going_back_and_changing_an_answer_saves_the_change(house: Running, arrive: Arrive) -> None:
    page, (_question, right, wrong) = arrive(BACK, script=False), _choice()
    _option(page, wrong).check()
    steps.follow(steps.button(page, "Save and finish later"))
    page.go_back()
    _option(page, right).check()
    steps.follow(steps.button(page, "Save and finish later"))
    expect(_option(page, right)).to_be_checked()
    assert _kept(house, page) == [wrong, right]


def test_a_page_sent_twice_with_something_else_shows_both_and_keeps_the_first(house: Running, arrive: Arrive) -> None:
    page, (question, right, wrong) = arrive(AGAIN, script=False), _choice()
    _option(page, wrong).check()
    with page.context.expect_page() as opened:
        steps.button(page, "Save and finish later").click(modifiers=["Control"])
    expect(_option(opened.value, wrong)).to_be_checked()
    _option(page, right).check()
    with page.expect_navigation() as answered:
        steps.button(page, "Save and finish later").click()
    assert answered.value.status == 409
    row = page.get_by_role("row").filter(has_text=question.prompt)
    expect(row.get_by_role("cell")).to_have_text([wrong, right])
    steps.follow(steps.link(page, "Open the page as it is saved"))
    expect(_option(page, wrong)).to_be_checked()
