"""A text changes while an edition reads: readers are told passage by passage, the coordinator sees whom it affects."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lms.app import create_app
from lms.catalogue import services as courses
from lms.kernel.clock import now
from lms.kernel.db import db
from lms.kernel.settings import from_environment
from lms.kernel.unit_of_work import unit_of_work
from lms.plugins.manager import unit_kinds
from tests.journeys import accessibility, steps
from tests.journeys.running import Running, free_port
from tools import pictures

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
COURSE = Path(__file__).parents[2] / "courses" / "lemkin-seminar"
TEXT = "modules/01-word-and-crimes/raphael-lemkin.md"
BEFORE, AFTER = "His mother taught him at home.", "His mother taught him and his brothers at home."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The course's files, to be edited."""
    copy = tmp_path / COURSE.name
    shutil.copytree(COURSE, copy)
    return copy


@pytest.fixture
def running(new_home: Callable[[], Path]) -> Iterator[Running]:
    """The demonstration, served."""
    made = Running(new_home(), free_port())
    try:
        made.serve()
        yield made
    finally:
        made.stop()


def publish(running: Running, folder: Path, before: str, after: str) -> None:
    """The next version, with one change in one text."""
    file = folder / TEXT
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    app = create_app(from_environment({"LMS_ENV": "development", "LMS_HOME": str(running.home)}))
    with app.app_context():
        with unit_of_work() as session:
            courses.load(session, folder=folder, kinds=unit_kinds(), at=now(), by=None)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def signed_in(chromium: Browser, base: str, who: str) -> Iterator[Page]:
    context = chromium.new_context(base_url=base, locale="en-GB")
    try:
        page = context.new_page()
        pictures.sign_in(page, who)
        yield page
    finally:
        context.close()


def test_a_change_reaches_its_readers_and_a_new_substance_waits_for_the_coordinator(
    running: Running, folder: Path, chromium: Browser
) -> None:
    base = running.url
    publish(running, folder, BEFORE, AFTER)
    with signed_in(chromium, base, "reader") as page:
        steps.follow(page.get_by_role("link", name="1 text you have finished has changed since"))
        steps.follow(steps.link(page, "Raphael Lemkin and a new word"))
        page.get_by_text("What changed", exact=True).click()
        expect(page.locator("#changed ins")).to_contain_text("and his brothers")
        assert accessibility.faults(page, accessibility.TWO) == []
        steps.follow(steps.button(page, "I have seen what changed"))
        expect(page.locator("#changed")).to_have_count(0)
    publish(running, folder, "substance: s1", "substance: s2")
    with signed_in(chromium, base, "coordinator") as page:
        pictures.open_edition(page)
        page.goto(f"{page.url}/edit")
        steps.follow(page.get_by_role("link", name="See what version 2.0 changes"))
        expect(page.get_by_text("people have finished a text that is to be read again")).to_be_visible()
        assert accessibility.faults(page, accessibility.TWO) == []
        steps.follow(steps.button(page, "Use version 2.0 in this edition"))
        expect(page.get_by_text("The edition reads version 2.0 from now on.")).to_be_visible()
    with signed_in(chromium, base, "reader") as page:
        page.goto(f"{pictures.edition_address(page)}/units/raphael-lemkin")
        expect(page.get_by_text("so it counts as not read yet.")).to_be_visible()
        steps.button(page, "I have read this").click()
        expect(page.get_by_text("Done at")).to_be_visible()
        page.reload()
        expect(page.locator("#changed")).to_have_count(0)
    checked = running.command("check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
