"""In a language that runs from right to left the same pages turn round and still fit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.journeys.accessibility import TALL, faults, too_wide
from tests.journeys.crawl import PEOPLE, crawl, samples, signed_in
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
READERS = ("", "participant", "finisher", "alumna", "coordinator")


@pytest.fixture(scope="module")
def browsers(chromium: Browser, house: Running) -> Iterator[dict[str, BrowserContext]]:
    assert set(READERS) <= set(PEOPLE)
    opened = {who: signed_in(chromium, house, who) for who in READERS}
    yield opened
    for context in opened.values():
        context.close()


@pytest.mark.parametrize("who", READERS)
def test_pages_turn_round_and_fit(browsers: dict[str, BrowserContext], house: Running, who: str) -> None:
    page, found = browsers[who].new_page(), []
    for one in samples(crawl(browsers[who], house, who), most=1):
        page.goto(one.url + ("&" if "?" in one.url else "?") + "lang=x-rtl")
        assert page.locator("html").get_attribute("dir") == "rtl", one.address
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": TALL})
            found += [f"{one.address}: {fault}" for fault in too_wide(page, str(width))]
    page.close()
    assert found == []


def test_the_unit_turned_round_is_sound(browsers: dict[str, BrowserContext], house: Running) -> None:
    page = browsers["finisher"].new_page()
    units = [one.url for one in samples(crawl(browsers["finisher"], house, "finisher")) if "/units/" in one.url]
    page.goto(f"{units[0]}?lang=x-rtl")
    assert faults(page, ((320, "light"), (1280, "dark"))) == []
    page.close()
