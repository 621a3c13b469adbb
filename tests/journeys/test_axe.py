"""Nothing axe-core finds, and nothing that sticks out, on any page anybody reaches."""

from __future__ import annotations

import pytest

from tests.journeys.accessibility import EVERY, TWO, faults
from tests.journeys.crawl import PEOPLE, Gallery, one_of_each, shape
from tests.journeys.places import PLACES

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]


@pytest.mark.parametrize("place", PLACES)
def test_what_matters_most_is_sound_at_every_width_in_both_themes(gallery: Gallery, place: str) -> None:
    who, go = PLACES[place]
    page = gallery.browser(who).new_page()
    go(page)
    found = faults(page, EVERY)
    page.close()
    assert found == []


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_is_sound_wide_and_light_and_narrow_and_dark(gallery: Gallery, who: str) -> None:
    earlier = {shape(one.url) for other in PEOPLE[: PEOPLE.index(who)] for one in gallery.pages(other)}
    page, found = gallery.browser(who).new_page(), []
    for one in one_of_each(gallery.pages(who)):
        # Texts and questions differ from person to person; for other pages one person who sees them is enough.
        if shape(one.url) not in earlier or "/learn/" in one.url:
            page.goto(one.url)
            found += [f"{one.address}: {fault}" for fault in faults(page, TWO)]
    page.close()
    assert found == []
