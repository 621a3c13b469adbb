"""The common working language in a browser: found while typing as when sent, told to those who listen, proposed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.running import Running

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]

ASKED = (
    *("genocidio", "GÉNOCIDE", "proteger", "protéger", "Œ", "d'engagement", "communauté d’engagement", "ethnique", "ñ"),
    *(
        "UN short",
        "crimes   against",
        "2prevent",
        "№ 5",
        "naïve",
        "ß",
        "ı",
        "İ",
        "ﬁn",
        "zzz",
        "…",
        "قانون",
        "ক",
        "état",
    ),
    *("responsabilité de", "Ｎational", "e\u0301tat", "Straße", "Ελλάδα", "rendicion", "c", "the", "de la"),
)


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(house: Running, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"{house.url}/", locale="en-GB", java_script_enabled=request.param)
    opened = context.new_page()
    steps.sign_in(opened, "finisher")
    yield opened
    context.close()


@pytest.fixture
def scripted(house: Running, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"{house.url}/", locale="en-GB")
    opened = context.new_page()
    steps.sign_in(opened, "finisher")
    yield opened
    context.close()


def open_terms(page: Page) -> None:
    steps.home(page)
    steps.follow(steps.link(page, "Terms, and what they are called"))
    expect(page.get_by_role("heading", level=1)).to_have_text("A common working language")


def found(page: Page) -> list[str]:
    return page.get_by_role("main").get_by_role("heading", level=3).all_inner_texts()


def test_a_term_is_found_opened_and_left_again(page: Page) -> None:
    open_terms(page)
    page.get_by_role("searchbox").fill("responsabilidad de PROTEGER")
    with page.expect_event("load"):  # where scripts run, what is typed changes the address already, and no page comes
        page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("status").filter(has_text="Terms found: ")).to_have_text("Terms found: 1")
    assert found(page) == ["Responsibility to Protect"]
    steps.follow(steps.link(page, "Responsibility to Protect").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Responsibility to Protect")
    page.go_back()
    assert found(page) == ["Responsibility to Protect"]
    steps.follow(steps.link(page, "Show all terms"))
    assert len(found(page)) > 50


def test_what_is_typed_finds_the_same_as_what_is_sent(scripted: Page) -> None:
    open_terms(scripted)
    told = scripted.locator("[data-found]")
    for asked in ASKED:
        scripted.get_by_role("searchbox").fill(asked)
        scripted.wait_for_function(
            "asked => (new URL(location).searchParams.get('q') || '').trim() === asked.trim()", arg=asked
        )
        scripted.wait_for_timeout(350)
        typed, said = found(scripted), told.inner_text()
        scripted.reload()
        assert (found(scripted), told.inner_text()) == (typed, said), asked
        assert said == f"Terms found: {len(typed)}"


def test_typing_waits_tells_and_hides_letters_left_empty(scripted: Page) -> None:
    open_terms(scripted)
    letters = scripted.get_by_role("navigation", name="Letters").get_by_role("link")
    everything, every_letter = found(scripted), letters.count()
    status = scripted.locator("[data-found]")
    expect(status).to_have_attribute("role", "status")
    scripted.get_by_role("searchbox").press_sequentially("crimes against", delay=20)
    expect(status).to_have_text(re.compile(r"^Terms found: [1-9]$"))
    assert 0 < len(found(scripted)) < len(everything)
    assert 0 < letters.count() < every_letter
    scripted.get_by_role("searchbox").fill("zzz")
    expect(scripted.get_by_role("heading", name="No term is found")).to_be_visible()
    scripted.get_by_role("searchbox").fill("")
    expect(scripted.get_by_role("heading", name="No term is found")).to_be_hidden()
    expect(status).to_have_text("")
    assert found(scripted) == everything
    expect(scripted).not_to_have_url(re.compile("q="))


def test_letters_lead_to_their_terms_by_keyboard(scripted: Page) -> None:
    open_terms(scripted)
    letter = scripted.get_by_role("navigation", name="Letters").get_by_role("link", name="W")
    letter.focus()
    scripted.keyboard.press("Enter")
    expect(scripted.get_by_role("heading", name="W", exact=True)).to_be_in_viewport()


def test_a_text_leads_to_its_terms_and_back(page: Page) -> None:
    steps.home(page)
    steps.follow(steps.link(page, "The Responsibility to Protect and its three pillars").first)
    steps.follow(steps.link(page, "From “never again” to 2005").first)
    steps.follow(steps.link(page, "All terms of the course"))
    expect(page.get_by_role("heading", name=re.compile(r"^\d+ terms in the text you came from$"))).to_be_visible()
    steps.follow(steps.link(page, "From “never again” to 2005"))
    expect(page.get_by_role("heading", level=1)).to_have_text("From “never again” to 2005")


def test_a_word_is_proposed_answered_and_read(
    page: Page, house: Running, chromium: Browser, request: pytest.FixtureRequest
) -> None:
    # Its own for each run, as an answered one stays.
    word = "kutoadhibiwa" if request.node.callspec.params["page"] else "kutokuadhibiwa"
    open_terms(page)
    steps.follow(steps.link(page, "impunity").first)
    page.get_by_role("combobox", name="Language").select_option(label="Swahili")
    page.get_by_label("The word or words").fill(word)
    page.get_by_label("Remark").fill("So it is said in court.")
    steps.follow(steps.button(page, "Send the word"))
    expect(page.get_by_text("Waits for an answer")).to_be_visible()
    steps.follow(steps.button(page, "Take it back"))
    expect(page.get_by_text("Your word was taken back.")).to_be_visible()
    page.get_by_role("combobox", name="Language").select_option(label="Swahili")
    page.get_by_label("The word or words").fill(word)
    steps.follow(steps.button(page, "Send the word"))
    _decline(chromium, house, word)
    page.reload()
    expect(page.get_by_text("The law says it otherwise.").first).to_be_visible()


def _decline(chromium: Browser, house: Running, word: str) -> None:
    context = chromium.new_context(base_url=f"{house.url}/", locale="en-GB")
    office = context.new_page()
    steps.sign_in(office, "trainer")
    steps.proposed_words(office)
    entry = office.get_by_role("main").locator("li[data-item]").filter(has_text=word)
    entry.locator("summary", has_text=word).click()
    entry.get_by_label("Do not take it up").check()
    entry.get_by_label("Reason").fill("The law says it otherwise.")
    steps.follow(entry.get_by_role("button", name="Send the answer"))
    expect(office.get_by_text("Answered. One person reads it.")).to_be_visible()
    context.close()
