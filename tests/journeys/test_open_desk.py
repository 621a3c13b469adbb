"""The morning sheet stays open: it shows what others do, and never takes anything from under somebody's hands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import steps
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
SHEET = "editions/attention"
A_MINUTE = 61_000
Arrive = Callable[..., Page]


@pytest.fixture
def arrive(chromium: Browser, house: Running) -> Iterator[Arrive]:
    """`arrive(key)`: somebody, signed in, in a browser of their own."""
    opened: list[BrowserContext] = []

    def begin(who: str, *, script: bool = True) -> Page:
        context = chromium.new_context(base_url=f"{house.url}/", java_script_enabled=script, locale="en-GB")
        opened.append(context)
        page = context.new_page()
        steps.sign_in(page, who)
        steps.read_in_english(page)
        return page

    yield begin
    for context in opened:
        context.close()


def opened(page: Page) -> list[int]:
    """The sheet, open, with a clock that the test moves; gives the statuses of what the page asks by itself."""
    answers: list[int] = []
    page.on("response", lambda got: answers.append(got.status) if got.request.headers.get("hx-request") else None)
    page.clock.install()
    page.goto(SHEET)
    return answers


def finishes_a_text(arrive: Arrive, who: str) -> None:
    page = arrive(who)
    steps.follow(page.get_by_role("main").get_by_role("link", name="Begin reading"))
    steps.button(page, "I have read this").click()
    expect(page.get_by_text(steps.DONE)).to_be_visible()


def a_minute_passes(page: Page, answers: list[int]) -> None:
    before = len(answers)
    with page.expect_response(lambda got: got.request.headers.get("hx-request") == "true"):
        page.clock.fast_forward(A_MINUTE)
    assert len(answers) == before + 1


def test_the_open_sheet_shows_that_somebody_has_finished_a_text(arrive: Arrive) -> None:
    page = arrive("coordinator")
    answers = opened(page)
    expect(page.get_by_text("ሰላም ምሳሌ")).to_be_visible()
    page.evaluate("scrollTo(0, 400)")
    a_minute_passes(page, answers)
    assert answers == [304]
    finishes_a_text(arrive, "selam")
    a_minute_passes(page, answers)
    assert answers == [304, 200]
    expect(page.get_by_text("ሰላም ምሳሌ")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Morning sheet")
    a_minute_passes(page, answers)
    assert answers[-1] == 304, "the new part asks with its own tag"


def test_nothing_is_asked_while_the_tab_is_hidden_and_at_once_when_it_is_back(arrive: Arrive) -> None:
    page = arrive("coordinator")
    answers = opened(page)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => window.away, configurable: true})")
    page.evaluate("window.away = true")
    page.clock.fast_forward(5 * A_MINUTE)
    assert answers == []
    with page.expect_response(lambda got: got.request.headers.get("hx-request") == "true"):
        page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")
    assert answers == [304]


def test_whoever_is_at_work_in_the_part_keeps_it_until_they_leave(arrive: Arrive) -> None:
    page = arrive("coordinator")
    answers = opened(page)
    button = page.get_by_role("main").get_by_role("button", name="Send the invitation again").first
    button.focus()
    finishes_a_text(arrive, "tomas")
    page.clock.fast_forward(2 * A_MINUTE)
    assert answers == []
    expect(button).to_be_focused()
    with page.expect_response(lambda got: got.request.headers.get("hx-request") == "true"):
        page.get_by_role("banner").get_by_role("link", name="Editions").focus()
        page.clock.run_for(100)
    assert answers == [200]
    expect(page.get_by_text("Tomás Muestra")).to_have_count(0)
    expect(page.get_by_role("banner").get_by_role("link", name="Editions")).to_be_focused()


def test_a_page_whose_reader_is_signed_out_stays_and_says_so_once(arrive: Arrive) -> None:
    page = arrive("coordinator")
    answers = opened(page)
    people = page.get_by_role("main").get_by_role("heading", level=3).count()
    page.context.clear_cookies()
    a_minute_passes(page, answers)
    expect(page.get_by_text("This page is no longer kept up to date.")).to_be_visible()
    assert page.get_by_role("main").get_by_role("heading", level=3).count() == people > 0
    page.clock.fast_forward(3 * A_MINUTE)
    assert answers == [401]


def test_without_scripts_the_sheet_says_the_same(arrive: Arrive) -> None:
    page = arrive("coordinator", script=False)
    page.goto(SHEET)
    expect(page.get_by_role("heading", name="Morning sheet")).to_be_visible()
    expect(page.get_by_text("This page is no longer kept up to date.")).to_be_hidden()
    expect(page.get_by_role("link", name="Juma Sampuli")).to_be_visible()
