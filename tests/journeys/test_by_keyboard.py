"""Every kind of question answered with the keys alone, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from lms.plugins.unit_kind import Question
from tests.journeys import steps
from tests.journeys.questions import quizzes
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
MOST_STOPS = 150
# Each run has somebody of its own, who has finished the pre-reading in English and tries the questions again.
PILLARS = ("The Responsibility to Protect and its three pillars", "matching")
NETWORKS = ("Regional networks and focal points", "ordering")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus, and can be seen to have it."""
    for _stop in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            assert wanted.evaluate("element => element.matches(':focus-visible')")
            return
    raise AssertionError(f"Tab never came to {wanted}")


def press(page: Page, key: str, times: int = 1) -> None:
    for _time in range(times):
        page.keyboard.press(key)


def follow(page: Page) -> None:
    """Press Enter on what has the focus and leads to another page; back when that is there whole."""
    with page.expect_navigation():
        press(page, "Enter")


def answer(page: Page, question: Question) -> None:
    """Rightly, by the keys that the controls of a browser have by themselves."""
    group = steps.asked(page, question)
    if question.kind in ("matching", "ordering"):
        for place, option in enumerate(question.options, 1):
            select = group.get_by_label(option.text, exact=True)
            tab_to(page, select)
            press(page, "ArrowDown", _index(select, question, option.id, place))
    elif question.kind == "many-of-many":
        right = {option.text for option in question.options if option.correct}
        for box in group.get_by_role("checkbox").all():
            tab_to(page, box)
            if box.evaluate("box => box.closest('label').innerText.trim()") in right:
                press(page, "Space")
    elif question.scored:
        radios = group.get_by_role("radio")
        ids = radios.evaluate_all("radios => radios.map(radio => radio.value)")
        right_one = next(option.id for option in question.options if option.correct)
        tab_to(page, radios.first)
        press(page, "Space")
        press(page, "ArrowDown", ids.index(right_one))


def _index(select: Locator, question: Question, item: str, place: int) -> int:
    """How far down the list the right entry stands."""
    values = select.evaluate("select => [...select.options].map(option => option.value)")
    return int(values.index(question.pairs[item] if question.kind == "matching" else str(place)))


@pytest.mark.parametrize(
    ("module", "kind", "who", "script"),
    [(*PILLARS, "urs", True), (*NETWORKS, "dara", True), (*PILLARS, "adwoa", False), (*NETWORKS, "finisher", False)],
    ids=["matching", "ordering", "matching without scripts", "ordering without scripts"],
)
def test_a_quiz_is_passed_with_the_keys_alone(
    chromium: Browser, house: Running, module: str, kind: str, who: str, script: bool
) -> None:
    page = chromium.new_context(base_url=f"{house.url}/", java_script_enabled=script).new_page()
    try:
        steps.sign_in(page, who)
        steps.home(page)
        steps.follow(steps.link(page, module).first)
        title = steps.link(page, re.compile("questions on")).first
        questions = quizzes()[title.inner_text()]
        assert kind in {question.kind for question in questions}
        steps.follow(title)
        steps.follow(steps.button(page, "Try again"))
        for question in questions:
            answer(page, question)
        tab_to(page, steps.button(page, "Check my answers"))
        follow(page)
        expect(page.get_by_text("so this unit is passed.")).to_be_visible()
        expect(page.get_by_text("Not quite.")).to_have_count(0)
    finally:
        page.context.close()
