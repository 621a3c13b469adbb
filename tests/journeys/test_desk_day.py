"""A coordinator's day from the morning sheet to the closing; a focal point and an evaluator see the same edition."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.demo.cast import cast
from tests.journeys import steps
from tests.journeys.running import Running, free_port
from tests.seminars.ugly_files import text

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
HEAD = ("Name", "E-mail address", "State", "Ministry or institution", "Sector", "Time zone")
OFFICE = ("Ministry of the journey", "Justice", "Africa/Nairobi")
LIST = [
    ("Zuri Mfano-Safari", "zuri@day.example.org", "Kenya", *OFFICE),
    ("Baraka Mfano", "baraka.day.example.org", "Kenya", *OFFICE),
]


@pytest.fixture
def arrive(new_home: Callable[[], Path], chromium: Browser) -> Iterator[Callable[[str], Page]]:
    """`arrive(key)`: somebody of the demonstration, signed in and reading English, in a browser of their own."""
    running = Running(new_home(), free_port())

    def begin(who: str) -> Page:
        page = chromium.new_context(base_url=f"{running.url}/", locale="en-GB").new_page()
        steps.sign_in(page, who)
        steps.read_in_english(page)
        return page

    try:
        running.serve(worker=True)
        yield begin
    finally:
        running.stop()


def test_a_coordinator_through_a_whole_day(arrive: Callable[[str], Page]) -> None:
    page = arrive("coordinator")
    in_the_morning(page)
    import_a_list(page)
    invite_the_imported(page)
    replace_somebody(page)
    see_what_changed(page)
    remind(page)
    assert "Zuri Mfano-Safari" in names_taken_away(page)
    steps.open_edition(page)
    steps.follow(steps.link(page, "Attendance"))
    assert steps.mark_everybody_present(page) > 0
    steps.follow(steps.link(page, "See who meets the rule, and close attendance"))
    steps.close_attendance(page)


def in_the_morning(page: Page) -> None:
    """Who needs a word, and why."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "Morning sheet: who needs attention"))
    expect(page.get_by_text("Has not signed in since the invitation").first).to_be_visible()


def see_what_changed(page: Page) -> None:
    """The sheet says what has happened since, until one says that one has seen it."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "Morning sheet: who needs attention"))
    expect(page.get_by_text("1 person was replaced:")).to_be_visible()
    steps.follow(steps.button(page, "I have seen this"))
    expect(page.get_by_text("Nothing has changed.")).to_be_visible()


def import_a_list(page: Page) -> None:
    """One row has no address; mended on the page, saved, and nobody is written to."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "Import nominations"))
    sent = {"name": "list.csv", "mimeType": "text/csv", "buffer": text(LIST, HEAD).encode()}
    page.get_by_label("File").set_input_files(sent)  # type: ignore[arg-type]
    steps.follow(steps.button(page, "Check the file"))
    page.get_by_label("E-mail address").fill("baraka@day.example.org")
    steps.follow(steps.button(page, "Check the corrections"))
    steps.follow(steps.button(page, "Save 2 rows"))
    expect(page.get_by_role("heading", name="The import is saved")).to_be_visible()


def open_person(page: Page, name: str) -> None:
    """By the list of everybody in the edition."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "Everyone in it"))
    steps.follow(steps.link(page, name))
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def invite_the_imported(page: Page) -> None:
    """Whoever was imported is nominated, until a coordinator invites them."""
    open_person(page, "Zuri Mfano-Safari")
    steps.follow(steps.button(page, "Invite"))
    expect(page.get_by_text("The invitation is on its way.")).to_be_visible()
    expect(steps.button(page, "Invite")).to_have_count(0)


def replace_somebody(page: Page) -> None:
    """The late substitute: the place passes on, with an invitation."""
    open_person(page, "Juma Sampuli")
    steps.follow(steps.link(page, "Another person takes over"))
    page.get_by_label("Name", exact=True).fill("Amani Mfano")
    page.get_by_label("E-mail address").fill("amani@day.example.org")
    page.get_by_label("State", exact=True).fill("United Republic of Tanzania")
    page.get_by_label("Ministry or institution", exact=True).fill("Ministry of Home Affairs")
    steps.follow(steps.button(page, "Pass on the place and invite"))
    expect(page.get_by_role("heading", level=1, name="Amani Mfano")).to_be_visible()


def remind(page: Page) -> None:
    """One person is chosen, the letter is looked at, then it goes."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "Everyone in it"))
    page.get_by_role("checkbox", name="Wanjiru Mfano").check()
    steps.follow(steps.button(page, "Look at a reminder"))
    expect(page.get_by_role("heading", level=1, name="1 reminder would be sent")).to_be_visible()
    steps.follow(steps.button(page, "Send 1 reminder"))
    expect(page.get_by_text("1 reminder is on its way.")).to_be_visible()


def names_taken_away(page: Page) -> list[str]:
    """The first column of the list as CSV."""
    steps.open_edition(page)
    steps.follow(steps.link(page, "Everyone in it"))
    with page.expect_download() as download:
        steps.link(page, "CSV").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    return [row[0] for row in csv.reader(lines)]


def test_a_focal_point_sees_their_people_and_proposes_a_successor(arrive: Callable[[str], Page]) -> None:
    page = arrive("focal-point")
    expect(page.get_by_role("rowheader", name="Neema Mfano").first).to_be_visible()
    expect(page.get_by_text("Wanjiru Mfano")).to_have_count(0)
    steps.follow(steps.link(page, "What this mandate shows"))
    expect(page.get_by_role("heading", name="What it never shows")).to_be_visible()
    page.go_back()
    steps.follow(steps.link(page, "Hand it over: propose a successor"))
    page.get_by_label("E-mail address of your successor").fill("successor@day.example.org")
    page.get_by_label("Name of your successor").fill("Rehema Mfano")
    steps.follow(steps.button(page, "Propose this person"))
    steps.home(page)
    expect(page.get_by_text("A successor is proposed and awaits a second person")).to_be_visible()


def test_an_evaluator_reads_frozen_tables_and_nobody(arrive: Callable[[str], Page]) -> None:
    page = arrive("evaluator")
    steps.follow(steps.link(page, re.compile("December|Global")).first)
    expect(page.get_by_role("heading", name=re.compile("^Numbers as of Monday"))).to_be_visible()
    with page.expect_download() as download:
        steps.link(page, "CSV").click()
    numbers = re.findall(r"(?<![\w-])\d+(?![\w-])", Path(download.value.path()).read_text(encoding="utf-8-sig"))
    assert numbers
    assert all(int(number) % 5 == 0 for number in numbers)
    page.goto(page.url.split("?")[0].rstrip("/") + "/people")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no page at this address")
    told = page.content()
    assert not [who.name for who in (*cast().participants, *cast().alumni) if who.name in told]
