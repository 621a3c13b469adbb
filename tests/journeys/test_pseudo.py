"""In the made-up language that marks every text, nothing of the interface is left unmarked, and the pages still fit."""

from __future__ import annotations

import pytest

from tests.journeys.accessibility import TALL, too_wide
from tests.journeys.crawl import PEOPLE, Gallery, in_language, one_of_each, visit
from tests.journeys.words import untranslated

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.mark.parametrize("who", PEOPLE)
def test_every_word_of_the_interface_can_be_translated(gallery: Gallery, who: str) -> None:
    page, unmarked, wide = gallery.browser(who).new_page(), [], []
    page.set_viewport_size({"width": 320, "height": TALL})
    for one in one_of_each(gallery.pages(who)):
        visit(page, in_language(one, "x-long"))
        unmarked += [f"{one.address}: {words}" for words in untranslated(page)]
        wide += [f"{one.address}: {fault}" for fault in too_wide(page, "320")]
    page.close()
    assert unmarked == []
    assert wide == []
