"""Takes the pictures of the documentation from the demonstration itself: `make pictures`.

Everything runs in this process, in a temporary folder, at one fixed moment, so that the same code gives the same pages.
"""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from flask import Flask
from playwright.sync_api import Browser, FilePayload, Page
from werkzeug.serving import make_server

from lms.app import create_app
from lms.demo.cast import cast
from lms.kernel.clock import frozen
from lms.kernel.settings import from_environment
from tests import browser
from tests.journeys import steps

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "docs/pictures"
MOMENT = dt.datetime(2027, 4, 12, 9, 0, tzinfo=dt.UTC)
WIDE, TALL, LOW, PHONE = (1280, 900), (1280, 1150), (1280, 820), (390, 844)
MOST_BYTES = 250_000
UNIT, QUIZ = "from-sign-to-action", "risk-and-warning-questions"

Way = Callable[[Page], None]


def main() -> None:
    """Write every picture anew; raises ValueError for one that is too heavy to load with a page."""
    TARGET.mkdir(exist_ok=True)
    with TemporaryDirectory() as home, running(Path(home)) as base, browser.launched() as chromium:
        for name, who, size, way in PICTURES:
            take(chromium, base, TARGET / f"{name}.png", who, size, way)
            print(f"docs/pictures/{name}.png")


@contextmanager
def running(home: Path) -> Iterator[str]:
    """The address of a demonstration made at the fixed moment."""
    with frozen(MOMENT):
        made = demonstration(home)
    # The order of the options is drawn for each try; here it is always the same.
    with patch("lms.learning.services.quiz.new_token", return_value="in-this-order"), served(made) as base:
        yield base


def demonstration(home: Path) -> Flask:
    """The app with the demonstration in it."""
    made = create_app(from_environment({"LMS_ENV": "development", "LMS_HOME": str(home)}))
    made.config["LMS_ACCESS_LOG"] = False
    done = made.test_cli_runner().invoke(args=["lms", "setup"])
    if done.exit_code:
        raise RuntimeError(done.output) from done.exception
    return made


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the app on a free port, for as long as the block lasts."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, partial(at_the_moment, app), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def at_the_moment(app: Flask, environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Answer a request as if it came at the fixed moment; the clock of each thread is its own."""
    with frozen(MOMENT):
        return list(app.wsgi_app(environ, start_response))


def take(chromium: Browser, base: str, target: Path, who: str, size: tuple[int, int], way: Way) -> None:
    """Sign somebody in, go the way, and keep what is seen."""
    width, height = size
    context = chromium.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        locale="en-GB",
        color_scheme="light",
        reduced_motion="reduce",
    )
    try:
        page = context.new_page()
        sign_in(page, who)
        way(page)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=target, animations="disabled", caret="hide")
    finally:
        context.close()
    if target.stat().st_size > MOST_BYTES:
        raise ValueError(f"{target.name} has {target.stat().st_size} bytes; at most {MOST_BYTES} are wanted.")


def sign_in(page: Page, who: str) -> None:
    """As a person does."""
    page.goto("/sign-in")
    page.fill("input[type=email]", f"{who}@lemkin.example")
    page.fill("input[type=password]", cast().password)
    page.click("main form button[type=submit]")
    page.wait_for_url(re.compile(r"/(editions)?$"))


def follow(page: Page, *links: str) -> None:
    """Click one link of the page after the other."""
    for link in links:
        steps.follow(steps.link(page, link).first)


def edition_address(page: Page) -> str:
    """`/learn/<edition>`, from the pages of a participant."""
    link = page.locator("main a[href^='/learn/']").first.get_attribute("href") or ""
    return link.partition("/units/")[0].partition("/modules/")[0]


def stay(_page: Page) -> None:
    """The page one comes to after signing in."""


def read_a_unit(page: Page) -> None:
    """A text in the middle of a module."""
    page.goto(f"{edition_address(page)}/units/{UNIT}")


def answer_on_a_phone(page: Page) -> None:
    """Questions under way, the first answered and its receipt in sight."""
    page.goto(f"{edition_address(page)}/units/{QUIZ}")
    steps.follow(page.get_by_role("button", name="Begin"))
    first = page.locator("[data-question]").first
    first.locator("input").nth(2).check()
    first.locator("[data-receipt][data-state=saved]").wait_for()
    first.scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[data-question]').scrollIntoView()")


def open_edition(page: Page) -> None:
    """What a coordinator sees first of the edition under way."""
    steps.follow(page.locator("main table a").first)


def one_person(page: Page) -> None:
    """Somebody who asked for more time."""
    open_edition(page)
    follow(page, "waits for an answer")
    steps.follow(page.locator("main table a").first)


def look_at_the_table(page: Page) -> None:
    """Who has finished, by state and sector."""
    open_edition(page)
    page.evaluate("document.getElementById('matrix').scrollIntoView()")


def morning_sheet(page: Page) -> None:
    """Who needs attention this morning."""
    open_edition(page)
    follow(page, "Morning sheet")


def nominations(page: Page) -> None:
    """Which states were asked, and how the places of their people stand."""
    open_edition(page)
    follow(page, "Nominations by state")


NOMINEES = """Full name,E-mail,Country,Ministry / Agency
Asha Mfano,asha.mfano@lemkin.example,Tanzania,Ministry of Home Affairs
Baraka Sampuli,baraka.sampuli@lemkin.example,Tanzania,Home Affairs
Chausiku Kielelezo,chausiku.kielelezo at lemkin.example,Kenya,Ministry of Foreign and Diaspora Affairs
Neema Mfano,participant@lemkin.example,Tanzania,Ministry of Constitutional and Legal Affairs
"""


def rehearse_import(page: Page) -> None:
    """A list as an office sends it, before anything of it is saved."""
    open_edition(page)
    follow(page, "Import nominations")
    file = FilePayload(name="nominations.csv", mimeType="text/csv", buffer=NOMINEES.encode())
    page.get_by_label("File").set_input_files(file)
    steps.follow(page.get_by_role("button", name="Check the file"))


def mark_attendance(page: Page) -> None:
    """The first afternoon, with everybody but three marked present."""
    open_edition(page)
    follow(page, "Attendance")
    marks = {1: "absent", 3: "excused"}
    for number, person in enumerate(page.locator("main form ul.people > li").all()):
        if number != 6:
            person.locator(f"input[value={marks.get(number, 'present')}]").check(force=True)
    steps.follow(page.get_by_role("button", name="Save this half-day"))


def preview_closing(page: Page) -> None:
    """Who meets the rule, before the attendance is closed."""
    open_edition(page)
    follow(page, "Completion and closing")


def look_at_certificate(page: Page) -> None:
    """The certificate of somebody who has completed a seminar."""
    follow(page, "Open the certificate")


def open_draft(page: Page) -> None:
    """The draft that trainers have written and a reviewer has begun to read."""
    steps.follow(page.get_by_role("banner").get_by_role("link", name="Courses"))
    steps.follow(page.locator("main h2 a").first)
    follow(page, "Drafts", cast().writing.title)


def write_a_unit(page: Page) -> None:
    """The text that the draft changes, with its preview."""
    open_draft(page)
    steps.follow(page.locator("section[aria-labelledby=changed] a").first)
    page.locator("#f\\.body").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('label[for=\"f.body\"]').scrollIntoView()")


def see_changes(page: Page) -> None:
    """Word by word what the draft changes."""
    open_draft(page)
    steps.follow(page.get_by_role("navigation", name="Pages of this draft").get_by_role("link", name="Changes"))
    page.evaluate("document.querySelector('main h2').scrollIntoView()")


def sign_off(page: Page) -> None:
    """Who has signed, and what is still missing."""
    open_draft(page)
    steps.follow(page.get_by_role("navigation", name="Pages of this draft").get_by_role("link", name="Sign-offs"))


def arrange(page: Page) -> None:
    """Modules and units in their order."""
    open_draft(page)
    follow(page, "Outline")


PICTURES: tuple[tuple[str, str, tuple[int, int], Way], ...] = (
    ("unit", "reader", WIDE, read_a_unit),
    ("home", "reader", WIDE, stay),
    ("quiz-phone", "reader", PHONE, answer_on_a_phone),
    ("edition", "coordinator", TALL, open_edition),
    ("matrix", "coordinator", WIDE, look_at_the_table),
    ("morning-sheet", "coordinator", TALL, morning_sheet),
    ("nominations", "coordinator", WIDE, nominations),
    ("person", "coordinator", TALL, one_person),
    ("attendance", "coordinator", WIDE, mark_attendance),
    ("closing", "coordinator", WIDE, preview_closing),
    ("import", "coordinator", TALL, rehearse_import),
    ("certificate", "alumna", TALL, look_at_certificate),
    ("outline", "trainer", TALL, arrange),
    ("editor", "trainer", LOW, write_a_unit),
    ("changes", "trainer", WIDE, see_changes),
    ("sign-offs", "trainer", WIDE, sign_off),
)

if __name__ == "__main__":
    main()
