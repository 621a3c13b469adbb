"""The same way inside somebody else's application, under a prefix; letters and every address carry it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.questions import units
from tests.journeys.running import Running, free_port

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
PREFIX = "/seminar"  # as in host_app, which only a server can import


@pytest.fixture
def mounted(new_home: Callable[[], Path]) -> Iterator[Running]:
    running = Running(new_home(), free_port(), path=PREFIX)
    try:
        running.serve("tests.journeys.host_app", worker=True)
        yield running
    finally:
        running.stop()


def test_a_newcomer_comes_to_the_record_under_a_prefix(mounted: Running, chromium: Browser) -> None:
    theirs = chromium.new_context(base_url=f"{mounted.url}/", locale="en-GB").new_page()
    office = chromium.new_context(base_url=f"{mounted.url}/", locale="en-GB").new_page()
    outside: list[str] = []
    for page in (theirs, office):
        page.on("request", lambda asked: None if asked.url.startswith(f"{mounted.url}/") else outside.append(asked.url))
    try:
        steps.sign_in(office, "coordinator")
        _invite_again(office)
        steps.accept_the_invitation(theirs, f"{mounted.url}/invitation/")
        assert len(steps.read_everything(theirs, script=True)) == units()
        steps.conditions(theirs, met=2)
        title = steps.close_the_edition(office, steps.NEWCOMER)
        steps.see_the_record(theirs, title, steps.NEWCOMER)
        assert outside == []
        theirs.goto(mounted.url.removesuffix(PREFIX))
        expect(theirs.get_by_role("heading", name="The host’s own page")).to_be_visible()
    finally:
        theirs.context.close()
        office.context.close()


def _invite_again(page: Page) -> None:
    """The newcomer, who has not signed in; back when the letter has been written."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "have not signed in"))
    steps.follow(steps.link(page, "Juma Sampuli"))
    steps.follow(steps.button(page, "Send the invitation again"))
    expect(page.get_by_role("status").filter(has_text="The invitation is on its way.")).to_be_visible()
