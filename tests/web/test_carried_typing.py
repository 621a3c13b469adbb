"""What is carried into another language is in the tab's storage only for as long as the page is on its way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lms.web.security import content_policy
from tests import browser

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).parents[2] / "lms" / "web" / "static_src" / "languages.js"
HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Writing</title>
<script src="/languages.js" defer></script>
<form method="post" action="/reflection"><label>Your text <textarea name="text"></textarea></label></form>
<form method="post" action="/sign-out"><button>Sign out</button></form>
<form method="post" action="/language" data-langs data-kept="Still here.">
<input type="hidden" name="back" value="/">
<input type="hidden" name="anchor" value=""><button>Español</button></form>"""
MINUTE = 60_000


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser.launched() as launched:
        yield launched


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page whose forms are sent and never answered with another page."""
    page = chromium.new_page(base_url="http://seminar.test")
    page.clock.install()
    headers = {"Content-Security-Policy": content_policy()}
    page.route("**/*", lambda route: route.fulfill(body=HTML, content_type="text/html", headers=headers))
    page.route("**/languages.js", lambda route: route.fulfill(path=SCRIPT, content_type="text/javascript"))
    for path in ("language", "sign-out"):
        page.route(f"**/{path}", lambda route: route.fulfill(status=204))
    page.goto("/")
    page.get_by_label("Your text").fill("For me alone.")
    press(page, "Español", "language")
    assert "For me alone." in stored(page)
    yield page
    page.close()


def press(page: Page, button: str, path: str) -> None:
    with page.expect_request(f"**/{path}"):
        page.get_by_role("button", name=button).click()


def stored(page: Page) -> str:
    found: str = page.evaluate("JSON.stringify(Object.values(sessionStorage))")
    return found


def test_it_is_forgotten_after_five_minutes_when_the_page_does_not_come(page: Page) -> None:
    page.clock.run_for(4 * MINUTE)
    assert "For me alone." in stored(page)
    page.clock.run_for(MINUTE + 1_000)
    assert stored(page) == "[]"
    assert page.get_by_label("Your text").input_value() == "For me alone."


def test_it_is_forgotten_by_signing_out(page: Page) -> None:
    press(page, "Sign out", "sign-out")
    assert stored(page) == "[]"


def test_it_is_taken_out_by_the_page_that_comes(page: Page) -> None:
    page.goto("/")
    assert stored(page) == "[]"
    assert page.get_by_label("Your text").input_value() == "For me alone."
