"""Writing instead of a hard text, and scoring cases: with scripts, without, and when the session ends meanwhile."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys import steps
from tests.journeys.accessibility import EVERY, TALL, faults, too_wide
from tests.journeys.questions import COURSE
from tests.journeys.running import Running
from tests.journeys.words import untranslated

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
# Each test has somebody of its own: three who have read nothing, three who have finished and write again.
WRITES, WRITES_PLAINLY, EXPIRED = "selam", "participant", "tomas"
SCORES, SCORES_PLAINLY, SCORES_BACK = "urs", "dara", "adwoa"
OFFER = "If you would rather not read this now, you can write instead."
KENYA, OWN = "Kenya, 2007 to 2013", "A case of your own region"
MODULE = "Case studies: Kenya, Argentina, Rwanda"
MINE = "Our constitution promises it.\n\nTo everybody who lives here."
Arrive = Callable[..., Page]


@lru_cache(maxsize=1)
def _text() -> tuple[dict[str, Any], str]:
    """The first text of the course: its fields, and a heading that stands in it."""
    head = yaml.safe_load((COURSE / "course.yaml").read_text("utf-8"))
    folder = COURSE / "modules" / head["modules"][0]["module"]
    first = yaml.safe_load((folder / "module.yaml").read_text("utf-8"))["units"][0]
    source = (folder / f"{first}.md").read_text("utf-8")
    heading = re.search(r"^## (.+?) \{#", source, re.M)
    assert heading
    return next(yaml.safe_load_all(source.removeprefix("---\n").split("\n---\n")[0])), heading[1]


@pytest.fixture
def arrive(chromium: Browser, house: Running) -> Iterator[Arrive]:
    """`arrive(key)`: somebody, signed in, in a browser of their own."""
    opened: list[BrowserContext] = []

    def begin(who: str, *, script: bool = True) -> Page:
        context = chromium.new_context(base_url=f"{house.url}/", java_script_enabled=script, locale="en-GB")
        opened.append(context)
        page = context.new_page()
        steps.sign_in(page, who)
        steps.read_in_english(page)
        return page

    yield begin
    for context in opened:
        context.close()


def _offered(page: Page) -> None:
    """From home to the page for writing instead, by the note before the first text."""
    steps.follow(steps.link(page, "Begin reading"))
    expect(page.get_by_text(OFFER)).to_be_visible()
    steps.follow(steps.link(page, "Write instead"))
    fields, heading = _text()
    expect(page.get_by_text(fields["written_alternative"])).to_be_visible()
    expect(page.get_by_text(heading)).to_have_count(0)


@pytest.mark.parametrize(("who", "script"), [(WRITES, True), (WRITES_PLAINLY, False)], ids=["scripts", "none"])
def test_somebody_writes_instead_takes_it_back_and_reads_later(arrive: Arrive, who: str, script: bool) -> None:
    page = arrive(who, script=script)
    _offered(page)
    points = page.get_by_role("main").get_by_role("group").get_by_role("listitem")
    expect(points.first).to_be_hidden()
    page.get_by_text("Key points of the text").click()
    expect(points.first).to_be_visible()
    box, keep = page.get_by_label("Your text"), steps.button(page, "Keep my text")
    box.fill(MINE)
    steps.follow(keep)
    expect(page.get_by_text(steps.DONE)).to_be_visible()
    expect(page.get_by_text("Only you can read it.")).to_be_visible()
    expect(box).to_have_value(MINE)
    steps.follow(steps.button(page, "Undo"))
    expect(page.get_by_text(steps.DONE)).to_have_count(0)
    expect(box).to_have_value(MINE)
    steps.follow(keep)
    expect(page.get_by_text(steps.DONE)).to_be_visible()
    steps.follow(steps.link(page, "Read the text"))
    expect(page.get_by_role("heading", name=_text()[1])).to_be_visible()
    expect(page.get_by_text(steps.DONE)).to_be_visible()
    expect(page.get_by_text(OFFER)).to_have_count(0)
    steps.follow(steps.link(page, "Read or change what you wrote"))
    expect(box).to_have_value(MINE)
    steps.follow(steps.link(page, re.compile("^Continue: ")))
    expect(page.get_by_role("heading", level=1)).not_to_have_text(_text()[0]["title"]["en"])


def test_an_emptied_box_is_refused_on_the_page_for_writing(arrive: Arrive) -> None:
    page = arrive(EXPIRED)
    _offered(page)
    page.get_by_label("Your text").fill("  \n ")
    steps.follow(steps.button(page, "Keep my text"))
    expect(page.get_by_role("alert")).to_contain_text("There is no text yet.")
    expect(page.get_by_text(_text()[1])).to_have_count(0)
    expect(page.get_by_text(steps.DONE)).to_have_count(0)


def test_what_was_typed_when_the_session_ended_is_sent_again_after_signing_in(arrive: Arrive) -> None:
    page = arrive(EXPIRED)
    _offered(page)
    page.get_by_label("Your text").fill(MINE)
    elsewhere = arrive(EXPIRED)
    steps.follow(elsewhere.get_by_role("navigation", name="Main").get_by_role("link", name="Your account"))
    steps.follow(steps.button(elsewhere, "End all others"))
    expect(elsewhere.get_by_text("This device")).to_be_visible()
    steps.follow(steps.button(page, "Keep my text"))
    expect(page.get_by_role("heading", name="What you wrote is not lost")).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value(MINE)
    assert faults(page, EVERY) == []
    with page.context.expect_page() as opened:
        steps.link(page, "Sign in, in another tab").click()
    steps.enter(opened.value, EXPIRED)
    steps.follow(steps.button(page, "Send it again"))
    # What was drawn before signing in carries an old token; the second time it is a new one.
    expect(page.get_by_label("Your text")).to_have_value(MINE)
    steps.follow(steps.button(page, "Send it again"))
    expect(page.get_by_text(steps.DONE)).to_be_visible()
    expect(page.get_by_label("Your text")).to_have_value(MINE)


def _cases(page: Page) -> None:
    page.goto("")
    steps.follow(steps.link(page, MODULE).first)
    steps.follow(steps.link(page, "Score the cases").first)
    expect(page.get_by_role("heading", name="Score and write for yourself")).to_be_visible()


@pytest.mark.parametrize(("who", "script"), [(SCORES, True), (SCORES_PLAINLY, False)], ids=["scripts", "none"])
def test_somebody_scores_two_cases_and_finds_them_filled_in(arrive: Arrive, who: str, script: bool) -> None:
    page = arrive(who, script=script)
    _cases(page)
    expect(page.get_by_role("radio")).to_have_count(48)
    kenya, own = (page.get_by_role("group", name=name, exact=True) for name in (KENYA, OWN))
    coordination = kenya.get_by_role("group", name="Coordination")
    # By keyboard: into the group with Tab, along it with the arrows.
    coordination.get_by_label("0: not at all").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(coordination.get_by_label("2: in good part")).to_be_checked()
    kenya.get_by_role("group", name="National welcome").get_by_label("3: fully").check()
    own.get_by_role("group", name="Funding").get_by_label("0: not at all").check()
    own.get_by_label(f"Your reasons: {OWN}").fill("Nobody had put money aside.")
    page.get_by_label("Your text", exact=True).fill(MINE)
    steps.follow(steps.button(page, "Keep my scores and my text"))
    expect(page.get_by_text("Only you can read it.")).to_be_visible()
    page.reload()
    checked = page.locator("input:checked")
    expect(checked).to_have_count(3)
    expect(coordination.get_by_label("2: in good part")).to_be_checked()
    expect(own.get_by_label(f"Your reasons: {OWN}")).to_have_value("Nobody had put money aside.")
    expect(page.get_by_label("Your text", exact=True)).to_have_value(MINE)
    steps.follow(kenya.get_by_role("link", name="Read this case"))
    expect(page.get_by_role("heading", level=1)).to_have_text(KENYA)


def test_going_back_and_scoring_otherwise_shows_both_and_keeps_the_first(arrive: Arrive) -> None:
    page = arrive(SCORES_BACK, script=False)
    _cases(page)
    funding = page.get_by_role("group", name=KENYA, exact=True).get_by_role("group", name="Funding")
    funding.get_by_label("1: a little").check()
    with page.context.expect_page() as opened:
        steps.button(page, "Keep my scores and my text").click(modifiers=["Control"])
    expect(opened.value.get_by_text("Only you can read it.")).to_be_visible()
    funding.get_by_label("3: fully").check()
    with page.expect_navigation() as answered:
        steps.button(page, "Keep my scores and my text").click()
    assert answered.value.status == 409
    row = page.get_by_role("row").filter(has_text=f"{KENYA}: Funding")
    expect(row.get_by_role("cell")).to_have_text(["1: a little", "3: fully"])
    steps.follow(steps.link(page, "Open the page as it is saved"))
    expect(funding.get_by_label("1: a little")).to_be_checked()


def _instead(page: Page) -> str:
    """The address of the page for writing instead of the first text."""
    steps.follow(steps.link(page, re.compile("Begin reading|Continue")).first)
    return re.sub(r"/units/.*", f"/units/{_text()[0]['key']}/instead", page.url)


def test_both_pages_are_sound_at_every_width_in_both_themes(arrive: Arrive) -> None:
    page = arrive(EXPIRED)
    page.goto(_instead(page))
    page.get_by_text("Key points of the text").click()
    assert faults(page, EVERY) == []
    scoring = arrive(SCORES)
    _cases(scoring)
    assert faults(scoring, EVERY) == []


def test_both_pages_can_be_translated_turn_round_and_fit(arrive: Arrive) -> None:
    page = arrive(EXPIRED)
    instead = _instead(page)
    scoring = arrive(SCORES)
    _cases(scoring)
    found = []
    for one, address in ((page, instead), (scoring, scoring.url.split("#")[0])):
        one.set_viewport_size({"width": 320, "height": TALL})
        for code in ("x-long", "x-rtl"):
            one.goto(f"{address}?lang={code}")
            found += [f"{code}: {fault}" for fault in (*untranslated(one), *too_wide(one, "320"))]
    assert found == []
