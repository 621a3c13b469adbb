"""The outline of a draft in a browser, by the keys alone, with and without scripts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.running import Running
from tests.journeys.test_by_keyboard import follow, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(house: Running, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"{house.url}/", locale="en-GB", java_script_enabled=request.param)
    page = context.new_page()
    steps.sign_in(page, "trainer")
    try:
        yield page
    finally:
        context.close()


def order(page: Page) -> list[str]:
    """The first units of the outline, as they stand."""
    lines = page.get_by_role("main").locator("ol > li[id^='u-'] > div > a")
    return [lines.nth(number).inner_text() for number in range(4)]


def test_a_unit_is_moved_undone_and_moved_elsewhere_by_the_keys_alone(page: Page) -> None:
    steps.begin_a_draft(page, "Another order")
    steps.follow(steps.link(page, "Outline"))
    before = order(page)
    down = page.get_by_role("button", name=f"Down {before[0]}")
    tab_to(page, down)
    follow(page)
    expect(page.get_by_text("Moved. Readers of a running edition")).to_be_visible()
    assert order(page) == [before[1], before[0], *before[2:]]
    again = page.get_by_role("button", name=f"Down {before[0]}")
    expect(again).to_be_focused()
    follow(page)
    expect(again).to_be_focused()
    assert order(page) == [before[1], before[2], before[0], before[3]]
    tab_to(page, page.get_by_role("button", name="Undo"))
    follow(page)
    expect(page.get_by_text("Undone.")).to_be_visible()
    assert order(page) == [before[1], before[0], *before[2:]]
    arrange = page.get_by_role("link", name=f"Arrange {before[0]}")
    tab_to(page, arrange)
    follow(page)
    select = page.get_by_label("Move to the end of")
    tab_to(page, select)
    page.keyboard.press("ArrowDown")
    target = select.evaluate("select => select.selectedOptions[0].textContent")
    tab_to(page, steps.button(page, "Move the unit"))
    follow(page)
    moved = page.get_by_role("region", name=target).get_by_role("link", name=before[0], exact=True)
    expect(moved).to_be_visible()
