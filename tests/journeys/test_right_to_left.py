"""In a language that runs from right to left the same pages turn round and still fit."""

from __future__ import annotations

import pytest

from tests.journeys.accessibility import TALL, faults, too_wide
from tests.journeys.crawl import Gallery, in_language, one_of_each, visit

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.mark.parametrize("who", ["", "participant", "finisher", "alumna", "coordinator"])
def test_pages_turn_round_and_fit(gallery: Gallery, who: str) -> None:
    page, found = gallery.browser(who).new_page(), []
    for one in one_of_each(gallery.pages(who)):
        visit(page, in_language(one, "x-rtl"))
        assert page.locator("html").get_attribute("dir") == "rtl", one.address
        for width in (320, 1280):
            page.set_viewport_size({"width": width, "height": TALL})
            found += [f"{one.address}: {fault}" for fault in too_wide(page, str(width))]
    page.close()
    assert found == []


def test_a_text_turned_round_is_sound(gallery: Gallery) -> None:
    text = next(one for one in gallery.pages("participant") if "/units/" in one.url)
    page = gallery.browser("participant").new_page()
    visit(page, in_language(text, "x-rtl"))
    found = faults(page, ((320, "light"), (1280, "dark")))
    page.close()
    assert found == []
