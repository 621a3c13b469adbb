"""Nothing axe-core finds, nothing that sticks out and nothing the browser complains of, on any page anybody reaches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessibility import EVERY, TWO, faults
from tests.journeys.crawl import PEOPLE, Gallery, listen, opened, visit
from tests.journeys.places import PLACES

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.fixture(scope="module")
def rooms(chromium: Browser, new_home: Callable[[], Path]) -> Iterator[Gallery]:
    """A house of their own for those who begin drafts and send forms on their way to a page."""
    with opened(chromium, new_home()) as shared:
        yield shared


@pytest.mark.parametrize("place", PLACES)
def test_what_matters_most_is_sound_at_every_width_in_both_themes(rooms: Gallery, place: str) -> None:
    who, go = PLACES[place]
    page = rooms.browser(who).new_page()
    go(page)
    found = faults(page, EVERY)
    page.close()
    assert found == []


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_sound_wide_and_light_and_narrow_and_dark(gallery: Gallery, who: str) -> None:
    page, found = gallery.browser(who).new_page(), []
    heard = listen(page, gallery.house)
    for one in gallery.inspected(who):
        visit(page, one.url)
        unsound = faults(page, TWO)  # and what is heard meanwhile is this page's as well
        found += [f"{one.address}: {fault}" for fault in (*heard, *unsound)]
        heard.clear()
    page.close()
    assert found == []
