"""Another language in a real browser: the place is kept, what was typed is carried, an open try goes on; and without
scripts the same page comes back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.running import Running, free_port

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
TALL = 700


@pytest.fixture(scope="module")
def spoken(new_home: Callable[[], Path]) -> Iterator[Running]:
    """The demonstration, in English, Spanish and French."""
    running = Running(new_home(), free_port())
    try:
        running.serve("tests.journeys.many_languages")
        yield running
    finally:
        running.stop()


@pytest.fixture
def page(spoken: Running, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"{spoken.url}/", locale="en-GB", viewport={"width": 1280, "height": TALL})
    opened = context.new_page()
    steps.sign_in(opened, "sofia")  # who has read half of it, in Spanish
    yield opened
    choose(opened, "Español")
    context.close()


def choose(page: Page, language: str, at: str = "footer") -> None:
    """Press the button of a language, unless it is the page's own already."""
    button = page.locator(f"{at} form.langs").get_by_role("button", name=language)
    if button.count():
        steps.follow(button)
    assert page.locator("footer form.langs b").inner_text() == language


def open_unit(page: Page, number: int, module: int = 0) -> str:
    """A unit of a module by its place; its address."""
    page.goto("")
    steps.follow(page.locator("ol.modlist h3 a").nth(module))
    steps.follow(page.locator("ol.modlist h3 a").nth(number))
    return page.url


def open_questions(page: Page) -> None:
    """In English, under way: begun, or tried again, or as they were left."""
    open_unit(page, -1)
    choose(page, "English")
    for name in ("Try again", "Begin"):
        if steps.button(page, name).count():
            steps.follow(steps.button(page, name))


def spoken_now(page: Page) -> str | None:
    return page.locator("html").get_attribute("lang")


def test_the_section_that_is_read_stays_where_it_is_on_the_screen(page: Page) -> None:
    address = open_unit(page, 0)
    choose(page, "English")
    heading = page.locator(".prose h2").nth(2)
    anchor = heading.get_attribute("id")
    heading.evaluate("one => scrollTo(0, one.getBoundingClientRect().top + scrollY - 60)")
    before = heading.bounding_box()
    for language, code in (("Français", "fr"), ("Español", "es"), ("English", "en")):
        choose(page, language, "aside")
        assert spoken_now(page) == code
        assert page.url == f"{address}#{anchor}"
        expect(page.locator(f"h2#{anchor}")).to_be_in_viewport()
        now = page.locator(f"h2#{anchor}").bounding_box()
        assert before
        assert now
        assert abs(now["y"] - before["y"]) < 3, language


def test_at_the_top_of_a_page_nothing_is_added_to_its_address(page: Page) -> None:
    address = open_unit(page, 0)
    choose(page, "English", "aside")
    assert page.url == address
    assert page.evaluate("scrollY") == 0


def test_an_answer_chosen_and_one_being_typed_are_there_in_the_other_language(page: Page) -> None:
    open_questions(page)
    option = page.locator(".q").first.locator("input").last
    option.check()
    expect(page.locator(".q").first.locator("[data-receipt]")).to_have_text(steps.SAVED)
    tried = page.locator("form[data-save]").get_attribute("action")
    value = option.get_attribute("value")
    assert tried
    choose(page, "Español")
    form = page.locator("form[data-save]")
    assert (form.get_attribute("action") or "").split("?")[0] == tried.split("?")[0]
    expect(page.locator(f'.q input[value="{value}"]')).to_be_checked()


def test_an_answer_that_could_not_be_saved_yet_is_saved_in_the_other_language(page: Page) -> None:
    open_questions(page)
    page.route(re.compile(r"/answers\?"), lambda route: route.abort())
    option = page.locator(".q").first.locator("input").first
    option.check()
    expect(page.locator(".q").first.locator("[data-receipt]")).to_have_attribute("data-state", "waiting")
    value = option.get_attribute("value")
    page.unroute_all()
    choose(page, "Français")
    again = page.locator(f'.q input[value="{value}"]')
    expect(again).to_be_checked()
    expect(page.locator(".q").first.locator("[data-receipt]")).to_have_attribute("data-state", "saved")
    page.reload()
    expect(page.locator(f'.q input[value="{value}"]')).to_be_checked()


def test_what_was_typed_and_not_kept_is_carried_and_says_that_it_is_not_saved(page: Page) -> None:
    page.goto("account/name")
    choose(page, "English")
    field = page.get_by_label("How we should address you")
    field.fill("Consejera Ejemplo")
    choose(page, "Français")
    expect(page.get_by_role("status").filter(has_text="What you had typed is still here.")).to_be_visible()
    expect(page.locator("[name=called]")).to_have_value("Consejera Ejemplo")
    assert page.evaluate("Object.keys(sessionStorage)") == []
    page.reload()
    expect(page.locator("[name=called]")).to_have_value("")


def test_a_choice_from_a_list_is_carried_by_what_it_is_and_not_by_its_place(page: Page) -> None:
    page.goto("account/ministry")
    choose(page, "English")
    page.locator("[name=state]").select_option("CH")
    choose(page, "Español")
    expect(page.locator("[name=state]")).to_have_value("CH")


def test_what_a_refused_form_held_is_carried_too_and_a_password_never(page: Page) -> None:
    page.goto("account/password")
    choose(page, "English")
    page.get_by_label("Present password").fill("not the right one")
    page.get_by_label("New password").fill("neither is this one")
    choose(page, "Français")
    assert page.locator("[type=password]").evaluate_all("all => all.map(one => one.value)") == ["", ""]
    page.goto("account/name")
    page.locator("[name=full]").fill("1234")
    page.locator("[name=called]").fill("Consejera Ejemplo")
    steps.follow(page.locator("main form [type=submit]"))
    expect(page.get_by_role("alert")).to_be_visible()
    choose(page, "English")
    expect(page.locator("[name=called]")).to_have_value("Consejera Ejemplo")
    expect(page.get_by_role("alert")).to_have_count(0)


def test_without_scripts_the_same_page_comes_back_with_its_query(spoken: Running, chromium: Browser) -> None:
    context = chromium.new_context(base_url=f"{spoken.url}/", locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto("help?page=2")
    choose(page, "Français")
    assert page.url == f"{spoken.url}/help?page=2"
    assert spoken_now(page) == "fr"
    steps_page = "sign-in?next=/account"
    page.goto(steps_page)
    choose(page, "Español")
    assert page.url.endswith("/sign-in?next=%2Faccount")
    context.close()


def test_a_translation_beside_its_original_is_confirmed_in_the_browser(spoken: Running, chromium: Browser) -> None:
    context = chromium.new_context(base_url=f"{spoken.url}/", locale="en-GB")
    page = context.new_page()
    steps.sign_in(page, "reviewer")
    choose(page, "English")
    steps.follow(page.get_by_role("banner").get_by_role("link", name="Courses"))
    steps.follow(page.get_by_role("main").get_by_role("link").first)
    waiting = page.get_by_role("main").get_by_role("link", name="Awaiting a native reader")
    number = waiting.count()
    assert number
    steps.follow(waiting.first)
    page.get_by_role("checkbox", name=re.compile("^I grew up with")).check()
    steps.follow(steps.button(page, "Confirm this translation"))
    expect(page.get_by_role("status").filter(has_text="The translation is confirmed.")).to_be_visible()
    steps.follow(page.locator("nav.crumbs a").last)
    expect(waiting).to_have_count(number - 1)
    expect(page.get_by_text("Lucía Ejemplo,")).to_be_visible()
    context.close()
