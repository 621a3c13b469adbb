"""Two trainers write a new case study, a reviewer remarks and signs, and it is published: whoever is on a running
edition goes on as before, and whoever comes to a new one reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from lms.kernel.models import Job
from lms.kernel.unit_of_work import reading
from lms.people.models import Person
from lms.people.rules import Role
from tests.authoring.desks import worker
from tests.journeys.steps import button, follow, link
from tests.journeys.test_hostile_texts import served
from tests.learning.makers import make_reader, publish
from tests.people.makers import signed_in_client

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]

TITLE = "The bridge at the border"
NOTE = "It tells of people who were kept from crossing."
TEXT = """## Account {#account}

In 1999 the bridge was closed for nine days. [@S001 p. 4]

The mayor wrote to both ministries. [@S001 p. 5]"""
LATER = TEXT.replace("to both ministries", "to both ministries and to the ombudsman")
# What the page calls each entry, and what Mateus writes in it: the label of a field within it, and the words.
ENTRIES = (
    ("Moment", (("When", "March 1999"), ("What happened", "The bridge was closed. [@S001 p. 4]"))),
    ("Moment", (("When", "Nine days later"), ("What happened", "It was opened. [@S001 p. 4]"))),
    ("Actor", (("Name", "The mayor"), ("Role", "She could write and be heard."))),
    ("Decision", (("When", "The third day"), ("Situation", "Nobody answers."), ("Question", "Whom do you call?"))),
    ("Factor", (("Factor", "Coordination"), ("Question", "Did they know of each other?"))),
    ("Factor", (("Factor", "Persistence"), ("Question", "Did they ask again?"))),
)


KINDS = ("Historical accuracy", "Sensitivity")


@contextmanager
def signed_in(chromium: Browser, app: Flask, home: str, person_id: int) -> Iterator[Page]:
    """Somebody's own Chromium."""
    with reading() as session:
        person = session.get_one(Person, person_id)
    cookie = signed_in_client(app, person).get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    context = chromium.new_context(locale="en-GB")
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": home}])
    page = context.new_page()
    page.goto(home)
    yield page
    context.close()


def test_a_case_study_comes_to_new_readers_and_leaves_those_on_the_way_alone(
    chromium: Browser, sqlite_app: Flask, tmp_path: Path
) -> None:
    app = sqlite_app
    publish(tmp_path)
    on_the_way = make_reader(app)
    on_the_way.read()
    on_the_way.pass_quiz()
    hanne, mateus = worker(app, Role.TRAINER).person.id, worker(app, Role.TRAINER).person.id
    ines = worker(app, Role.REVIEWER).person.id
    with served(app) as home, ExitStack() as stack:
        hers, his, reviewer = (
            stack.enter_context(signed_in(chromium, app, home, one)) for one in (hanne, mateus, ines)
        )
        begin(hers)
        add_the_unit(hers)
        write_the_account(hers)
        his.goto(hers.url)
        fill_the_entries(his)
        send_to_review(hers)
        assert letters() == ["authoring/review-awaited"]
        remark_and_sign(reviewer, hers.url)
        answer_the_remark(hers)
        sign_again(reviewer)
        publish_it(hers)
        before = stack.enter_context(signed_in(chromium, app, home, on_the_way.person_id))
        sees_nothing_new(before, home, on_the_way.edition)
        newcomer = make_reader(app)
        newcomer.read()
        newcomer.pass_quiz()
        after = stack.enter_context(signed_in(chromium, app, home, newcomer.person_id))
        reads_the_case(after, home, newcomer.edition)


def begin(page: Page) -> None:
    follow(page.get_by_role("banner").get_by_role("link", name="Courses"))
    follow(link(page, "A tiny course"))
    follow(link(page, "Drafts"))
    page.get_by_label("What does it change?").fill("New case study on a bridge")
    follow(button(page, "Begin the draft"))


def add_the_unit(page: Page) -> None:
    follow(link(page, "Outline"))
    page.get_by_role("main").get_by_text("A unit", exact=True).click()
    form = page.locator("#add-unit")
    form.get_by_label("Title").fill(TITLE)
    form.get_by_label("Kind").select_option(label="Case study")
    form.get_by_label("Module").select_option(label="Cases")
    form.get_by_label("Minutes").fill("12")
    follow(button(page, "Add the unit"))
    follow(page.get_by_role("link", name=TITLE, exact=True))


def write_the_account(page: Page) -> None:
    page.get_by_label("Text", exact=True).fill(TEXT)
    for field, words in (("Note before the text", NOTE), ("What a reader may write instead", "Write a letter.")):
        page.get_by_text(f"Add: {field}").click()
        page.get_by_label(field, exact=True).fill(words)
    saved(page)
    expect(page.get_by_role("complementary").get_by_text("kept from crossing")).to_be_visible()


def saved(page: Page) -> None:
    expect(page.get_by_role("status").first).to_have_text(re.compile(r"^Saved at \d\d:\d\d\."), timeout=10_000)


def fill_the_entries(page: Page) -> None:
    """Each entry is a button and then its fields; everything typed so far is saved with it."""
    follow(page.get_by_role("button", name="Add: Question"))
    page.get_by_label("Question 1", exact=True).fill("What would you have done?")
    numbers: dict[str, int] = {}
    for what, fields in ENTRIES:
        numbers[what] = numbers.get(what, 0) + 1
        follow(button(page, f"Add: {what}"))
        entry = page.get_by_role("group", name=f"{what} {numbers[what]}")
        for label, words in fields:
            entry.get_by_label(label, exact=True).fill(words)
    saved(page)
    expect(page.get_by_text("Nothing to mend")).to_be_visible(timeout=10_000)


def send_to_review(page: Page) -> None:
    page.reload()
    expect(page.get_by_text("Nothing to mend")).to_be_visible()
    follow(page.get_by_role("navigation", name="You are here").get_by_role("link", name="New case study on a bridge"))
    follow(button(page, "Send to the reviewers"))
    expect(page.get_by_role("main").get_by_text("In review").first).to_be_visible()


def letters() -> list[str]:
    with reading() as session:
        asked = session.scalars(select(Job.payload).where(Job.kind == "mail.send").order_by(Job.id)).all()
    return [str(payload["template"]) for payload in asked]


REMARK = "The ombudsman was written to as well, I believe."


def remark_and_sign(page: Page, address: str) -> None:
    """From the address in the letter: read what changes, remark on a sentence, sign both kinds."""
    page.goto(address)
    tab(page, "Changes")
    follow(link(page, "Read it, with remarks"))
    passage = page.locator(".passage").filter(has_text="The mayor wrote to both ministries.")
    passage.get_by_text(re.compile("^Remark on passage")).click()
    passage.get_by_label(re.compile("^Your remark")).fill(REMARK)
    follow(passage.get_by_role("button", name="Keep the remark"))
    expect(page.get_by_text(REMARK)).to_be_visible()
    tab(page, "Sign-offs")
    sign(page)


def tab(page: Page, name: str) -> None:
    follow(page.get_by_role("navigation", name="Pages of this draft").get_by_role("link", name=name))


def sign(page: Page) -> None:
    for kind in KINDS:
        follow(button(page, f"Give the sign-off: {kind}"))
        expect(page.get_by_role("region", name=kind).get_by_text("Given", exact=True).first).to_be_visible()


def answer_the_remark(page: Page) -> None:
    """The text is changed as it was asked for; what was signed was the text before."""
    tab(page, "Remarks")
    expect(page.get_by_text(REMARK)).to_be_visible()
    follow(link(page, "Write in this passage").first)
    page.get_by_label("Text", exact=True).fill(LATER)
    saved(page)
    follow(page.get_by_role("navigation", name="You are here").get_by_role("link", name="New case study on a bridge"))
    tab(page, "Remarks")
    page.get_by_text("Answer or settle").click()
    follow(button(page, "Settle"))
    tab(page, "Publish")
    expect(page.get_by_role("heading", name="What must be done first")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Publish version"))).to_have_count(0)


def sign_again(page: Page) -> None:
    page.reload()
    for kind in KINDS:
        expect(page.get_by_role("region", name=kind).get_by_text("Given for an earlier text").first).to_be_visible()
    follow(link(page, re.compile("since")).first)
    expect(page.locator("ins").filter(has_text="to the ombudsman")).to_be_visible()
    page.go_back()
    sign(page)


def publish_it(page: Page) -> None:
    page.reload()
    page.get_by_label("English").fill("A case study on a bridge that was closed.")
    follow(button(page, "Publish version 2.0"))
    expect(page.get_by_text("A case study on a bridge that was closed.").first).to_be_visible()


def sees_nothing_new(page: Page, home: str, edition: str) -> None:
    """The edition reads the version it began with, and its reader finishes it as it was."""
    page.goto(f"{home}/learn/{edition}/modules/cases")
    expect(page.get_by_text(TITLE)).to_have_count(0)
    follow(link(page, "A thought").first)
    page.get_by_label("Your text").fill("Whom I would call.")
    follow(page.get_by_role("button", name=re.compile("^Keep my ")))
    expect(page.get_by_text("Your pre-reading is complete.")).to_be_visible()


def reads_the_case(page: Page, home: str, edition: str) -> None:
    page.goto(f"{home}/learn/{edition}/units/the-bridge-at-the-border")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("and to the ombudsman")).to_be_visible()
    expect(page.get_by_text(NOTE)).to_be_visible()
