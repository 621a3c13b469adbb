"""A coordinator brings a list with mistakes: mended, saved, taken back; and a long one that the worker does."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys import steps
from tests.journeys.accessibility import EVERY, faults
from tests.journeys.running import Running, free_port
from tests.seminars.ugly_files import book, text

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]
HEAD = ("Full name", "Courriel", "País", "Ministry / agency", "Passport")
ROWS = [
    ("Juma Ejemplo", "juma@import.example.org", "Tanzania", "Ministry of Justice of the journey", "A1"),
    ("Zoë Beispiél", "zoe.import.example.org", "Kenya", "Ministry of Justice of the journey", "A2"),
    ("محمد مثال", "mithal@import.example.org", "Jordania", "Ministry of Justice of the journey", "A3"),
    ("Ayşe Örnek", "ornek@import.example.org", "", "Ministry of Justice of the journey", "A4"),
]


@pytest.fixture
def desk(new_home: Callable[[], Path], chromium: Browser) -> Iterator[Page]:
    """The page for imports of an edition, in the browser of its coordinator; a worker is there."""
    running = Running(new_home(), free_port())
    try:
        running.serve(worker=True)
        page = chromium.new_context(base_url=f"{running.url}/", locale="en-GB").new_page()
        steps.sign_in(page, "coordinator")
        steps.read_in_english(page)
        steps.open_edition(page)
        steps.follow(steps.link(page, "Import nominations"))
        yield page
    finally:
        running.stop()


def send(page: Page, name: str, data: bytes) -> None:
    """Choose a file and send it."""
    page.get_by_label("File").set_input_files({"name": name, "mimeType": "text/csv", "buffer": data})
    steps.follow(steps.button(page, "Check the file"))


def sound(page: Page, name: str) -> None:
    """Nothing that axe finds, at every width, in both themes."""
    pictures = os.environ.get("LMS_LOOK")
    if pictures:
        for width, scheme in ((1280, "light"), (360, "dark")):
            page.set_viewport_size({"width": width, "height": 900})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=f"{pictures}/{name}-{width}-{scheme}.png", full_page=True)
    assert faults(page, EVERY) == []
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_list_with_mistakes_is_mended_saved_and_taken_back(desk: Page) -> None:
    sound(desk, "imports")
    send(desk, "list.xlsx", b"%PDF-1.7")
    expect(desk.get_by_text("This is not a table.").first).to_be_visible()
    send(desk, "list.csv", book(ROWS, HEAD))
    expect(desk.get_by_role("heading", name="Check the import before it is saved")).to_be_visible()
    expect(desk.get_by_text("Columns that are left aside: Passport.")).to_be_visible()
    sound(desk, "rehearsal")
    desk.get_by_label("E-mail address").fill("zoe@import.example.org")
    desk.get_by_label("State", exact=True).first.fill("Jordan")
    desk.get_by_label("State", exact=True).last.fill("Türkiye")
    steps.follow(steps.button(desk, "Check the corrections"))
    for _state in ("Tanzania", "Kenya", "Jordan", "Türkiye"):
        desk.get_by_label("Sector").first.select_option(label="Justice")
        zone = desk.get_by_label("Time zone").first
        if not zone.input_value():
            zone.select_option(value="Africa/Nairobi")
        steps.follow(steps.button(desk, "Check the corrections"))
    expect(desk.get_by_text("4 rows ready")).to_be_visible()
    steps.follow(steps.button(desk, "Save 4 rows"))
    expect(desk.get_by_role("heading", name="The import is saved")).to_be_visible()
    sound(desk, "saved")
    steps.follow(steps.button(desk, "Take this import back"))
    expect(desk.get_by_text("The import is taken back. The edition is as it was before.")).to_be_visible()


def test_a_long_list_is_followed_until_it_is_done_without_touching_the_page(desk: Page) -> None:
    rows = [
        (f"Mfano {n}", f"m{n}@import.example.org", "Kenya", "District bureau", "Other", "Africa/Nairobi")
        for n in range(900)
    ]
    head = ("Name", "E-mail address", "State", "Ministry or institution", "Sector", "Time zone")
    send(desk, "list.csv", text(rows, head).encode("utf-16"))
    expect(desk.get_by_role("progressbar")).to_be_visible()
    sound(desk, "progress")
    expect(desk.get_by_text("900 rows ready")).to_be_visible(timeout=120_000)
    steps.follow(steps.button(desk, "Save 900 rows"))
    expect(desk.get_by_role("heading", name="The import is saved")).to_be_visible(timeout=120_000)
    expect(desk.get_by_text("900 rows taken over")).to_be_visible()
    assert desk.get_by_role("progressbar").count() == 0
