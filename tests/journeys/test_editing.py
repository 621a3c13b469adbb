"""Writing in the browser: saved as one types, by two at once, signed out meanwhile, without scripts, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from lms.kernel.db import db
from lms.kernel.unit_of_work import unit_of_work
from lms.people.models import Person, SignInSession
from lms.people.rules import Role
from tests.authoring.desks import published, worker
from tests.authoring.drafts import FIRST_PATH, begin, workspace
from tests.journeys.accessibility import EVERY, faults
from tests.journeys.steps import follow
from tests.journeys.test_hostile_texts import served
from tests.people.makers import signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
BODY = "## Beginning {#beginning}\n\nIn 2012 it began. [@S001 p. 3]\n\n## End {#end}\n\nIt ended. [@S001]"
SAVED = re.compile(r"^Saved at \d\d:\d\d\.")
Open = Callable[..., Page]


class Desk:
    """A draft, and browsers in which people write in it. What is read here is let go at once: a server works beside."""

    def __init__(self, app: Flask, chromium: Browser, home: str) -> None:
        self.app, self.chromium, self.home = app, chromium, home
        hanne = worker(app, Role.TRAINER)
        self.draft = begin(hanne)
        self.hanne, self.mateus = hanne.person.id, worker(app, Role.TRAINER).person.id
        self.url = f"{home}/courses/tiny/drafts/{self.draft.public_id}/units/first"
        self.contexts: list[BrowserContext] = []
        db.session.rollback()

    def page(self, who: int = 0, *, script: bool = True) -> Page:
        """The page of the first text, opened by somebody who is signed in."""
        context = self.chromium.new_context(java_script_enabled=script, locale="en-GB", base_url=self.home)
        self.contexts.append(context)
        self.sign_in(context, who or self.hanne)
        page = context.new_page()
        page.goto(self.url)
        return page

    def sign_in(self, context: BrowserContext, who: int) -> None:
        """With a session of its own."""
        with unit_of_work() as session:
            person = session.get_one(Person, who)
        cookie = signed_in_client(self.app, person).get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        db.session.rollback()
        assert cookie
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.home}])

    def text(self) -> str:
        """The file as it stands in the draft."""
        found = workspace(self.draft).files.texts[FIRST_PATH]
        db.session.rollback()
        return found


@pytest.fixture
def desk(sqlite_app: Flask, tmp_path: Path, chromium: Browser) -> Iterator[Desk]:
    published(tmp_path)
    with served(sqlite_app) as home:
        made = Desk(sqlite_app, chromium, home)
        yield made
        for context in made.contexts:
            context.close()


def body(page: Page) -> Locator:
    return page.get_by_label("Text", exact=True)


def told(page: Page) -> Locator:
    return page.get_by_role("status").first


def test_what_is_typed_is_saved_shown_checked_and_there_again(desk: Desk) -> None:
    page = desk.page()
    body(page).fill(BODY.replace("it began", "it began again"))
    expect(told(page)).to_have_text("Not saved yet.")
    expect(page.get_by_role("complementary").get_by_text("it began again")).to_be_visible()
    expect(told(page)).to_have_text(SAVED, timeout=8000)
    assert "it began again" in desk.text()
    page.get_by_label("Minutes it takes").fill("")
    page.keyboard.press("Control+s")
    mistake = page.get_by_role("link", name="Minutes it takes")
    expect(mistake).to_be_visible(timeout=8000)
    mistake.click()
    expect(page.get_by_label("Minutes it takes")).to_be_focused()
    page.keyboard.type("6")
    expect(page.get_by_text("Nothing to mend")).to_be_visible(timeout=8000)
    page.reload()
    expect(body(page)).to_have_value(BODY.replace("it began", "it began again"))
    expect(page.get_by_label("Minutes it takes")).to_have_value("6")


def test_two_trainers_write_at_once_and_nobody_loses_a_word(desk: Desk) -> None:
    hers, his = desk.page(), desk.page(desk.mateus)
    body(hers).fill(BODY)
    expect(told(hers)).to_have_text(SAVED, timeout=8000)
    his.reload()
    body(hers).fill(BODY.replace("it began", "hers began"))
    expect(told(hers)).to_have_text(SAVED, timeout=8000)
    body(his).fill(BODY.replace("It ended", "His ended"))
    expect(told(his)).to_contain_text("Both changes are kept.", timeout=8000)
    expect(body(his)).to_have_value(BODY.replace("it began", "hers began").replace("It ended", "His ended"))
    body(hers).fill(BODY.replace("it began", "hers began twice"))
    expect(told(hers)).to_contain_text("Both changes are kept.", timeout=8000)
    body(his).fill(BODY.replace("it began", "his began"))
    expect(told(his)).to_contain_text("Somebody else has changed the same place.", timeout=8000)
    follow(his.get_by_role("link", name="Look at both"))
    expect(his.get_by_role("heading", name="Two texts for one place")).to_be_visible()
    assert faults(his, EVERY) == []
    his.set_viewport_size({"width": 1280, "height": 900})
    his.get_by_label("Yours").check()
    follow(his.get_by_role("button", name="Put them together"))
    expect(body(his)).to_have_value(re.compile("his began"))
    assert "his began" in desk.text()


def test_who_is_signed_out_meanwhile_signs_in_elsewhere_and_goes_on(desk: Desk) -> None:
    page = desk.page()
    with unit_of_work() as session:
        for one in session.query(SignInSession).all():
            session.delete(one)
    db.session.rollback()
    body(page).fill("An hour of work. [@S001]")
    expect(told(page)).to_contain_text("You are signed out.", timeout=8000)
    expect(body(page)).to_have_value("An hour of work. [@S001]")
    desk.sign_in(page.context, desk.hanne)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(told(page)).to_have_text(SAVED, timeout=8000)
    assert "An hour of work." in desk.text()


def test_what_was_not_sent_stays_on_the_device_and_is_offered_again(desk: Desk) -> None:
    page = desk.page()
    page.context.set_offline(True)
    body(page).fill("Written on a train. [@S001]")
    expect(told(page)).to_contain_text("No connection.", timeout=8000)
    page.context.set_offline(False)
    expect(told(page)).to_have_text(SAVED, timeout=20000)
    page.context.set_offline(True)
    body(page).fill("And then the battery. [@S001]")
    expect(told(page)).to_contain_text("No connection.", timeout=8000)
    page.close()
    context = desk.contexts[-1]
    context.set_offline(False)
    again = context.new_page()
    again.goto(desk.url)
    expect(again.get_by_text("was never saved")).to_be_visible()
    again.get_by_role("button", name="Take it over").click()
    expect(body(again)).to_have_value("And then the battery. [@S001]")
    expect(told(again)).to_have_text(SAVED, timeout=8000)
    assert "And then the battery." in desk.text()


def test_without_scripts_everything_is_a_button(desk: Desk) -> None:
    page = desk.page(script=False)
    follow(page.get_by_role("button", name="Add: Key point"))
    page.get_by_label("Key point 2").fill("Another point.")
    body(page).fill("A plain text. [@S001]")
    follow(page.get_by_role("button", name="Save and show"))
    expect(page.get_by_role("complementary").get_by_text("A plain text.")).to_be_visible()

    follow(page.get_by_role("button", name="Move up Key point 2"))
    expect(page.get_by_label("Key point 1")).to_have_value("Another point.")
    assert "key_points:\n- Another point.\n- A point.\n" in desk.text()


def test_a_text_is_marked_up_and_cited_by_keyboard_alone(desk: Desk) -> None:
    page = desk.page()
    body(page).fill("A state acts")
    body(page).focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("toolbar", name="Write with these: Text").get_by_role("button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value("**A state acts**")
    page.keyboard.press("End")
    page.keyboard.press("Shift+Tab")
    for _step in range(6):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.type("first source")
    expect(page.get_by_role("button", name="The first source")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(body(page)).to_have_value("**A state acts**[@S001]")
    expect(body(page)).to_be_focused()
    page.keyboard.press("Control+z")
    expect(body(page)).to_have_value("**A state acts**")


def test_every_page_of_writing_is_sound_at_every_width_in_both_themes(desk: Desk) -> None:
    page = desk.page()
    body(page).fill(BODY.replace("2012", "1948 [[nobody]]"))
    expect(told(page)).to_have_text(SAVED, timeout=8000)
    unit, draft = desk.url, desk.url.partition("/units")[0]
    pages = (unit, f"{unit}?text=es", f"{draft}/units/asked", f"{unit}/history", f"{unit}/history/0",
             f"{draft}/try/first", f"{draft}/try/asked", f"{draft}/checks", f"{draft}/lookup?q=source")  # fmt: skip
    found = []
    for address in pages:
        page.goto(address)
        found += [f"{address}: {fault}" for fault in faults(page, EVERY)]

    assert sorted({fault.rpartition("/")[2] for fault in found}) == []


def test_headings_in_a_script_without_latin_letters_have_addresses_of_their_own(desk: Desk) -> None:
    page = desk.page()
    text = page.locator("[name=body]")
    text.fill("مقدمة\nخاتمة\n\nKonec")
    text.press("Control+A")
    page.get_by_role("toolbar", name="Write with these: Text").get_by_role("button", name="Heading").click()
    anchors = re.findall(r"\{#([^}]+)\}", text.input_value())
    assert "part" in anchors
    assert len(anchors) == len(set(anchors)) > 2
