"""Templates only show: no stored markup let through, no inline style or script, every word open to translation."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "lms"
STYLES = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "web" / "static_src").glob("*.css"))
# A letter has no style sheet, and a page that is saved has no other file: these two carry what they need with them.
ALONE = {ROOT / "integrations" / "templates" / "mail.html", ROOT / "records" / "templates" / "offline.html"}
TEMPLATES = sorted(set(ROOT.glob("**/templates/**/*.html")) - ALONE)
COMMENT = re.compile(r"\{#.*?#\}", re.S)
TRANSLATED = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.S)
BODY_CLASS = re.compile(r"\{%-?\s*block body_class\s*-?%\}.*?endblock", re.S)
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.S)
# What reads the same in every language: names of things, not words.
UNTRANSLATED = {"WCAG", "PDF", "CSV", "UTC"}


@pytest.fixture(params=TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def source(request: pytest.FixtureRequest) -> str:
    path: Path = request.param
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


class Page(HTMLParser):
    """Gathers the words, attributes and drawings of a template whose expressions were taken out."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.drawings: list[dict[str, str]] = []
        self.unseen = 0
        self.feed(JINJA.sub(" ", TRANSLATED.sub(" ", BODY_CLASS.sub("{% endblock", source))))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.attributes += [(tag, name, value) for name, value in found.items()]
        if tag == "svg":
            self.drawings.append(found)
        self.unseen += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self.unseen -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self.unseen:
            self.words += [word for word in re.findall(r"[^\W\d_]{2,}", data) if word not in UNTRANSLATED]


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) >= 8


def test_no_template_lets_stored_text_through_unescaped(source: str) -> None:
    assert re.search(r"\|\s*safe\b|autoescape\s+false|Markup\(", source) is None


def test_no_form_stands_in_a_paragraph(source: str) -> None:
    """A browser ends the paragraph before the form, and what was meant to stand beside the button falls below it."""
    paragraphs = re.findall(r"<p\b[^>]*>((?:(?!</p>|<p\b).)*)</p>", source, re.S)
    assert [words for words in paragraphs if "<form" in words or "ui.post(" in words] == []


def test_no_template_carries_style_or_handlers_of_its_own(source: str) -> None:
    attributes = Page(source).attributes
    inline = [(tag, name) for tag, name, _ in attributes if name == "style" or re.match(r"on\w|hx-on", name)]
    assert inline == []
    assert [value for _, _, value in attributes if value.strip().lower().startswith(("javascript:", "js:"))] == []
    assert "<style" not in source


def test_scripts_come_from_files_alone(source: str) -> None:
    assert [body for body in re.findall(r"<script\b[^>]*>(.*?)</script>", source, re.S) if body.strip()] == []


def test_every_visible_word_is_open_to_translation(source: str) -> None:
    assert Page(source).words == []


def test_every_spoken_attribute_is_open_to_translation(source: str) -> None:
    spoken = ("aria-label", "alt", "title", "placeholder")
    plain = [
        value for _, name, value in Page(source).attributes if name in spoken and re.search(r"[^\W\d_]{2,}", value)
    ]
    assert plain == []


def test_every_drawing_is_hidden_from_screen_readers_or_has_a_name(source: str) -> None:
    for drawing in Page(source).drawings:
        named = drawing.get("role") == "img" and "aria-label" in drawing
        assert named or drawing.get("aria-hidden") == "true"


def test_every_class_stands_in_the_stylesheet(source: str) -> None:
    plain = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", source, flags=re.S)
    known = set(re.findall(r"\.([a-zA-Z][\w-]*)", STYLES))
    used = {
        name
        for value in re.findall(r'\bclass="([^"]*)"', plain)
        for name in JINJA.sub(" ", value).split()
        if not name.endswith("-")
    }
    assert used - known == set()


def test_every_form_that_posts_carries_its_token(source: str) -> None:
    for form in re.findall(r"<form\b.*?</form>", source, re.S):
        if 'method="post"' in form:
            assert "csrf" in form or "hidden_tag" in form


def test_links_to_other_hosts_are_never_written_into_templates(source: str) -> None:
    addresses = [
        value for _, name, value in Page(source).attributes if name in ("href", "src", "action", "hx-get", "hx-post")
    ]
    assert [value for value in addresses if re.match(r"(https?:)?//", value.strip())] == []
