"""Figures as a browser sets them: every letter within its drawing, one drawing at a time, and the words under it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from lms.catalogue.cli import packaged_courses
from lms.catalogue.files import disk
from lms.catalogue.files.read import read_files
from lms.catalogue.kinds.plugin import OURS
from tests.journeys.crawl import Gallery

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("real_time")]

KINDS = {kind.key: kind for kind in OURS}
WIDTHS = (320, 360, 703, 704, 1152, 1280)
# What sticks out by more than a browser rounds, or lies on another text; a line is as high as its capitals.
ASTRAY = """drawing => {
  const frame = drawing.viewBox.baseVal, boxes = [], found = [];
  for (const text of drawing.querySelectorAll("text")) {
    const box = text.getBBox(), size = parseFloat(getComputedStyle(text).fontSize);
    const first = text.y.baseVal[0].value, last = first + [...text.querySelectorAll("tspan")]
      .reduce((sum, line) => sum + line.dy.baseVal[0].value, 0);
    const one = {words: text.textContent, left: box.x, right: box.x + box.width, top: first - size * .72, bottom: last};
    if (one.left < -2 || one.right > frame.width + 2 || one.top < -2 || one.bottom > frame.height + 2)
      found.push(`${one.words} sticks out`);
    for (const other of boxes)
      if (one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom)
        found.push(`${one.words} lies on ${other.words}`);
    boxes.push(one);
  }
  return found;
}"""


def units_with_figures() -> list[str]:
    # Read only: whether the course is in order tests/catalogue asks, and this runs whenever tests are collected.
    course = read_files(disk.collect(packaged_courses() / "lemkin-seminar"), KINDS, lenient=True).course
    assert course is not None
    return [unit.key for _, unit in course.units() if "figures" in unit.front]


def opened(gallery: Gallery, unit: str) -> Page:
    """The unit's page for somebody who has finished, so that every module is open."""
    page = gallery.browser("finisher").new_page()
    page.goto("")
    address = page.get_by_role("main").locator("a[href*='/learn/']").first.get_attribute("href") or ""
    edition = address.partition("/units/")[0].partition("/modules/")[0]
    page.goto(f"{edition}/units/{unit}")
    page.evaluate("document.fonts.ready")
    return page


@pytest.mark.parametrize("unit", units_with_figures())
def test_letters_stay_in_their_drawing_and_off_each_other_at_every_width(gallery: Gallery, unit: str) -> None:
    page = opened(gallery, unit)
    figures = page.get_by_role("figure").filter(has=page.locator("svg[role=img]"))
    number = figures.count()
    assert number
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        drawings = figures.get_by_role("img")
        assert drawings.count() == number, f"each is drawn once at {width}"
        for drawing in drawings.all():
            assert drawing.evaluate(ASTRAY) == [], f"{unit} at {width}"
            room = drawing.bounding_box()
            assert room is not None
            assert room["x"] >= 0
            assert room["x"] + room["width"] <= width
    page.close()


@pytest.mark.parametrize("unit", units_with_figures())
def test_the_words_of_a_figure_open_without_a_mouse_and_are_printed_anyway(gallery: Gallery, unit: str) -> None:
    page = opened(gallery, unit)
    folded = page.get_by_role("group").filter(has_text="The figure in words").first
    words = folded.get_by_role("paragraph")
    assert not words.is_visible()
    page.emulate_media(media="print")
    assert words.is_visible()
    page.emulate_media(media="screen")
    page.get_by_text("The figure in words").first.focus()
    page.keyboard.press("Enter")
    assert words.is_visible()
    assert words.locator("[role=doc-noteref]").count()
    page.close()
