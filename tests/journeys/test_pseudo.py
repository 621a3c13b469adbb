"""In the made-up language that marks every text, nothing of the interface is left unmarked, and the pages still fit."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.accessibility import TALL, too_wide
from tests.journeys.crawl import PEOPLE, crawl, samples, signed_in
from tests.journeys.running import Running
from tests.journeys.words import untranslated

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.mark.parametrize("who", PEOPLE)
def test_every_word_of_the_interface_can_be_translated(chromium: Browser, house: Running, who: str) -> None:
    context = signed_in(chromium, house, who)
    page, found, wide = context.new_page(), set(), []
    page.set_viewport_size({"width": 320, "height": TALL})
    for one in samples(crawl(context, house, who)):
        page.goto(one.url + ("&" if "?" in one.url else "?") + "lang=x-long")
        found |= {f"{one.address}: {words}" for words in untranslated(page)}
        wide += [f"{one.address}: {fault}" for fault in too_wide(page, "320")]
    context.close()
    assert sorted(found) == []
    assert wide == []
