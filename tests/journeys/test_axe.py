"""Nothing axe-core finds, and nothing that sticks out, on any page anybody reaches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.journeys.accessibility import EVERY, TWO, faults
from tests.journeys.crawl import PEOPLE, crawl, samples, shape, signed_in
from tests.journeys.places import PLACES
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
_looked_at: set[str] = set()


@pytest.fixture(scope="module")
def browsers(chromium: Browser, house: Running) -> Iterator[dict[str, BrowserContext]]:
    opened = {who: signed_in(chromium, house, who) for who in PEOPLE}
    yield opened
    for context in opened.values():
        context.close()


@pytest.mark.parametrize("place", PLACES)
def test_what_matters_most_is_sound_at_every_width_in_both_themes(
    browsers: dict[str, BrowserContext], place: str
) -> None:
    who, go = PLACES[place]
    page = browsers[who].new_page()
    go(page)
    found = faults(page, EVERY)
    page.close()
    assert found == []


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_sound_wide_and_light_and_narrow_and_dark(
    browsers: dict[str, BrowserContext], house: Running, who: str
) -> None:
    page, found = browsers[who].new_page(), []
    for one in samples(crawl(browsers[who], house, who), most=1):
        if shape(one.url) in _looked_at and "learn" not in one.url:
            continue
        _looked_at.add(shape(one.url))
        page.goto(one.url)
        found += [f"{one.address}: {fault}" for fault in faults(page, TWO)]
    page.close()
    assert found == []
