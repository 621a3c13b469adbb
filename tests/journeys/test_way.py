"""From `make run` to the certificate, by visible names and roles only."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.conftest import FirstRun
from tests.journeys.questions import modules, units
from tests.journeys.running import Running, programs_of

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
OWN_PASSWORD = "seven herons by the river"
TRIED_OUT = ("participant", "finisher", "coordinator", "focal-point", "evaluator", "alumna", "administrator")


@pytest.fixture
def made(first_run: FirstRun, new_home: Callable[[], Path]) -> Iterator[Running]:
    """A second `make run`, on the data of the first and the port that the letters of the first speak of."""
    running = Running(new_home(), first_run.port)
    try:
        running.make_run()
        yield running
    finally:
        running.stop()


def test_the_first_run_prints_its_address_and_accounts_and_stops_cleanly(first_run: FirstRun) -> None:
    assert f"Open http://127.0.0.1:{first_run.port}/" in first_run.output
    for key in TRIED_OUT:
        assert re.search(rf"{key}@lemkin\.example +{steps.PASSWORD}$", first_run.output, re.M), key
    assert "Traceback" not in first_run.output
    assert first_run.code == 0
    assert first_run.left_over == ()


def test_a_newcomer_comes_from_the_invitation_to_the_completion_record(made: Running, chromium: Browser) -> None:
    theirs = chromium.new_context(base_url=made.url, locale="en-GB").new_page()
    office = chromium.new_context(base_url=made.url, locale="en-GB").new_page()
    try:
        _accept_the_invitation(theirs)
        expect(theirs.get_by_text("Not yet met")).to_have_count(2)
        assert len(steps.read_everything(theirs, script=True)) == units()
        _conditions(theirs, met=2)
        steps.sign_in(office, "coordinator")
        title = _close_the_edition(office)
        _see_the_record(theirs, title)
    finally:
        theirs.context.close()
        office.context.close()
    checked = made.command("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    _stop(made)


def _accept_the_invitation(page: Page) -> None:
    """Open the letter, type its code, say who one is; a second look at the link has used nothing up."""
    page.goto("mailbox")
    letter = page.get_by_role("article").filter(has_text="newcomer@lemkin.example")
    code = re.search(r"code there: (\S+ \S+)", letter.inner_text())
    assert code
    for _scanner in range(2):
        page.goto(letter.get_by_role("link").get_attribute("href") or "" if _scanner == 0 else page.url)
    page.get_by_label("Code from the message").fill(code[1].lower())
    steps.button(page, "Continue").click()
    page.get_by_label("Your name, as it should stand on your certificate").fill("Juma A. Sampuli")
    page.get_by_label("Your function").fill("Assistant Commissioner")
    page.get_by_label("Language").select_option(label="English")
    page.get_by_label("Time zone").select_option(label="Africa/Dar es Salaam")
    page.get_by_label("Password").fill(OWN_PASSWORD)
    steps.button(page, "Confirm and continue").click()
    expect(page.get_by_text("your time, in Dar es Salaam")).to_be_visible()


def _conditions(page: Page, *, met: int) -> None:
    """What the record asks, as home says it."""
    steps.home(page)
    asked = page.get_by_role("region", name="What the completion record asks").get_by_role("listitem")
    expect(asked).to_have_count(3)
    expect(asked.filter(has_text=re.compile(r"^\s*Met"))).to_have_count(met)


def _close_the_edition(page: Page) -> str:
    """Look at the numbers, open the list behind one, mark everybody present, preview, close."""
    title = steps.open_edition(page)
    _list_behind_a_number(page)
    page.go_back()
    steps.link(page, "Attendance").click()
    assert steps.mark_everybody_present(page) > 0
    steps.link(page, "See who meets the rule, and close attendance").click()
    preview = page.get_by_role("region", name="Meet the rule", exact=True).first
    expect(preview.get_by_role("row").filter(has_text="Juma A. Sampuli")).to_be_visible()
    steps.close_attendance(page)
    return title


def _list_behind_a_number(page: Page) -> None:
    """The number of those who have finished reading is the number of people in the list it leads to."""
    table = page.get_by_role("region", name="Table: people at each stage")
    headings = table.get_by_role("columnheader").all_inner_texts()
    number = table.get_by_role("cell").nth(headings.index("Finished reading")).get_by_role("link")
    finished = int(number.inner_text())
    number.click()
    people = page.get_by_role("region", name="Table: people").get_by_role("rowheader")
    expect(people).to_have_count(finished)
    expect(people.filter(has_text="Juma A. Sampuli")).to_be_visible()


def _see_the_record(page: Page, title: str) -> None:
    """Home says it is issued; the certificate carries the name as confirmed; the alumni page knows its member."""
    steps.home(page)
    expect(page.get_by_role("heading", name="Issued on")).to_be_visible()
    steps.link(page, "Open the certificate").click()
    sheet = page.get_by_role("main")
    expect(sheet.get_by_role("heading", name="Certificate of completion")).to_be_visible()
    expect(sheet.get_by_text("Juma A. Sampuli")).to_be_visible()
    expect(sheet.get_by_text(f"has completed the {title}")).to_be_visible()
    expect(sheet.get_by_text(f"Pre-reading: {modules()} modules")).to_be_visible()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="2PREVENT").click()
    expect(page.get_by_text("You are an alumna or alumnus of the seminar since")).to_be_visible()


def _stop(running: Running) -> None:
    """As Ctrl-C or an operator does: it ends by itself, and nothing of it is left."""
    program = running.programs[0]
    program.terminate()
    assert program.wait(30) == 0
    assert not programs_of(running.home)
    assert not running.answers()
