"""Every link of the documentation leads somewhere, and every picture is there and light enough for its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
CODE = re.compile(r"^ *```.*?^ *```$|`[^`\n]*`", re.M | re.S)
MOST_BYTES = 250_000


def links(page: Path) -> list[tuple[bool, str]]:
    """Whether it is a picture, and where it leads, for each link to something of ours."""
    found = LINK.findall(CODE.sub("", page.read_text(encoding="utf-8")))
    return [
        (mark == "!", target) for mark, target in found if not target.startswith(("http://", "https://", "mailto:"))
    ]


def anchors(page: Path) -> set[str]:
    """The anchors that a page's headings get: small letters, hyphens for blanks, no other signs."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text(encoding="utf-8")), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    lost = []
    for _picture, target in links(page):
        path, _, anchor = target.partition("#")
        found = page.parent / path if path else page
        if not found.exists() or (anchor and anchor not in anchors(found)):
            lost.append(target)
    assert lost == []


def test_every_picture_is_a_light_png_and_each_is_shown_somewhere() -> None:
    shown = {(page.parent / target).resolve() for page in PAGES for picture, target in links(page) if picture}
    assert shown == {path.resolve() for path in (ROOT / "docs/pictures").iterdir()}
    assert [path.name for path in shown if not path.read_bytes().startswith(b"\x89PNG")] == []
    assert [path.name for path in shown if path.stat().st_size > MOST_BYTES] == []


def test_the_readme_names_every_page_of_the_documentation() -> None:
    named = {target for _picture, target in links(ROOT / "README.md")}
    assert {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")} <= named
