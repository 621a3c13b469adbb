"""The search for unmarked words finds them where they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.journeys.words import untranslated

pytestmark = pytest.mark.browser
PAGE = """<html lang="en"><title>Plain title</title><body>
<p>⟦Müséüm <a href="/x">åñd</a> måp⟧ left over</p><p>⟦Øñ 3 December 2026⟧</p><p>3 December 2026, 18:00 (UTC+1)</p>
<bdi>Somebody</bdi><p>Neema Mfano</p><p>Kenya</p><button aria-label="Heard only">⟦Gø⟧</button>
<div class="prose"><p>Course text</p></div></body></html>"""


def test_what_is_neither_marked_nor_data_is_found_and_nothing_else(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content(PAGE)
    found = untranslated(page)
    page.close()
    assert found == ["'Heard only' in button[aria-label]", "'Plain title' in title", "'left over' in p"]
